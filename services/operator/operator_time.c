/* operator_time: times as people say them on the command line. */
#include "operator.h"

#include "base/period.h"
#include "operator_sql.h"
#include <string.h>

int operator_time(struct db *db, const char *text, int64_t *ms, struct err *err)
{
	struct period_zone *zone;
	struct db_result *res;
	bool day;
	int rc;

	if (db_query(db, operator_sql_zone, &res, err) < 0)
		return -1;
	rc = period_zone_open(&zone, db_rows(res) ? db_text(res, 0, 0, NULL) : "UTC", err);
	db_free(res);
	if (rc)
		return -1;
	rc = period_parse(zone, text, strlen(text), ms, &day, err);
	period_zone_close(zone);
	if (rc)
		err->kind = ERR_CONFIG;
	return rc ? -1 : 0;
}
