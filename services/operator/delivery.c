/* delivery: what each source has delivered, month by month, and a person's word on it. Missing is not zero: what stands
 * here decides what may be compared. */
#include "operator.h"

#include "operator_sql.h"
#include <stdio.h>
#include <string.h>

#define MONTHS 13
#define BY_MAX 100
#define DERIVED "derived" /* takes a person's word back */

/* The states of the contract, and what stands for them in the table. */
static const struct {
	const char *name, *mark, *meaning;
} states[] = {
	{"complete", "ok", "complete"},		 {"filling", "~", "filling"},
	{"nothing", "0", "nothing to report"},	 {"missing", "!!", "missing"},
	{"not_connected", "-", "not connected"},
};
#define STATES (sizeof states / sizeof *states)

struct word {
	const char *source, *month, *state, *by;
	bool json;
};

static const char *mark_of(const char *state)
{
	for (size_t i = 0; i < STATES; i++)
		if (strcmp(states[i].name, state) == 0)
			return states[i].mark;
	return "?";
}

/* The year stands above the first month and each January. */
static void print_head(const struct db_result *res)
{
	printf("%-10s", "");
	for (long i = 0; i < MONTHS; i++) {
		const char *month = db_text(res, i, 1, NULL);

		printf(" %4.*s", i == 0 || strcmp(month + 5, "01") == 0 ? 4 : 0, month);
	}
	printf("\n%-10s", "source");
	for (long i = 0; i < MONTHS; i++)
		printf("%5s", db_text(res, i, 1, NULL) + 5);
}

static void print_table(const struct db_result *res)
{
	print_head(res);
	for (long i = 0; i < db_rows(res); i++) {
		char mark[16];

		snprintf(mark, sizeof mark, "%s%s", mark_of(db_text(res, i, 2, NULL)),
			 *db_text(res, i, 3, NULL) ? "*" : "");
		if (i % MONTHS == 0)
			printf("\n%-10s", db_text(res, i, 0, NULL));
		printf("%5s", mark);
	}
	printf("\n\n");
	for (size_t i = 0; i < STATES; i++)
		printf("%s%s %s", i ? " · " : "", states[i].mark, states[i].meaning);
	printf("\n");
	for (long i = 0; i < db_rows(res); i++)
		if (*db_text(res, i, 3, NULL))
			printf("* %s %s is %s: said by %s, %s UTC\n", db_text(res, i, 0, NULL),
			       db_text(res, i, 1, NULL), db_text(res, i, 2, NULL), db_text(res, i, 3, NULL),
			       db_text(res, i, 4, NULL));
}

static int list(struct db *db, bool json, struct err *err)
{
	struct db_result *res;

	if (db_query(db, operator_sql_delivery_list, &res, err) < 0)
		return -1;
	if (db_rows(res) == 0) {
		db_free(res);
		return err_set(err, ERR_CONFIG, "there is no build yet: run \"lagesbild setup\"");
	}
	if (json)
		for (long i = 0; i < db_rows(res); i++)
			printf("%s%s%s", i ? ",\n" : "[", db_text(res, i, 5, NULL), i + 1 == db_rows(res) ? "]\n" : "");
	else
		print_table(res);
	db_free(res);
	return 0;
}

static int param_query(struct db *db, const struct word *w, const char *sql, bool all, struct db_result **res,
		       struct err *err)
{
	db_param_text(db, w->source, strlen(w->source));
	db_param_text(db, w->month, strlen(w->month));
	if (all) {
		db_param_text(db, w->state, strlen(w->state));
		db_param_text(db, w->by, strlen(w->by));
	}
	return db_query(db, sql, res, err) < 0 ? -1 : 0;
}

static int check_source(struct db *db, const struct word *w, struct err *err)
{
	struct db_result *res;
	int rc = 0;

	if (param_query(db, w, operator_sql_delivery_sources, false, &res, err))
		return -1;
	if (!db_int(res, 0, 1))
		rc = err_set(err, ERR_CONFIG, "there is no source \"%.30s\"; there are %s", w->source,
			     db_text(res, 0, 0, NULL));
	else if (!db_int(res, 0, 2))
		rc = err_set(err, ERR_CONFIG, "month %s has not begun: nobody can know what it brings", w->month);
	db_free(res);
	return rc;
}

static int check_words(const struct word *w, struct err *err)
{
	bool known = strcmp(w->state, DERIVED) == 0;

	for (size_t i = 0; i < STATES; i++)
		known = known || strcmp(states[i].name, w->state) == 0;
	if (!operator_is_month(w->month))
		return err_set(err, ERR_CONFIG, "\"%.20s\" is no month: write it as 2026-03", w->month);
	if (!known)
		return err_set(err, ERR_CONFIG,
			       "\"%.20s\" is no state: say complete, filling, nothing, missing or not_connected, or "
			       "derived to take a word back",
			       w->state);
	if (strlen(w->by) > BY_MAX)
		return err_set(err, ERR_CONFIG, "the name after --by is longer than %d bytes", BY_MAX);
	for (const char *c = w->by; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7F)
			return err_set(err, ERR_CONFIG, "the name after --by holds a control character");
	return 0;
}

static int state_now(struct db *db, const struct word *w, char out[40], struct err *err)
{
	struct db_result *res;

	if (param_query(db, w, operator_sql_delivery_state, false, &res, err))
		return -1;
	snprintf(out, 40, "%s", db_rows(res) ? db_text(res, 0, 0, NULL) : "not_connected");
	db_free(res);
	return 0;
}

static int say(struct db *db, const struct word *w, struct err *err)
{
	bool back = strcmp(w->state, DERIVED) == 0;
	char before[40], after[40];

	if (check_source(db, w, err) || db_script(db, "BEGIN", err) || state_now(db, w, before, err) ||
	    (back ? param_query(db, w, operator_sql_delivery_unsay, false, NULL, err)
		  : param_query(db, w, operator_sql_delivery_say, true, NULL, err)) ||
	    state_now(db, w, after, err) || db_script(db, "COMMIT", err))
		return -1;
	if (w->json)
		printf("{\"source\": \"%s\", \"month\": \"%s\", \"state\": \"%s\", \"before\": \"%s\"}\n", w->source,
		       w->month, after, before);
	else
		printf("%s %s is %s%s (before: %s)\n", w->source, w->month, after, back ? ", derived" : "", before);
	return 0;
}

static int parse(struct word *w, int argc, char **argv, struct err *err)
{
	const char **next[] = {&w->source, &w->month, &w->state};
	size_t given = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			w->json = true;
		else if (strcmp(argv[i], "--by") == 0 && i + 1 < argc && *argv[i + 1])
			w->by = argv[++i];
		else if (*argv[i] == '-' || given == 3)
			return err_set(err, ERR_CONFIG,
				       "unknown or incomplete argument %.40s; see lagesbild delivery --help", argv[i]);
		else
			*next[given++] = argv[i];
	}
	if (given == 0 && *w->by)
		return err_set(err, ERR_CONFIG, "--by says whose word it is: give source, month and state too");
	if (given != 0 && given != 3)
		return err_set(err, ERR_CONFIG,
			       "give source, month and state, such as: lagesbild delivery social "
			       "2026-03 missing; or nothing for the table");
	return given ? check_words(w, err) : 0;
}

int delivery_command(int argc, char **argv, struct err *err)
{
	struct word w = {.by = ""};
	struct db *db = NULL;
	int rc = -1;

	if (parse(&w, argc, argv, err) == 0 && operator_db(&db, err) == 0)
		rc = w.source ? say(db, &w, err) : list(db, w.json, err);
	db_close(db);
	return rc;
}
