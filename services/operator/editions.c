/* editions: lists, shows, comments on, approves, publishes, withdraws and checks what publish has frozen. */
#include "editions.h"
#include "operator.h"

#include "operator_sql.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BY_MAX 100
#define COMMENT_MAX 10000
#define HASH_SHOWN 12 /* digits in a line; show has all of them */

struct asked {
	struct db *db;
	int32_t id;
	struct editions_who who;
	const char *build;
	bool json, all, force, yes;
};

static bool printable(const char *text, bool lines)
{
	for (const char *c = text; *c; c++)
		if (((unsigned char)*c < ' ' && !(lines && *c == '\n')) || *c == 0x7F)
			return false;
	return true;
}

int editions_check_who(const struct editions_who *who, struct err *err)
{
	if (strlen(who->by) > BY_MAX || !printable(who->by, false))
		return err_set(err, ERR_CONFIG,
			       "the name after --by is longer than %d bytes or holds a control character", BY_MAX);
	if (strlen(who->comment) > COMMENT_MAX || !printable(who->comment, true))
		return err_set(err, ERR_CONFIG, "the comment is longer than %d bytes or holds a control character",
			       COMMENT_MAX);
	return 0;
}

int editions_move(struct db *db, int32_t id, const char *target, const struct editions_who *who, bool force,
		  char state[16], struct err *err)
{
	struct db_result *res;
	int rc = 0;

	db_param_int4(db, id);
	db_param_text(db, target, strlen(target));
	db_param_text(db, who->by, strlen(who->by));
	db_param_text(db, who->comment, strlen(who->comment));
	db_param_int4(db, force);
	if (db_query(db, operator_sql_editions_move, &res, err) < 0)
		return -1;
	if (!db_null(res, 0, 1))
		rc = err_set(err, ERR_CONFIG, "%s", db_text(res, 0, 1, NULL));
	else if (state)
		snprintf(state, 16, "%s", db_text(res, 0, 0, NULL));
	db_free(res);
	return rc;
}

/* id 0: all. */
static int rows(struct db *db, int32_t id, struct db_result **res, struct err *err)
{
	db_param_int4(db, id);
	if (db_query(db, operator_sql_editions_list, res, err) < 0)
		return -1;
	if (id && db_rows(*res) == 0) {
		db_free(*res);
		return err_set(err, ERR_CONFIG, "there is no edition %d; see lagesbild editions", id);
	}
	return 0;
}

int editions_print(struct db *db, int32_t id, bool json, struct err *err)
{
	struct db_result *res;

	if (rows(db, id, &res, err))
		return -1;
	if (json)
		printf("%s\n", db_text(res, 0, 10, NULL));
	else
		printf("edition %d: %s, %s, %s%s; hash %s\n", id, db_text(res, 0, 1, NULL), db_text(res, 0, 3, NULL),
		       db_text(res, 0, 4, NULL), db_int(res, 0, 8) ? "" : " (incomplete)", db_text(res, 0, 9, NULL));
	db_free(res);
	return 0;
}

static void print_list_row(const struct db_result *res, long i)
{
	char place[160], by[160];

	printf("%6lld  ", (long long)db_int(res, i, 0));
	operator_cell(db_text(res, i, 1, NULL), 15, false);
	snprintf(place, sizeof place, "%s (%s)", db_text(res, i, 3, NULL), db_text(res, i, 2, NULL));
	operator_cell(place, 24, false);
	snprintf(by, sizeof by, "%s%s", db_text(res, i, 4, NULL), db_int(res, i, 8) ? "" : "!");
	printf(" ");
	operator_cell(by, 11, false);
	printf("%s  ", db_text(res, i, 5, NULL));
	operator_cell(db_text(res, i, 6, NULL), 16, false);
	printf("%.*s", HASH_SHOWN, db_text(res, i, 9, NULL));
	if (db_int(res, i, 7))
		printf("  superseded by %lld", (long long)db_int(res, i, 7));
	printf("\n");
}

static int list(struct asked *a, struct err *err)
{
	struct db_result *res;
	long n;

	if (rows(a->db, 0, &res, err))
		return -1;
	n = db_rows(res);
	if (a->json) {
		for (long i = 0; i < n; i++)
			printf("%s%s", i ? ",\n" : "[", db_text(res, i, 10, NULL));
		printf(n ? "]\n" : "[]\n");
	} else if (n == 0) {
		printf("no edition yet: lagesbild publish 2026-04 --draft makes one\n");
	} else {
		printf("edition  period         area                     state      since (UTC)       by              "
		       "hash\n");
		for (long i = 0; i < n; i++)
			print_list_row(res, i);
	}
	db_free(res);
	return 0;
}

static int show(struct asked *a, struct err *err)
{
	return editions_show(a->db, a->id, a->json, err);
}

static int revisions(struct asked *a, struct err *err)
{
	return editions_show_revisions(a->db, a->id, a->all, a->json, err);
}

static int move(struct asked *a, const char *target, struct err *err)
{
	return editions_move(a->db, a->id, target, &a->who, a->force, NULL, err) ||
			       editions_print(a->db, a->id, a->json, err)
		       ? -1
		       : 0;
}

static int comment(struct asked *a, struct err *err)
{
	return move(a, "commented", err);
}

static int approve(struct asked *a, struct err *err)
{
	return move(a, "approved", err);
}

static int make_public(struct asked *a, struct err *err)
{
	return move(a, "published", err);
}

static int withdraw(struct asked *a, struct err *err)
{
	if (!a->yes)
		return err_set(err, ERR_CONFIG, "an edition that is withdrawn does not come back: say --yes");
	return move(a, "withdrawn", err);
}

static int finding(const struct asked *a, int found, const char *text)
{
	if (a->json)
		printf("%s\"%s\"", found ? ", " : "", text); /* codes and numbers: no quotes in them */
	else
		printf("     - %s\n", text);
	return found + 1;
}

static int check_hash(struct asked *a, int *found, struct err *err)
{
	struct db_result *res;
	char text[300];
	bool same;

	db_param_int4(a->db, a->id);
	if (db_query(a->db, operator_sql_editions_check, &res, err) < 0)
		return -1;
	same = strcmp(db_text(res, 0, 0, NULL), db_text(res, 0, 1, NULL)) == 0;
	if (!a->json)
		printf("%-5sthe frozen content gives hash %s\n", same ? "ok" : "FEL", db_text(res, 0, 1, NULL));
	if (!same) {
		snprintf(text, sizeof text, "the edition's hash is %s", db_text(res, 0, 0, NULL));
		*found = finding(a, *found, text);
	}
	db_free(res);
	return 0;
}

static int check_build(struct asked *a, int *found, struct err *err)
{
	struct db_result *res;
	long n;

	db_param_int4(a->db, a->id);
	db_param_text(a->db, a->build, strlen(a->build));
	n = db_query(a->db, operator_sql_editions_check_build, &res, err);
	if (n < 0)
		return -1;
	if (!a->json)
		printf("%-5scells, hours and places are those of build %s\n", n ? "FEL" : "ok", a->build);
	for (long i = 0; i < n; i++)
		*found = finding(a, *found, i < 10 ? db_text(res, i, 0, NULL) : "... and more");
	db_free(res);
	return 0;
}

static int check(struct asked *a, struct err *err)
{
	struct db_result *res;
	int found = 0, rc;

	if (rows(a->db, a->id, &res, err))
		return -1;
	db_free(res);
	if (a->json)
		printf("{\"edition\": %d, \"findings\": [", a->id);
	rc = check_hash(a, &found, err) || (*a->build && check_build(a, &found, err)) ? -1 : 0;
	if (a->json)
		printf("], \"equal\": %s}\n", found ? "false" : "true");
	return rc ? rc : found ? OPERATOR_FOUND : 0;
}

static const struct {
	const char *name;
	int texts; /* after the number */
	int (*run)(struct asked *a, struct err *err);
} actions[] = {
	{"show", 0, show},	   {"comment", 1, comment},	{"approve", 0, approve}, {"publish", 0, make_public},
	{"withdraw", 0, withdraw}, {"revisions", 0, revisions}, {"check", 0, check},
};
#define ACTIONS (sizeof actions / sizeof *actions)

static int parse_options(struct asked *a, int argc, char **argv, struct err *err)
{
	static const struct option options[] = {
		{"by", required_argument, NULL, 'b'},	 {"comment", required_argument, NULL, 'c'},
		{"build", required_argument, NULL, 'B'}, {"all", no_argument, NULL, 'a'},
		{"force", no_argument, NULL, 'f'},	 {"yes", no_argument, NULL, 'y'},
		{"json", no_argument, NULL, 'j'},	 {0}};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (c) {
		case 'b':
			a->who.by = optarg;
			break;
		case 'c':
			a->who.comment = optarg;
			break;
		case 'B':
			a->build = optarg;
			break;
		case 'a':
			a->all = true;
			break;
		case 'f':
			a->force = true;
			break;
		case 'y':
			a->yes = true;
			break;
		case 'j':
			a->json = true;
			break;
		default:
			return err_set(err, ERR_CONFIG, "see lagesbild editions --help");
		}
	return 0;
}

/* The action's place in the table; ACTIONS: list. */
static int parse(struct asked *a, int argc, char **argv, size_t *action, struct err *err)
{
	char **left = argv + optind, *end;
	int n = argc - optind;
	long id;

	*action = ACTIONS;
	if (n == 0 || (n == 1 && strcmp(left[0], "list") == 0))
		return 0;
	for (size_t i = 0; i < ACTIONS; i++)
		if (strcmp(actions[i].name, left[0]) == 0)
			*action = i;
	if (*action == ACTIONS)
		return err_set(err, ERR_CONFIG, "there is no action \"%.20s\"; see lagesbild editions --help", left[0]);
	if (n != 2 + actions[*action].texts)
		return err_set(err, ERR_CONFIG, "%s takes an edition's number%s", left[0],
			       actions[*action].texts ? " and a text" : "");
	id = strtol(left[1], &end, 10);
	if (*end || id < 1 || id > INT32_MAX)
		return err_set(err, ERR_CONFIG, "\"%.20s\" is no edition's number", left[1]);
	a->id = (int32_t)id;
	if (n == 3)
		a->who.comment = left[2];
	if (actions[*action].texts && !*a->who.comment)
		return err_set(err, ERR_CONFIG, "the comment is empty");
	return editions_check_who(&a->who, err);
}

int editions_command(int argc, char **argv, struct err *err)
{
	struct asked a = {.who = {"", ""}, .build = ""};
	size_t action;
	int rc = -1;

	if (parse_options(&a, argc, argv, err) == 0 && parse(&a, argc, argv, &action, err) == 0 &&
	    operator_db(&a.db, err) == 0)
		rc = action == ACTIONS ? list(&a, err) : actions[action].run(&a, err);
	db_close(a.db);
	return rc;
}
