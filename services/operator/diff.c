/* diff: every cell in which two builds or editions differ, and why. The comparison is the database's (sql/diff_*.sql),
 * in one snapshot; what it found is printed after that. */
#include "diff.h"

#include "operator_sql.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHOWN 20 /* rows of the people's table, without --limit */

/* For whoever waits at a terminal; NULL takes it away. */
static void step(const char *doing)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%s\x1b[K", doing ? doing : "");
}

static int check_filter(struct diff *d, struct err *err)
{
	struct db_result *res;
	int rc = 0;

	db_param_text(d->db, d->area, strlen(d->area));
	db_param_text(d->db, d->source, strlen(d->source));
	if (db_query(d->db, operator_sql_diff_filter, &res, err) < 0)
		return -1;
	if (!db_int(res, 0, 0))
		rc = err_set(err, ERR_CONFIG, "neither side has an area with the code %.30s", d->area);
	else if (!db_int(res, 0, 1))
		rc = err_set(err, ERR_CONFIG, "there is no source \"%.30s\"", d->source);
	db_free(res);
	return rc;
}

static int find(struct diff *d, struct err *err)
{
	struct db_result *res;

	step("jämför cellerna …");
	if (db_script(d->db, operator_sql_diff_begin, err) || diff_side_find(d, &d->a, err) ||
	    diff_side_find(d, &d->b, err) || diff_side_name_codes(d, &d->a, err) ||
	    diff_side_name_codes(d, &d->b, err) || check_filter(d, err) || diff_side_load(d, &d->a, err) ||
	    diff_side_load(d, &d->b, err) || db_script(d->db, "ANALYZE diff_cell", err))
		return -1;
	d->found = db_stream(d->db, operator_sql_diff_found, NULL, NULL, err);
	if (d->found < 0 || db_query(d->db, operator_sql_diff_swapped, &res, err) < 0)
		return -1;
	d->swapped = db_int(res, 0, 0);
	db_free(res);
	return 0;
}

static int with_builds(struct diff *d, const char *sql, const char *zone, struct err *err)
{
	db_param_int2(d->db, d->a.build);
	db_param_int2(d->db, d->b.build);
	if (zone)
		db_param_text(d->db, zone, strlen(zone));
	return db_stream(d->db, sql, NULL, NULL, err) < 0 ? -1 : 0;
}

static int want(struct diff *d, const struct diff_side *side, struct err *err)
{
	db_param_text(d->db, side->letter, 1);
	db_param_int2(d->db, side->build);
	return db_query(d->db, operator_sql_diff_wanted, NULL, err) < 0 ? -1 : 0;
}

/* Without two ledgers. */
static int explain_editions(struct diff *d, struct err *err)
{
	return diff_side_revisions(d, err) || db_stream(d->db, operator_sql_diff_rest, NULL, NULL, err) < 0 ? -1 : 0;
}

static int explain(struct diff *d, struct err *err)
{
	if (d->found == 0)
		return 0;
	step("söker händelserna bakom skillnaderna …");
	if (d->a.edition || d->b.edition)
		return explain_editions(d, err);
	return want(d, &d->a, err) || want(d, &d->b, err) || db_script(d->db, "ANALYZE diff_wanted", err) ||
			       with_builds(d, operator_sql_diff_open, NULL, err) ||
			       db_script(d->db, "ANALYZE diff_open", err) ||
			       with_builds(d, operator_sql_diff_shares, d->b.zone, err) ||
			       db_stream(d->db, operator_sql_diff_causes, NULL, NULL, err) < 0 ||
			       db_stream(d->db, operator_sql_diff_rest, NULL, NULL, err) < 0
		       ? -1
		       : 0;
}

static int parse_number(const char *text, int64_t *out, struct err *err)
{
	char *end;

	*out = strtoll(text, &end, 10);
	return end == text || *end || *out < 0 ? err_set(err, ERR_CONFIG, "--limit takes a number") : 0;
}

static int parse_value(struct diff *d, const char *name, const char *value, struct err *err)
{
	if (strcmp(name, "--area") == 0)
		d->area = value;
	else if (strcmp(name, "--source") == 0)
		d->source = value;
	else if (strcmp(name, "--from") == 0)
		return d->from_given = true, operator_month(value, &d->from, err);
	else if (strcmp(name, "--to") == 0)
		return operator_month(value, &d->to, err);
	else if (strcmp(name, "--limit") == 0)
		return parse_number(value, &d->limit, err);
	else
		return err_set(err, ERR_CONFIG, "unknown argument %.40s; see lagesbild diff --help", name);
	return 0;
}

static int parse(struct diff *d, int argc, char **argv, struct err *err)
{
	const char **sides[] = {&d->a.name, &d->b.name};
	size_t given = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--incidents") == 0)
			d->incidents = true;
		else if (strcmp(argv[i], "--json") == 0)
			d->json = true;
		else if (strcmp(argv[i], "--csv") == 0)
			d->csv = true;
		else if (*argv[i] != '-' && given < 2)
			*sides[given++] = argv[i];
		else if (*argv[i] != '-' || i + 1 == argc)
			return err_set(err, ERR_CONFIG,
				       "unknown or incomplete argument %.40s; see lagesbild diff --help", argv[i]);
		else if (parse_value(d, argv[i], argv[i + 1], err))
			return -1;
		else
			i++;
	}
	if (given != 2)
		return err_set(err, ERR_CONFIG,
			       "give two builds, such as: lagesbild diff live new; or editions: edition:3");
	if (strlen(d->a.name) > DIFF_NAME_MAX || strlen(d->b.name) > DIFF_NAME_MAX)
		return err_set(err, ERR_CONFIG, "a build's name has at most %d bytes", DIFF_NAME_MAX);
	if (d->incidents && (strchr(d->a.name, ':') || strchr(d->b.name, ':')))
		return err_set(err, ERR_CONFIG, "--incidents: an edition holds figures, not the incidents behind them");
	if (d->json && d->csv)
		return err_set(err, ERR_CONFIG, "either --json or --csv");
	if (d->limit < 0)
		d->limit = d->json || d->csv ? INT64_MAX : SHOWN;
	return 0;
}

int diff_command(int argc, char **argv, struct err *err)
{
	struct diff d = {.a = {.letter = "a"}, .b = {.letter = "b"}, .area = "", .source = "", .limit = -1};
	int status = -1;

	d.to = OPERATOR_MONTH_MAX;
	if (parse(&d, argc, argv, err) == 0 && operator_db(&d.db, err) == 0) {
		int rc = find(&d, err) || explain(&d, err) || db_script(d.db, operator_sql_diff_end, err);

		step(NULL);
		if (rc == 0 && diff_print(&d, err) == 0)
			status = d.found ? OPERATOR_FOUND : 0;
	}
	db_close(d.db);
	return status;
}
