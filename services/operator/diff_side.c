/* diff_side: where the cells of one side come from. */
#include "diff.h"

#include "operator_sql.h"
#include <stdio.h>
#include <string.h>

int diff_side_find(struct diff_side *side, struct db *db, struct err *err)
{
	struct db_result *res;
	long rows;

	db_param_text(db, side->name, strlen(side->name));
	rows = db_query(db, operator_sql_diff_build, &res, err);
	if (rows < 0)
		return -1;
	if (rows) {
		side->build = (int16_t)db_int(res, 0, 0);
		snprintf(side->zone, sizeof side->zone, "%s", db_text(res, 0, 1, NULL));
		snprintf(side->json_name, sizeof side->json_name, "%s", db_text(res, 0, 2, NULL));
	}
	db_free(res);
	return rows ? 0 : err_set(err, ERR_CONFIG, "there is no build \"%.60s\"", side->name);
}

int diff_side_name_codes(const struct diff *d, const struct diff_side *side, struct err *err)
{
	db_param_int2(d->db, side->build);
	db_param_text(d->db, d->area, strlen(d->area));
	if (db_query(d->db, operator_sql_diff_areas, NULL, err) < 0)
		return -1;
	db_param_int2(d->db, side->build);
	return db_query(d->db, operator_sql_diff_categories, NULL, err) < 0 ? -1 : 0;
}

int diff_side_load(const struct diff *d, const struct diff_side *side, struct err *err)
{
	db_param_text(d->db, side->letter, 1);
	db_param_int2(d->db, side->build);
	db_param_int8(d->db, d->from);
	db_param_int8(d->db, d->to);
	db_param_text(d->db, d->source, strlen(d->source));
	return db_stream(d->db, operator_sql_diff_cells, NULL, NULL, err) < 0 ? -1 : 0;
}
