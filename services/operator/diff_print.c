/* diff_print: what was found, for people (Swedish), as JSON, as CSV. */
#include "diff.h"

#include "operator_sql.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDS_SHOWN 20 /* incidents below a cell in the people's table */

/* Columns of diff_rows. */
enum {
	ROW_MONTH,
	ROW_AREA,
	ROW_AREA_NAME,
	ROW_CATEGORY,
	ROW_CATEGORY_NAME,
	ROW_SOURCE,
	ROW_A,
	ROW_B,
	ROW_DIFFERENCE,
	ROW_HID_A,
	ROW_HID_B,
	ROW_INCIDENTS = 21,
	ROW_CAUSES,
	ROW_JSON,
};

struct csv_state {
	bool incidents, headed;
};

static const struct {
	const char *code, *sv;
} causes[] = {
	{"new", "nya"},
	{"late", "sena"},
	{"corrected", "rättade"},
	{"withdrawn", "återtagna"},
	{"rejected", "avvisade"},
	{"unfounded", "ogrundade"},
	{"backfill", "historik"},
	{"source-removed", "borttagna hos källan"},
	{"small-count", "antal <5"},
	{"mapping", "annan regel"},
	{"unexplained", "oförklarade"},
};

static const char *cause_sv(const char *code)
{
	for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
		if (strcmp(causes[i].code, code) == 0)
			return causes[i].sv;
	return code;
}

static int64_t number(const struct db_result *r, int column)
{
	return strtoll(db_text(r, 0, column, NULL), NULL, 10);
}

/* A name beside its code, as far as there is room. */
static void named(const char *code, const char *name, int width)
{
	char text[400];

	snprintf(text, sizeof text, "%s %s", code, name);
	operator_cell(text, width, false);
	putchar(' ');
}

static void print_ids(const struct db_result *r)
{
	const char *at = db_text(r, 0, ROW_INCIDENTS, NULL);
	int shown = 0;

	while (*at && shown < IDS_SHOWN) {
		size_t len = strcspn(at, " "), cause = strcspn(at, ":");

		printf("          %.*s  %.*s\n", (int)(len - cause - 1), at + cause + 1, (int)cause, at);
		at += len + (at[len] == ' ');
		shown++;
	}
	if (*at)
		printf("          … och fler (--csv, --json)\n");
}

static const char *count(const struct db_result *r, int n, int hid)
{
	static char texts[2][64];
	static unsigned next;
	char *out = texts[next++ % 2];
	int64_t hidden = number(r, hid);

	if (hidden)
		snprintf(out, sizeof texts[0], "%s+%lld×<5", operator_grouped(number(r, n)), (long long)hidden);
	else
		snprintf(out, sizeof texts[0], "%s", operator_grouped(number(r, n)));
	return out;
}

static int print_row(void *arg, const struct db_result *r, struct err *err)
{
	const struct diff *d = arg;
	int64_t difference;
	char text[40];

	(void)err;
	if (db_rows(r) == 0)
		return 0;
	difference = number(r, ROW_DIFFERENCE);
	printf(" %s ", db_text(r, 0, ROW_MONTH, NULL));
	named(db_text(r, 0, ROW_AREA, NULL), db_text(r, 0, ROW_AREA_NAME, NULL), 24);
	named(db_text(r, 0, ROW_CATEGORY, NULL), db_text(r, 0, ROW_CATEGORY_NAME, NULL), 26);
	operator_cell(db_text(r, 0, ROW_SOURCE, NULL), 8, false);
	operator_cell(count(r, ROW_A, ROW_HID_A), 10, true);
	operator_cell(count(r, ROW_B, ROW_HID_B), 10, true);
	snprintf(text, sizeof text, "%s%s", difference > 0 ? "+" : "", operator_grouped(difference));
	operator_cell(text, 10, true);
	printf("  %s\n", db_text(r, 0, ROW_CAUSES, NULL));
	if (d->incidents)
		print_ids(r);
	return 0;
}

static void print_summary(const struct db_result *res)
{
	static const char *const heads[] = {"händelser", "celler", "till", "från"};

	fputs("\n ", stdout);
	operator_cell("orsak", 26, false);
	for (size_t i = 0; i < 4; i++)
		operator_cell(heads[i], 10, true);
	putchar('\n');
	for (long i = 0; i < db_rows(res); i++) {
		const char *cause = db_text(res, i, 0, NULL);
		char text[80];

		snprintf(text, sizeof text, "%s (%s)", cause_sv(cause), cause);
		putchar(' ');
		operator_cell(text, 26, false);
		operator_cell(operator_grouped(db_int(res, i, 1)), 10, true);
		operator_cell(operator_grouped(db_int(res, i, 2)), 10, true);
		operator_cell(operator_grouped(db_int(res, i, 3)), 10, true);
		operator_cell(operator_grouped(db_int(res, i, 4)), 10, true);
		if (db_int(res, i, 5))
			printf("   antal <5: %+lld", (long long)db_int(res, i, 5));
		putchar('\n');
	}
}

static int run_rows(struct diff *d, int (*row)(void *, const struct db_result *, struct err *), void *arg,
		    struct err *err)
{
	db_param_int8(d->db, d->limit);
	db_param_int4(d->db, d->incidents);
	return db_stream(d->db, operator_sql_diff_rows, row, arg, err) < 0 ? -1 : 0;
}

static void print_head(const struct diff *d)
{
	fputs("\n ", stdout);
	operator_cell("månad", 8, false);
	operator_cell("område", 25, false);
	operator_cell("kategori", 27, false);
	operator_cell("källa", 8, false);
	putchar(' ');
	operator_cell(d->a.name, 9, true);
	putchar(' ');
	operator_cell(d->b.name, 9, true);
	operator_cell("skillnad", 10, true);
	fputs("  därav\n", stdout);
}

static int print_people(struct diff *d, const struct db_result *totals, const struct db_result *summary,
			struct err *err)
{
	int64_t a = db_int(totals, 0, 0), b = db_int(totals, 0, 1);

	printf("%s → %s: ", d->a.name, d->b.name);
	if (d->found)
		printf("%s celler skiljer; summa %s → %s (%s%s)\n", operator_grouped(d->found), operator_grouped(a),
		       operator_grouped(b), b >= a ? "+" : "", operator_grouped(b - a));
	else
		printf("inga celler skiljer; summa %s\n", operator_grouped(a));
	if (d->swapped)
		printf("%s celler har lika tal men inte samma händelser bakom dem\n", operator_grouped(d->swapped));
	if (d->found == 0)
		return 0;
	print_summary(summary);
	print_head(d);
	if (run_rows(d, print_row, d, err))
		return -1;
	if (d->found > d->limit)
		printf(" … och %s till (--limit, --csv)\n", operator_grouped(d->found - d->limit));
	return 0;
}

static int print_json_row(void *arg, const struct db_result *r, struct err *err)
{
	bool *first = arg;

	(void)err;
	if (db_rows(r)) {
		printf("%s\n  %s", *first ? "" : ",", db_text(r, 0, ROW_JSON, NULL));
		*first = false;
	}
	return 0;
}

static int print_json(struct diff *d, const struct db_result *totals, const struct db_result *summary, struct err *err)
{
	bool first = true;

	printf("{\"a\": %s, \"b\": %s, \"cells\": %ld, \"cells_of_other_incidents\": %lld, \"n_a\": %lld, \"n_b\": "
	       "%lld,\n \"causes\": [",
	       d->a.json_name, d->b.json_name, d->found, (long long)d->swapped, (long long)db_int(totals, 0, 0),
	       (long long)db_int(totals, 0, 1));
	for (long i = 0; i < db_rows(summary); i++)
		printf("%s\n  %s", i ? "," : "", db_text(summary, i, 6, NULL));
	printf("],\n \"differences\": [");
	if (d->found && run_rows(d, print_json_row, &first, err))
		return -1;
	printf("]}\n");
	return 0;
}

static int print_csv_row(void *arg, const struct db_result *r, struct err *err)
{
	struct csv_state *state = arg;
	int columns = state->incidents ? ROW_INCIDENTS + 1 : ROW_INCIDENTS;

	(void)err;
	for (int c = 0; !state->headed && c < columns; c++)
		printf("%s%s", c ? "," : "", db_column_name(r, c));
	if (!state->headed)
		fputs("\r\n", stdout);
	state->headed = true;
	for (int c = 0; db_rows(r) && c < columns; c++) {
		if (c)
			putchar(',');
		operator_csv(stdout, db_text(r, 0, c, NULL), ',');
	}
	if (db_rows(r))
		fputs("\r\n", stdout);
	return 0;
}

static int print_csv(struct diff *d, struct err *err)
{
	struct csv_state state = {.incidents = d->incidents};

	return run_rows(d, print_csv_row, &state, err);
}

/* A list cut short by a full disk must not pass for the whole. */
static int written(struct err *err)
{
	return fflush(stdout) || ferror(stdout)
		       ? err_set(err, ERR_CONFIG, "cannot write standard output: %s", strerror(errno))
		       : 0;
}

int diff_print(struct diff *d, struct err *err)
{
	struct db_result *totals = NULL, *summary = NULL;
	int rc = -1;

	if (d->csv)
		return print_csv(d, err) ? -1 : written(err);
	if (db_query(d->db, operator_sql_diff_totals, &totals, err) >= 0 &&
	    db_query(d->db, operator_sql_diff_summary, &summary, err) >= 0)
		rc = d->json ? print_json(d, totals, summary, err) : print_people(d, totals, summary, err);
	db_free(totals);
	db_free(summary);
	return rc ? -1 : written(err);
}
