/* promote, rollback: which build the views read; one row, moved in one transaction.
 *
 * The positions are compared without a lock, since that would make the aggregators wait: what the current build commits
 * in the milliseconds between the comparison and the move is in the other one a moment later. */
#include "operator.h"

#include "base/buf.h"
#include "base/run.h"
#include "operator_sql.h"
#include "way.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAUSE_MS 50
#define SHOWN_MAX 8 /* partitions named */
#define PARTITIONS_MAX 1024

struct move {
	struct db *db;
	const char *name; /* NULL: rollback */
	bool json;
	int64_t wait_s;
	char target[80], before[80];
	int16_t id, before_id;
	char behind[300]; /* where the target is behind, as a sentence; empty: nowhere */
	/* Where the current build stands, of partitions in which the target is behind; and the log's end there, if that
	 * lies before it: a log older than the database. 0: nowhere. */
	int64_t stands[PARTITIONS_MAX], ends[PARTITIONS_MAX];
	bool older;
};

/* The build that was current before, as way.h defines it. */
static int find_back(struct move *m, struct err *err)
{
	struct db_result *res;
	long rows = db_query(m->db, operator_sql_rollback_moves, &res, err);
	int64_t *moves, back = -1;

	if (rows < 0)
		return -1;
	moves = calloc((size_t)rows + 1, sizeof *moves);
	for (long i = 0; moves && i < rows; i++)
		moves[i] = db_int(res, i, 0);
	if (moves)
		back = way_back(moves, (size_t)rows);
	for (long i = 0; i < rows && back >= 0; i++)
		if (db_int(res, i, 0) == back)
			snprintf(m->target, sizeof m->target, "%s", db_text(res, i, 1, NULL));
	db_free(res);
	free(moves);
	return back < 0 ? err_set(err, ERR_CONFIG, "there is no earlier build to go back to; see lagesbild builds") : 0;
}

static int find_target(struct move *m, struct err *err)
{
	struct db_result *res;
	bool known, fed, until;

	if (m->name)
		snprintf(m->target, sizeof m->target, "%s", m->name);
	else if (find_back(m, err))
		return -1;
	db_param_text(m->db, m->target, strlen(m->target));
	if (db_query(m->db, operator_sql_build_find, &res, err) < 0)
		return -1;
	known = db_rows(res) == 1;
	m->id = known ? (int16_t)db_int(res, 0, 0) : 0;
	fed = known && db_int(res, 0, 1);
	until = known && db_int(res, 0, 2);
	db_free(res);
	if (!known)
		return err_set(err, ERR_CONFIG, "there is no build \"%.60s\"; see lagesbild builds", m->target);
	if (m->id == m->before_id)
		return err_set(err, ERR_CONFIG, "build \"%s\" is the current one already", m->target);
	if (until)
		return err_set(err, ERR_CONFIG,
			       "build \"%s\" is the log as it was known at a time: it can be compared, never promoted",
			       m->target);
	if (!fed)
		return err_set(err, ERR_CONFIG, "build \"%s\" is not kept fed: it is being dropped", m->target);
	return 0;
}

/* What the log no longer holds cannot be taken in: the target has all if it has come to the log's end. */
static bool is_behind(struct move *m, int64_t partition, int64_t current, int64_t target)
{
	if (partition < 0 || partition >= PARTITIONS_MAX)
		return true;
	m->stands[partition] = current;
	return !m->older || m->ends[partition] == 0 || target < m->ends[partition];
}

/* 1: behind, and m->behind says where. */
static int find_behind(struct move *m, struct err *err)
{
	struct db_result *res;
	size_t len = 0;
	long rows, behind = 0;

	db_param_int2(m->db, m->id);
	rows = db_query(m->db, operator_sql_promote_behind, &res, err);
	if (rows < 0)
		return -1;
	m->behind[0] = 0;
	for (long i = 0; i < rows; i++) {
		if (!is_behind(m, db_int(res, i, 0), db_int(res, i, 2), db_int(res, i, 3)))
			continue;
		if (behind++ < SHOWN_MAX && len < sizeof m->behind)
			len += (size_t)snprintf(m->behind + len, sizeof m->behind - len, "%spartition %lld by %lld",
						behind > 1 ? ", " : "", (long long)db_int(res, i, 0),
						(long long)db_int(res, i, 1));
	}
	if (behind > SHOWN_MAX && len < sizeof m->behind)
		snprintf(m->behind + len, sizeof m->behind - len, " and %ld more", behind - SHOWN_MAX);
	db_free(res);
	return behind > 0;
}

/* After a refusal, outside of the transaction: does the log end before the place where the current build stood then?
 * It only ever grows, so what has ended before it now has never held what that build has taken in. */
static void find_ends(struct move *m)
{
	struct kafka_admin *admin = NULL;
	struct err none = {0};
	int64_t low, high;
	int rc = kafka_admin_open(&admin, &none);

	/* Kafka that does not answer says nothing of it: the target stays behind. */
	for (int32_t p = 0; rc == 0 && p < PARTITIONS_MAX; p++) {
		if (!m->stands[p])
			continue;
		rc = kafka_admin_watermarks(admin, operator_topic("incidents"), p, &low, &high, &none);
		/* An empty partition is no log to go on from. */
		if (rc == 0 && high > 0 && high < m->stands[p]) {
			m->ends[p] = high;
			m->older = true;
		}
	}
	kafka_admin_close(admin);
}

static int lock_current(struct move *m, struct err *err)
{
	struct db_result *res;
	int rc = 0;

	if (db_query(m->db, operator_sql_build_lock, &res, err) < 0)
		return -1;
	if (db_rows(res) == 1) {
		m->before_id = (int16_t)db_int(res, 0, 0);
		snprintf(m->before, sizeof m->before, "%s", db_text(res, 0, 1, NULL));
	} else {
		rc = err_set(err, ERR_CONFIG, "there is no current build; run \"lagesbild setup\"");
	}
	db_free(res);
	return rc;
}

static int move_row(struct move *m, struct err *err)
{
	db_param_int2(m->db, m->id);
	if (db_query(m->db, operator_sql_promote_move, NULL, err) < 0)
		return -1;
	run_point("promote-moved");
	if (db_script(m->db, "COMMIT", err))
		return -1;
	run_point("promote-committed");
	return 0;
}

/* One try, one transaction: 0 moved, 1 the target is behind. */
static int try_once(struct move *m, struct err *err)
{
	int behind;

	if (db_script(m->db, "BEGIN", err) || lock_current(m, err) || find_target(m, err))
		return -1;
	run_point("promote-locked");
	behind = find_behind(m, err);
	if (behind < 0)
		return -1;
	if (behind)
		return db_script(m->db, "ROLLBACK", err) ? -1 : 1;
	return move_row(m, err);
}

static int refused(const struct move *m)
{
	if (m->json)
		printf("{\"current\": \"%s\", \"refused\": \"%s\", \"behind\": \"%s\"}\n", m->before, m->target,
		       m->behind);
	else
		fprintf(stderr,
			"lagesbild: build \"%s\" has not taken in all that \"%s\" has: behind in %s; --wait SECONDS "
			"waits until it has\n",
			m->target, m->before, m->behind);
	return OPERATOR_FOUND;
}

static int move(struct move *m, struct err *err)
{
	int64_t until_ms = run_monotonic_ms() + m->wait_s * 1000;
	int rc;

	rc = try_once(m, err);
	if (rc > 0)
		find_ends(m);
	if (rc > 0 && m->older)
		rc = try_once(m, err);
	while (rc > 0 && !run_stopping() && run_monotonic_ms() < until_ms) {
		if (isatty(STDERR_FILENO))
			fprintf(stderr, "\rwaiting: behind in %s\x1b[K", m->behind);
		run_pause(PAUSE_MS);
		rc = try_once(m, err);
	}
	if (m->wait_s && isatty(STDERR_FILENO))
		fputs("\r\x1b[K", stderr);
	if (rc)
		return rc < 0 ? -1 : refused(m);
	if (m->json) {
		printf("{\"current\": \"%s\", \"before\": \"%s\"}\n", m->target, m->before);
		return 0;
	}
	printf("%s is current (before: %s)\n", m->target, m->before);
	if (m->older)
		printf("the log ends before what %s has taken in: lagesbild diff %s %s says what only that had, then "
		       "lagesbild drop %s\n",
		       m->before, m->before, m->target, m->before);
	return 0;
}

static int parse(struct move *m, bool named, int argc, char **argv, struct err *err)
{
	for (int i = 1; i < argc; i++) {
		char *end = NULL;

		if (strcmp(argv[i], "--json") == 0)
			m->json = true;
		else if (strcmp(argv[i], "--wait") == 0 && i + 1 < argc)
			m->wait_s = strtoll(argv[++i], &end, 10);
		else if (named && !m->name && *argv[i] && *argv[i] != '-')
			m->name = argv[i];
		else
			return err_set(err, ERR_CONFIG, "unknown argument %.40s; see lagesbild %s --help", argv[i],
				       argv[0]);
		if (end && (end == argv[i] || *end || m->wait_s < 0 || m->wait_s > 1000000))
			return err_set(err, ERR_CONFIG, "--wait takes seconds");
	}
	return named && !m->name ? err_set(err, ERR_CONFIG, "say which build; see lagesbild builds") : 0;
}

static int command(bool named, int argc, char **argv, struct err *err)
{
	struct move m = {.json = false};
	int status = -1;

	if (parse(&m, named, argc, argv, err) == 0 && operator_db(&m.db, err) == 0)
		status = move(&m, err);
	db_close(m.db);
	return status;
}

int promote_command(int argc, char **argv, struct err *err)
{
	return command(true, argc, argv, err);
}

int rollback_command(int argc, char **argv, struct err *err)
{
	return command(false, argc, argv, err);
}
