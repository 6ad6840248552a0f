/* diff_side: where the cells of one side come from. */
#include "diff.h"

#include "operator_sql.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EDITION "edition:"
#define BEFORE 36 /* months before its period that an edition freezes too */

/* The months that an edition has: its period, and what lies before it when it is asked for. */
static int narrow_months(struct diff *d, const struct diff_side *side, int64_t start, int64_t end, struct err *err)
{
	int64_t low = d->from_given ? start - BEFORE : start;

	if (d->from < low)
		d->from = low;
	if (d->to >= end)
		d->to = end - 1;
	return d->from <= d->to
		       ? 0
		       : err_set(err, ERR_CONFIG,
				 "%s has figures of its period, and by --from of the %d months before: of those months "
				 "it has none",
				 side->name, BEFORE);
}

/* `within`: as sql/diff_edition.sql says. Of two editions the lesser area counts. */
static int narrow_area(struct diff *d, const struct diff_side *side, int64_t within, struct err *err)
{
	if (!*d->area || (within == 2 && d->area == d->a.area))
		d->area = side->area;
	else if (within != 1)
		return err_set(err, ERR_CONFIG, "%s has figures of area %s and what lies in it, not of %.30s",
			       side->name, side->area, d->area);
	return 0;
}

static int take_edition(struct diff *d, struct diff_side *side, const struct db_result *res, struct err *err)
{
	snprintf(side->zone, sizeof side->zone, "%s", db_text(res, 0, 0, NULL));
	snprintf(side->json_name, sizeof side->json_name, "%s", db_text(res, 0, 1, NULL));
	snprintf(side->area, sizeof side->area, "%s", db_text(res, 0, 2, NULL));
	return narrow_months(d, side, db_int(res, 0, 3), db_int(res, 0, 4), err) ||
			       narrow_area(d, side, db_int(res, 0, 5), err)
		       ? -1
		       : 0;
}

static int find_edition(struct diff *d, struct diff_side *side, struct err *err)
{
	const char *number = side->name + strlen(EDITION);
	struct db_result *res;
	char *end;
	long n = strtol(number, &end, 10), rows;
	int rc;

	if (end == number || *end || n < 1 || n > INT32_MAX)
		return err_set(err, ERR_CONFIG, "an edition is edition:N; see lagesbild editions");
	side->edition = (int32_t)n;
	db_param_int4(d->db, side->edition);
	db_param_text(d->db, d->area, strlen(d->area));
	rows = db_query(d->db, operator_sql_diff_edition, &res, err);
	if (rows < 0)
		return -1;
	rc = rows ? take_edition(d, side, res, err)
		  : err_set(err, ERR_CONFIG, "there is no edition %ld; see lagesbild editions", n);
	db_free(res);
	return rc;
}

int diff_side_find(struct diff *d, struct diff_side *side, struct err *err)
{
	struct db_result *res;
	long rows;

	if (strncmp(side->name, EDITION, strlen(EDITION)) == 0)
		return find_edition(d, side, err);
	db_param_text(d->db, side->name, strlen(side->name));
	rows = db_query(d->db, operator_sql_diff_build, &res, err);
	if (rows < 0)
		return -1;
	if (rows) {
		side->build = (int16_t)db_int(res, 0, 0);
		snprintf(side->zone, sizeof side->zone, "%s", db_text(res, 0, 1, NULL));
		snprintf(side->json_name, sizeof side->json_name, "%s", db_text(res, 0, 2, NULL));
		side->current = db_int(res, 0, 3);
	}
	db_free(res);
	return rows ? 0 : err_set(err, ERR_CONFIG, "there is no build \"%.60s\"", side->name);
}

static void param_side(const struct diff *d, const struct diff_side *side)
{
	if (side->edition)
		db_param_int4(d->db, side->edition);
	else
		db_param_int2(d->db, side->build);
}

int diff_side_name_codes(const struct diff *d, const struct diff_side *side, struct err *err)
{
	param_side(d, side);
	db_param_text(d->db, d->area, strlen(d->area));
	if (db_query(d->db, side->edition ? operator_sql_diff_edition_areas : operator_sql_diff_areas, NULL, err) < 0)
		return -1;
	param_side(d, side);
	return db_query(d->db, side->edition ? operator_sql_diff_edition_categories : operator_sql_diff_categories,
			NULL, err) < 0
		       ? -1
		       : 0;
}

int diff_side_load(const struct diff *d, const struct diff_side *side, struct err *err)
{
	db_param_text(d->db, side->letter, 1);
	param_side(d, side);
	db_param_int8(d->db, d->from);
	db_param_int8(d->db, d->to);
	db_param_text(d->db, d->source, strlen(d->source));
	return db_stream(d->db, side->edition ? operator_sql_diff_edition_cells : operator_sql_diff_cells, NULL, NULL,
			 err) < 0
		       ? -1
		       : 0;
}

int diff_side_revisions(const struct diff *d, struct err *err)
{
	if ((!d->a.edition && !d->a.current) || (!d->b.edition && !d->b.current))
		return 0;
	db_param_int4(d->db, d->a.edition);
	db_param_int4(d->db, d->b.edition);
	return db_stream(d->db, operator_sql_diff_revisions, NULL, NULL, err) < 0 ? -1 : 0;
}
