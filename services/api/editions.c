/* editions: freezing a draft. One snapshot for all that is read, taken after the turn has come: whoever freezes waits
 * for the one before. All else about editions is the desk's (desk_answer). */
#include "api.h"

#include "api_sql.h"
#include "base/log.h"
#include "base/period.h"
#include "version.h"
#include <string.h>

static int freeze(struct call *c, struct db *db, struct db_result **res, struct err *err)
{
	char tz[PERIOD_TZ_VERSION_SIZE];
	size_t len;
	const char *body = server_body(c->request, &len);

	if (db_script(db, "BEGIN ISOLATION LEVEL REPEATABLE READ", err))
		return -1;
	period_tz_version(tz);
	db_param_int8(db, c->who.account);
	db_param_text(db, len ? body : NULL, len);
	db_param_text(db, tz, strlen(tz));
	db_param_text(db, LAGESBILD_VERSION, strlen(LAGESBILD_VERSION));
	if (db_query(db, api_sql_edition_new, res, err) < 0)
		return -1;
	if (db_script(db, "COMMIT", err) == 0)
		return 0;
	db_free(*res);
	return -1;
}

void editions_draft(struct call *c)
{
	struct err err = {0}, ignored = {0};
	struct db_result *res = NULL;
	struct db *db = worker_desk(c->worker, &err);
	bool made;

	if (!db || db_query(db, api_sql_freeze_lock, NULL, &err) < 0) {
		problem_db(c->request, db, &err);
		return;
	}
	made = freeze(c, db, &res, &err) == 0;
	if (made)
		desk_send_row(c->request, res);
	else
		problem_db(c->request, db, &err);
	if (!db_broken(db) &&
	    ((!made && db_script(db, "ROLLBACK", &ignored)) || db_query(db, api_sql_freeze_unlock, NULL, &ignored) < 0))
		log_text(LOG_WARNING, "database", "%s", ignored.text);
}
