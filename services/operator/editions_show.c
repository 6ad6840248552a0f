/* editions_show: an edition as people read it: its figures, and what has changed since. From what is frozen alone. */
#include "editions.h"
#include "operator.h"

#include "operator_sql.h"
#include <stdio.h>
#include <string.h>

#define SHOWN_MAX 40 /* lines of changes in the terminal; JSON has all */

static int query(struct db *db, int32_t id, const char *sql, struct db_result **res, struct err *err)
{
	db_param_int4(db, id);
	return db_query(db, sql, res, err) < 0 ? -1 : 0;
}

static const char *state_sv(const char *state)
{
	static const char *const names[][2] = {{"draft", "utkast"},
					       {"commented", "kommenterad"},
					       {"approved", "godkänd"},
					       {"published", "publicerad"},
					       {"withdrawn", "tillbakadragen"},
					       {"complete", "hel"},
					       {"filling", "fylls på"},
					       {"nothing", "inget att rapportera"},
					       {"missing", "saknas"},
					       {"not_connected", "inte ansluten"}};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i][0], state) == 0)
			return names[i][1];
	return state;
}

static const char *cause_sv(const char *cause)
{
	static const char *const names[][2] = {
		{"late", "sen"},
		{"corrected", "rättad"},
		{"withdrawn", "återtagen"},
		{"unfounded", "ogrundad"},
		{"backfill", "historik"},
		{"source-removed", "borttagen hos källan"},
		{"mapping", "annan indelning"},
		{"new", "ny"},
		{"unexplained", "oförklarad"},
		{"small-count", "litet antal"},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i][0], cause) == 0)
			return names[i][1];
	return cause;
}

/* Missing is not zero, and a withheld count is not either. */
static void print_figure(int64_t n, int64_t hid, bool known, bool whole)
{
	char text[40];

	if (!known && (whole || n == 0))
		snprintf(text, sizeof text, "..");
	else if (hid && n == 0)
		snprintf(text, sizeof text, "<5");
	else
		snprintf(text, sizeof text, "%s%s", hid || !known ? "≥" : "", operator_grouped(n));
	printf(" ");
	operator_cell(text, 9, true);
}

static void print_figures(const struct db_result *res)
{
	printf("%38s %9s %9s %9s\n", "", "perioden", "i fjol", "12 mån");
	for (long i = 0; i < db_rows(res); i++) {
		if (i && !db_int(res, i, 11) && db_int(res, i - 1, 11))
			printf(" utanför Brås urval\n");
		printf(" ");
		operator_cell(db_text(res, i, 0, NULL), 25, false);
		operator_cell(db_text(res, i, 1, NULL), 11, false);
		print_figure(db_int(res, i, 2), db_int(res, i, 5), db_int(res, i, 8), false);
		print_figure(db_int(res, i, 3), db_int(res, i, 6), db_int(res, i, 9), true);
		print_figure(db_int(res, i, 4), db_int(res, i, 7), db_int(res, i, 10), true);
		printf("\n");
	}
	if (db_rows(res) == 0)
		printf(" inget\n");
}

static void print_delivery(const struct db_result *res)
{
	printf(" Underlag ");
	for (long i = 0; i < db_rows(res); i++)
		printf("%s %s %s", i ? "," : "", db_text(res, i, 0, NULL), state_sv(db_text(res, i, 1, NULL)));
	printf("\n");
}

static void print_about(const struct db_result *res, const char *hash)
{
	if (*db_text(res, 0, 0, NULL))
		printf(" Inte hel %s\n", db_text(res, 0, 0, NULL));
	printf(" Fryst     %s UTC av %s: %s celler, %s timmar, %s platser\n", db_text(res, 0, 9, NULL),
	       db_text(res, 0, 10, NULL), operator_grouped(db_int(res, 0, 1)), operator_grouped(db_int(res, 0, 2)),
	       operator_grouped(db_int(res, 0, 3)));
	printf(" Ur        build %s vid %s, program %s, tidszoner %s, nyckel %s\n", db_text(res, 0, 4, NULL),
	       db_text(res, 0, 8, NULL), db_text(res, 0, 5, NULL), db_text(res, 0, 6, NULL), db_text(res, 0, 7, NULL));
	printf(" Hash      %s\n", hash);
}

static void print_events(const struct db_result *res)
{
	for (long i = 0; i < db_rows(res); i++)
		printf(" %s  %s av %s%s%s\n", db_text(res, i, 0, NULL), state_sv(db_text(res, i, 2, NULL)),
		       db_text(res, i, 1, NULL), *db_text(res, i, 3, NULL) ? ": " : "", db_text(res, i, 3, NULL));
}

static int print_parts(struct db *db, int32_t id, const char *hash, struct err *err)
{
	struct db_result *figures = NULL, *delivery = NULL, *about = NULL, *events = NULL;
	int rc = -1;

	if (query(db, id, operator_sql_editions_figures, &figures, err) == 0 &&
	    query(db, id, operator_sql_editions_delivery, &delivery, err) == 0 &&
	    query(db, id, operator_sql_editions_about, &about, err) == 0 &&
	    query(db, id, operator_sql_editions_events, &events, err) == 0) {
		print_figures(figures);
		print_delivery(delivery);
		print_about(about, hash);
		print_events(events);
		rc = 0;
	}
	db_free(events);
	db_free(about);
	db_free(delivery);
	db_free(figures);
	return rc;
}

int editions_show(struct db *db, int32_t id, bool json, struct err *err)
{
	struct db_result *res;
	int rc;

	if (json)
		return editions_print(db, id, true, err);
	if (query(db, id, operator_sql_editions_list, &res, err))
		return -1;
	if (db_rows(res) == 0) {
		db_free(res);
		return err_set(err, ERR_CONFIG, "there is no edition %d; see lagesbild editions", id);
	}
	printf(" LÄGESBILD  utgåva %d: %s, %s (%s), %s\n", id, db_text(res, 0, 1, NULL), db_text(res, 0, 3, NULL),
	       db_text(res, 0, 2, NULL), state_sv(db_text(res, 0, 4, NULL)));
	rc = print_parts(db, id, db_text(res, 0, 9, NULL), err);
	if (rc == 0 && db_int(res, 0, 7))
		printf(" Ersatt av utgåva %lld\n", (long long)db_int(res, 0, 7));
	db_free(res);
	return rc;
}

static void print_change(const struct db_result *res, long i)
{
	printf(" %s  ", db_text(res, i, 0, NULL));
	operator_cell(db_text(res, i, 1, NULL), 18, false);
	operator_cell(db_text(res, i, 2, NULL), 22, false);
	operator_cell(db_text(res, i, 3, NULL), 10, false);
	print_figure(db_int(res, i, 4), db_int(res, i, 8), true, false);
	print_figure(db_int(res, i, 5), db_int(res, i, 9), true, false);
	printf(" %+7lld  %s\n", (long long)db_int(res, i, 7), cause_sv(db_text(res, i, 6, NULL)));
}

/* A line for each cause, of all rows, in the order in which they turn up. */
static void print_sums(const struct db_result *res)
{
	for (long i = 0; i < db_rows(res); i++) {
		const char *cause = db_text(res, i, 6, NULL);
		int64_t sum = 0, cells = 0;
		long first = 0;

		while (strcmp(db_text(res, first, 6, NULL), cause) != 0)
			first++;
		if (first < i)
			continue;
		for (long k = i; k < db_rows(res); k++)
			if (strcmp(db_text(res, k, 6, NULL), cause) == 0) {
				sum += db_int(res, k, 7);
				cells++;
			}
		printf(" %+lld %s i %s celler\n", (long long)sum, cause_sv(cause), operator_grouped(cells));
	}
}

static void print_changes(const struct db_result *res)
{
	long n = db_rows(res);

	if (n == 0) {
		printf(" Inget har ändrats sedan utgåvan frystes.\n");
		return;
	}
	printf(" månad    område            kategori              källa         fryst        nu  ändrat  orsak\n");
	for (long i = 0; i < n && i < SHOWN_MAX; i++)
		print_change(res, i);
	if (n > SHOWN_MAX)
		printf(" … och %s rader till (--json visar alla)\n", operator_grouped(n - SHOWN_MAX));
	print_sums(res);
}

int editions_show_revisions(struct db *db, int32_t id, bool all, bool json, struct err *err)
{
	struct db_result *res;

	if (query(db, id, operator_sql_editions_list, &res, err))
		return -1;
	if (db_rows(res) == 0) {
		db_free(res);
		return err_set(err, ERR_CONFIG, "there is no edition %d; see lagesbild editions", id);
	}
	db_free(res);
	db_param_int4(db, id);
	db_param_int4(db, all);
	if (db_query(db, operator_sql_editions_revisions, &res, err) < 0)
		return -1;
	if (json) {
		for (long i = 0; i < db_rows(res); i++)
			printf("%s%s", i ? ",\n" : "[", db_text(res, i, 10, NULL));
		printf(db_rows(res) ? "]\n" : "[]\n");
	} else {
		print_changes(res);
	}
	db_free(res);
	return 0;
}
