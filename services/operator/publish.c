/* publish: freezes a period's figures as an edition: a draft, or one that is approved and published at once. What
 * stands in the way of a whole picture is said first, and kept with the edition. */
#include "editions.h"
#include "operator.h"

#include "base/period.h"
#include "operator_sql.h"
#include "version.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SHOWN_MAX 10 /* obstacles named one by one */
#define WAIT_S 5     /* for what is on its way, as verify does */

struct publish {
	struct db *db;
	const char *period, *asked_area;
	struct editions_who who;
	bool draft, force, yes, json;
	char start[16], area[100], name[100];
	int32_t months;
	bool begun;
	size_t obstacles;
	char unread[300]; /* what the feeds hold that has not been taken in; "" nothing */
};

static int parse(struct publish *p, int argc, char **argv, struct err *err)
{
	static const struct option options[] = {
		{"area", required_argument, NULL, 'a'},	   {"by", required_argument, NULL, 'b'},
		{"comment", required_argument, NULL, 'c'}, {"draft", no_argument, NULL, 'd'},
		{"force", no_argument, NULL, 'f'},	   {"yes", no_argument, NULL, 'y'},
		{"json", no_argument, NULL, 'j'},	   {0}};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (c) {
		case 'a':
			p->asked_area = optarg;
			break;
		case 'b':
			p->who.by = optarg;
			break;
		case 'c':
			p->who.comment = optarg;
			break;
		case 'd':
			p->draft = true;
			break;
		case 'f':
			p->force = true;
			break;
		case 'y':
			p->yes = true;
			break;
		case 'j':
			p->json = true;
			break;
		default:
			return err_set(err, ERR_CONFIG, "see lagesbild publish --help");
		}
	if (optind != argc - 1)
		return err_set(err, ERR_CONFIG, "give one period: 2026-04, 2026T1, 2026 or 2026-03/2026-04");
	p->period = argv[optind];
	return editions_check_who(&p->who, err);
}

static int param_what(struct publish *p, const char *sql, struct db_result **res, struct err *err)
{
	db_param_text(p->db, p->start, strlen(p->start));
	db_param_int4(p->db, p->months);
	db_param_text(p->db, p->area, strlen(p->area));
	return db_query(p->db, sql, res, err) < 0 ? -1 : 0;
}

static int understand(struct publish *p, struct err *err)
{
	struct db_result *res;
	bool named;

	db_param_text(p->db, p->period, strlen(p->period));
	db_param_text(p->db, p->asked_area, strlen(p->asked_area));
	if (db_query(p->db, operator_sql_publish_what, &res, err) < 0)
		return -1;
	if (db_rows(res) == 0 || db_null(res, 0, 1)) {
		db_free(res);
		return err_set(err, ERR_CONFIG,
			       "\"%.30s\" is no period: write a month 2026-04, a tertial 2026T1, a year 2026, or whole "
			       "months 2026-03/2026-04, at most 60",
			       p->period);
	}
	snprintf(p->start, sizeof p->start, "%s", db_text(res, 0, 0, NULL));
	p->months = (int32_t)db_int(res, 0, 1);
	snprintf(p->area, sizeof p->area, "%s", db_text(res, 0, 2, NULL));
	named = !db_null(res, 0, 3);
	snprintf(p->name, sizeof p->name, "%s", named ? db_text(res, 0, 3, NULL) : "");
	p->begun = db_int(res, 0, 4);
	db_free(res);
	if (!named)
		return err_set(err, ERR_CONFIG, "there is no area \"%.40s\"", p->area);
	return p->begun ? 0 : err_set(err, ERR_CONFIG, "%s has not begun: nobody can know what it brings", p->period);
}

static void say_obstacle(struct publish *p, const char *sentence)
{
	p->obstacles++;
	if (p->obstacles <= SHOWN_MAX)
		fprintf(stderr, "%s %s\n", p->draft || p->force ? "warning:" : "in the way:", sentence);
}

/* What makes the picture less than whole: said, and counted. */
static int look_for_obstacles(struct publish *p, struct err *err)
{
	struct db_result *res;
	int unread = verify_unread(p->db, WAIT_S, p->unread, sizeof p->unread, err);

	if (unread < 0 || param_what(p, operator_sql_publish_obstacles, &res, err))
		return -1;
	if (unread)
		say_obstacle(p, p->unread);
	else
		*p->unread = 0;
	for (long i = 0; i < db_rows(res); i++)
		say_obstacle(p, db_text(res, i, 1, NULL));
	db_free(res);
	if (p->obstacles > SHOWN_MAX)
		fprintf(stderr, "... and %zu more\n", p->obstacles - SHOWN_MAX);
	return 0;
}

static int show_preview(struct publish *p, struct err *err)
{
	struct db_result *res;

	if (p->json)
		return 0;
	if (param_what(p, operator_sql_publish_preview, &res, err))
		return -1;
	printf("freezes  %s, %s (%s), with the 36 months before\n", p->period, p->name, p->area);
	printf("figures  %s\n", *db_text(res, 0, 3, NULL) ? db_text(res, 0, 3, NULL) : "none in the period");
	printf("rows     %s cells, %s hours, %s places\n", operator_grouped(db_int(res, 0, 0)),
	       operator_grouped(db_int(res, 0, 1)), operator_grouped(db_int(res, 0, 2)));
	if (!db_null(res, 0, 4))
		printf("takes the place of edition %lld\n", (long long)db_int(res, 0, 4));
	db_free(res);
	return 0;
}

/* 1: go on. */
static int ask(const struct publish *p, struct err *err)
{
	char answer[16] = "";

	if (p->draft || p->yes)
		return 1;
	if (!isatty(STDIN_FILENO))
		return err_set(err, ERR_CONFIG, "publishing cannot be undone: say --yes, or --draft to look first");
	printf("publish? [y/N] ");
	fflush(stdout);
	return fgets(answer, sizeof answer, stdin) && (*answer == 'y' || *answer == 'Y' || *answer == 'j');
}

/* The snapshot is taken by the first statement after BEGIN: the lock comes before. */
static int freeze(struct publish *p, int32_t *id, struct err *err)
{
	char tz[PERIOD_TZ_VERSION_SIZE];
	struct db_result *res;

	if (db_query(p->db, operator_sql_publish_lock, NULL, err) < 0 ||
	    db_script(p->db, "BEGIN ISOLATION LEVEL REPEATABLE READ", err))
		return -1;
	period_tz_version(tz);
	db_param_text(p->db, p->start, strlen(p->start));
	db_param_int4(p->db, p->months);
	db_param_text(p->db, p->area, strlen(p->area));
	db_param_text(p->db, p->who.by, strlen(p->who.by));
	db_param_text(p->db, tz, strlen(tz));
	db_param_text(p->db, LAGESBILD_VERSION, strlen(LAGESBILD_VERSION));
	db_param_array(p->db, DB_TEXT, *p->unread ? 1 : 0);
	if (*p->unread)
		db_item_text(p->db, "unread", strlen("unread"));
	if (db_query(p->db, operator_sql_publish_freeze, &res, err) < 0)
		return -1;
	*id = (int32_t)db_int(res, 0, 0);
	db_free(res);
	return 0;
}

static int move_on(struct publish *p, int32_t id, struct err *err)
{
	if (*p->who.comment && editions_move(p->db, id, "commented", &p->who, true, NULL, err))
		return -1;
	if (p->draft)
		return 0;
	return editions_move(p->db, id, "approved", &(struct editions_who){p->who.by, ""}, true, NULL, err) ||
			       editions_move(p->db, id, "published", &(struct editions_who){p->who.by, ""}, true, NULL,
					     err)
		       ? -1
		       : 0;
}

/* One transaction: what is killed in it has made nothing. */
static int make(struct publish *p, struct err *err)
{
	int32_t id;

	if (freeze(p, &id, err) || move_on(p, id, err) || db_script(p->db, "COMMIT", err))
		return -1;
	return editions_print(p->db, id, p->json, err);
}

static int publish(struct publish *p, struct err *err)
{
	int go;

	if (understand(p, err) || look_for_obstacles(p, err))
		return -1;
	if (p->obstacles && !p->draft && !p->force) {
		fprintf(stderr, "not published: --draft makes a draft all the same, --force publishes it\n");
		return OPERATOR_FOUND;
	}
	if (show_preview(p, err))
		return -1;
	go = ask(p, err);
	return go > 0 ? make(p, err) : go < 0 ? -1 : OPERATOR_FOUND;
}

int publish_command(int argc, char **argv, struct err *err)
{
	struct publish p = {.asked_area = "", .who = {"", ""}};
	int rc = -1;

	if (parse(&p, argc, argv, err) == 0 && operator_db(&p.db, err) == 0)
		rc = publish(&p, err);
	db_close(p.db);
	return rc;
}
