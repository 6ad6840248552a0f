/* drop: a build that is not the current one, with all its tables. Each step can be repeated; none makes a reader
 * wait. */
#include "operator.h"

#include "base/run.h"
#include "operator_sql.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PAUSE_MS 100
#define WRITERS_MS 90000 /* longer than an aggregator that is asked to end is given */

struct drop {
	struct db *db;
	const char *name;
	bool json, yes;
	int16_t id;
};

static int find(struct drop *d, struct err *err)
{
	struct db_result *res;
	bool known;

	db_param_text(d->db, d->name, strlen(d->name));
	if (db_query(d->db, operator_sql_build_find, &res, err) < 0)
		return -1;
	known = db_rows(res) == 1;
	d->id = known ? (int16_t)db_int(res, 0, 0) : 0;
	db_free(res);
	return known ? 0 : err_set(err, ERR_CONFIG, "there is no build \"%.60s\"; see lagesbild builds", d->name);
}

static int refuse_current(struct drop *d, struct err *err)
{
	struct db_result *res;
	bool current;

	if (db_query(d->db, operator_sql_build_lock, &res, err) < 0)
		return -1;
	current = db_rows(res) == 0 || db_int(res, 0, 0) == d->id;
	db_free(res);
	return current ? err_set(err, ERR_CONFIG, "build \"%s\" is the current one: promote another first", d->name)
		       : 0;
}

/* From then on it can neither be promoted nor fed. */
static int unfeed(struct drop *d, struct err *err)
{
	if (db_script(d->db, "BEGIN", err) || refuse_current(d, err))
		return -1;
	db_param_int2(d->db, d->id);
	return db_query(d->db, operator_sql_drop_unfeed, NULL, err) < 0 || db_script(d->db, "COMMIT", err) ? -1 : 0;
}

static int try_alone(struct drop *d, struct err *err)
{
	struct db_result *res;
	int alone;

	db_param_int2(d->db, d->id);
	if (db_query(d->db, operator_sql_drop_alone, &res, err) < 0)
		return -1;
	alone = (int)db_int(res, 0, 0);
	db_free(res);
	return alone;
}

static int wait_for_writers(struct drop *d, struct err *err)
{
	int64_t until_ms = run_monotonic_ms() + WRITERS_MS;
	int alone;

	while ((alone = try_alone(d, err)) == 0 && !run_stopping() && run_monotonic_ms() < until_ms)
		run_pause(PAUSE_MS);
	if (alone == 0)
		return err_set(err, ERR_CONFIG,
			       "an aggregator still writes build \"%s\", or another drop is at work; nothing has been "
			       "removed yet, drop it again when that has ended",
			       d->name);
	return alone < 0 ? -1 : 0;
}

/* 1: there was a statement to run, and it has been. */
static int remove_next(struct drop *d, struct err *err)
{
	struct db_result *res;
	long rows;
	int rc = 0;

	db_param_int2(d->db, d->id);
	rows = db_query(d->db, operator_sql_drop_next, &res, err);
	if (rows < 0)
		return -1;
	if (rows > 0) {
		if (isatty(STDERR_FILENO))
			fprintf(stderr, "%s\n", db_text(res, 0, 0, NULL));
		rc = db_script(d->db, db_text(res, 0, 0, NULL), err) ? -1 : 1;
	}
	db_free(res);
	run_point("drop-step");
	return rc;
}

static int drop(struct drop *d, struct err *err)
{
	int rc;

	if (unfeed(d, err))
		return -1;
	run_point("drop-unfed");
	if (wait_for_writers(d, err) || db_script(d->db, operator_sql_drop_session, err))
		return -1;
	while ((rc = remove_next(d, err)) > 0 && !run_stopping())
		;
	if (rc > 0)
		return err_set(err, ERR_CONFIG, "interrupted; drop it again to go on");
	run_point("drop-row");
	db_param_int2(d->db, d->id);
	if (rc < 0 || db_query(d->db, operator_sql_drop_row, NULL, err) < 0)
		return -1;
	if (d->json)
		printf("{\"dropped\": \"%s\"}\n", d->name);
	else
		printf("%s is dropped\n", d->name);
	return 0;
}

static int agreed(const struct drop *d, struct err *err)
{
	char answer[80] = "";

	if (d->yes)
		return 0;
	if (!isatty(STDIN_FILENO))
		return err_set(err, ERR_CONFIG, "a dropped build cannot be had back, only built anew: --yes says so");
	fprintf(stderr, "Build \"%s\" cannot be had back, only built anew. Type its name to drop it: ", d->name);
	if (!fgets(answer, sizeof answer, stdin))
		answer[0] = 0;
	answer[strcspn(answer, "\n")] = 0;
	return strcmp(answer, d->name) == 0 ? 0 : err_set(err, ERR_CONFIG, "nothing has been dropped");
}

static int parse(struct drop *d, int argc, char **argv, struct err *err)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			d->json = true;
		else if (strcmp(argv[i], "--yes") == 0)
			d->yes = true;
		else if (!d->name && *argv[i] && *argv[i] != '-')
			d->name = argv[i];
		else
			return err_set(err, ERR_CONFIG, "unknown argument %.40s; see lagesbild drop --help", argv[i]);
	}
	return d->name ? 0 : err_set(err, ERR_CONFIG, "say which build; see lagesbild builds");
}

int drop_command(int argc, char **argv, struct err *err)
{
	struct drop d = {.id = 0};
	int status = -1;

	/* Asked before anything is changed; that it is not the current one is looked at again under the lock. */
	if (parse(&d, argc, argv, err) == 0 && operator_db(&d.db, err) == 0 && find(&d, err) == 0 &&
	    refuse_current(&d, err) == 0 && agreed(&d, err) == 0)
		status = drop(&d, err);
	db_close(d.db);
	return status;
}
