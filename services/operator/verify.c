/* verify: ledger against cells, balance, chains against the feeds' ends. Says "consistent", or names what is not. */
#include "operator.h"

#include "base/buf.h"
#include "base/run.h"
#include "operator_sql.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FINDINGS_MAX 40
#define SHOWN_MAX 10 /* of one kind */
#define FAR_BEHIND 1000
#define WAIT_S 5 /* without --wait: for what is on its way */

/* Where a partition ended when it was first looked at: what comes after that is not for this run to judge. */
struct end {
	char topic[160];
	int32_t partition;
	int64_t low, high;
};

struct verify {
	struct db *db;
	struct kafka_admin *admin;
	int64_t wait_s;
	bool json;
	struct end *ends;
	size_t end_count;
	int64_t remaining; /* messages on the feeds that no chain has reached, by offsets */
	char findings[FINDINGS_MAX][300];
	size_t count;
};

static void find(struct verify *v, const char *text)
{
	if (v->count < FINDINGS_MAX)
		snprintf(v->findings[v->count++], sizeof v->findings[0], "%s", text);
}

/* A line for each check, with what it found below; JSON has the findings alone. */
static void conclude(const struct verify *v, size_t before, const char *what)
{
	if (v->json)
		return;
	printf("%-5s%s\n", v->count == before ? "ok" : "FEL", what);
	for (size_t i = before; i < v->count; i++)
		printf("     - %s\n", v->findings[i]);
}

static int end_of(struct verify *v, const char *topic, int32_t partition, struct end *out, struct err *err)
{
	struct end *more;

	for (size_t i = 0; i < v->end_count; i++)
		if (v->ends[i].partition == partition && strcmp(v->ends[i].topic, topic) == 0) {
			*out = v->ends[i];
			return 0;
		}
	more = realloc(v->ends, (v->end_count + 1) * sizeof *more);
	if (!more)
		return err_set(err, ERR_RETRY, "out of memory");
	v->ends = more;
	snprintf(out->topic, sizeof out->topic, "%s", topic);
	out->partition = partition;
	if (kafka_admin_watermarks(v->admin, topic, partition, &out->low, &out->high, err))
		return -1;
	v->ends[v->end_count++] = *out;
	return 0;
}

static int find_rows(struct verify *v, const char *sql, const char *what, struct err *err)
{
	size_t before = v->count;
	struct db_result *res;
	long rows = db_query(v->db, sql, &res, err);

	if (rows < 0)
		return -1;
	for (long i = 0; i < rows && i < SHOWN_MAX; i++)
		find(v, db_text(res, i, 0, NULL));
	if (rows > SHOWN_MAX)
		find(v, "... and more of the same kind");
	db_free(res);
	conclude(v, before, what);
	return 0;
}

/* Records on incidents that the current build has not taken in: 1 when there are any. */
static int behind_incidents(struct verify *v, bool name, struct err *err)
{
	const char *topic = operator_topic("incidents");
	struct db_result *res;
	long rows = db_query(v->db, operator_sql_positions, &res, err);
	int behind = rows < 0 ? -1 : 0;

	for (long i = 0; behind >= 0 && i < rows; i++) {
		int64_t next = db_int(res, i, 1), found;
		int32_t partition = (int32_t)db_int(res, i, 0);
		struct end end;
		char text[200];
		int rc = end_of(v, topic, partition, &end, err);

		if (rc == 0 && next < end.high)
			rc = kafka_admin_message_after(v->admin, topic, partition, next, &found, err);
		if (rc > 0 && found >= end.high)
			rc = 0;
		behind = rc < 0 ? -1 : behind | rc;
		if (rc <= 0 || !name)
			continue;
		snprintf(text, sizeof text,
			 "%s partition %d: the record at offset %lld has not been taken in (position %lld)", topic,
			 partition, (long long)found, (long long)next);
		find(v, text);
	}
	if (rows >= 0)
		db_free(res);
	return behind;
}

static int chain_end(struct db *db, const char *topic, int32_t partition, int64_t *last, struct err *err)
{
	struct db_result *res;

	db_param_text(db, topic, strlen(topic));
	db_param_int4(db, partition);
	if (db_query(db, operator_sql_chain_ends, &res, err) < 0)
		return -1;
	*last = db_int(res, 0, 0);
	db_free(res);
	return 0;
}

static int behind_partition(struct verify *v, const char *topic, int32_t partition, bool name, struct err *err)
{
	int64_t last, found;
	struct end end;
	char text[200];
	int rc;

	if (chain_end(v->db, topic, partition, &last, err) || end_of(v, topic, partition, &end, err))
		return -1;
	if (last + 1 >= end.high || end.low >= end.high)
		return 0;
	if (last + 1 < end.low)
		last = end.low - 1;
	v->remaining += end.high - last - 1;
	if (!name && end.high - last > FAR_BEHIND)
		return 1; /* while waiting, no need to fetch one to know */
	rc = kafka_admin_message_after(v->admin, topic, partition, last + 1, &found, err);
	if (rc > 0 && found >= end.high)
		rc = 0;
	if (rc > 0 && name) {
		snprintf(text, sizeof text, "%s partition %d: the message at offset %lld has not been accounted for",
			 topic, partition, (long long)found);
		find(v, text);
	}
	return rc;
}

/* Messages on the feeds that no chain has read: 1 when there are any. */
static int behind_feeds(struct verify *v, bool name, struct err *err)
{
	struct operator_sources sources;
	char feed[OPERATOR_SOURCE_SIZE + 5];
	int behind = 0;

	v->remaining = 0;
	if (operator_sources_known(&sources, v->db, err))
		return -1;
	for (size_t s = 0; behind >= 0 && s < sources.count; s++) {
		const char *topic;
		int partitions;

		snprintf(feed, sizeof feed, "feed.%s", sources.names[s]);
		topic = operator_topic(feed);
		partitions = kafka_admin_partitions(v->admin, topic, err);
		if (partitions < 0)
			return -1;
		for (int32_t p = 0; behind >= 0 && p < partitions; p++) {
			int rc = behind_partition(v, topic, p, name, err);

			behind = rc < 0 ? -1 : behind | rc;
		}
	}
	return behind;
}

/* first: how many were accounted for when the waiting began (-1: ask), for the rate. */
static void show_progress(struct verify *v, int64_t since_ms, int64_t *first)
{
	struct err ignored = {0};
	struct db_result *res;
	int64_t done, rate, elapsed_ms = run_monotonic_ms() - since_ms;

	if (!isatty(STDERR_FILENO) || db_query(v->db, operator_sql_verify_totals, &res, &ignored) < 0)
		return;
	done = db_int(res, 0, 0);
	db_free(res);
	if (*first < 0)
		*first = done;
	rate = elapsed_ms > 0 ? (done - *first) * 1000 / elapsed_ms : 0;
	fprintf(stderr, "\r%s of %s messages accounted for, %s/s", operator_grouped(done),
		operator_grouped(done + v->remaining), operator_grouped(rate));
	if (rate)
		fprintf(stderr, ", %s s left", operator_grouped((v->remaining + rate - 1) / rate));
	fputs("   \x1b[K", stderr);
}

static int wait_until_taken_in(struct verify *v, struct err *err)
{
	int64_t since = run_monotonic_ms(), first = -1;
	int behind = 1;

	while (behind > 0 && !run_stopping() && run_monotonic_ms() - since < v->wait_s * 1000) {
		behind = behind_feeds(v, false, err);
		if (behind == 0)
			behind = behind_incidents(v, false, err);
		show_progress(v, since, &first);
		if (behind > 0)
			run_pause(200);
	}
	if (isatty(STDERR_FILENO) && v->wait_s)
		fputc('\n', stderr);
	return behind < 0 ? -1 : 0;
}

static int check_ends(struct verify *v, struct err *err)
{
	size_t before = v->count;

	if (behind_feeds(v, true, err) < 0)
		return -1;
	conclude(v, before, "every message on the feeds has been read");
	before = v->count;
	if (behind_incidents(v, true, err) < 0)
		return -1;
	conclude(v, before, "every record on incidents has been taken in");
	return 0;
}

static int check(struct verify *v, struct err *err)
{
	return wait_until_taken_in(v, err) ||
			       find_rows(v, operator_sql_verify_editions,
					 "what has changed since an edition has a cause", err) ||
			       find_rows(v, operator_sql_verify_cells,
					 "cells, hours and places are what the ledger gives", err) ||
			       find_rows(v, operator_sql_verify_balance,
					 "the balance adds up, nothing is lost, every record is ours", err) ||
			       check_ends(v, err)
		       ? -1
		       : 0;
}

int verify_unread(struct db *db, int64_t wait_s, char *text, size_t size, struct err *err)
{
	struct verify v = {.db = db, .wait_s = wait_s, .json = true};
	int rc = -1;

	if (operator_kafka(&v.admin, err) == 0 && wait_until_taken_in(&v, err) == 0 && check_ends(&v, err) == 0)
		rc = v.count != 0;
	if (rc > 0)
		snprintf(text, size, "%s", v.findings[0]);
	if (v.admin)
		kafka_admin_close(v.admin);
	free(v.ends);
	return rc;
}

static void print_json(const struct verify *v)
{
	printf("{\"consistent\": %s, \"findings\": [", v->count ? "false" : "true");
	for (size_t i = 0; i < v->count; i++)
		printf("%s\"%s\"", i ? ", " : "", v->findings[i]); /* our own sentences: no quotes in them */
	printf("]}\n");
}

static int report(struct verify *v, struct err *err)
{
	struct db_result *res;

	if (v->json) {
		print_json(v);
		return v->count ? OPERATOR_FOUND : 0;
	}
	if (db_query(v->db, operator_sql_verify_totals, &res, err) < 0)
		return -1;
	printf("     %s messages accounted for, %s incidents in the ledger, %s cells; %s dead letters open\n",
	       operator_grouped(db_int(res, 0, 0)), operator_grouped(db_int(res, 0, 2)),
	       operator_grouped(db_int(res, 0, 3)), operator_grouped(db_int(res, 0, 1)));
	if (v->count)
		printf("stämmer inte / differs: %zu findings\n", v->count);
	else
		printf("allt stämmer / consistent\n");
	db_free(res);
	return v->count ? OPERATOR_FOUND : 0;
}

static int parse(struct verify *v, int argc, char **argv, struct err *err)
{
	for (int i = 1; i < argc; i++) {
		char *end = NULL;

		if (strcmp(argv[i], "--json") == 0)
			v->json = true;
		else if (strcmp(argv[i], "--wait") == 0 && i + 1 < argc)
			v->wait_s = strtoll(argv[++i], &end, 10);
		else
			return err_set(err, ERR_CONFIG, "unknown argument %.40s; see lagesbild verify --help", argv[i]);
		if (end && (*end || v->wait_s < 0))
			return err_set(err, ERR_CONFIG, "--wait takes seconds");
	}
	return 0;
}

int verify_command(int argc, char **argv, struct err *err)
{
	struct verify v = {.wait_s = WAIT_S};
	int status = -1;

	if (parse(&v, argc, argv, err) == 0 && operator_db(&v.db, err) == 0 && operator_kafka(&v.admin, err) == 0 &&
	    check(&v, err) == 0)
		status = report(&v, err);
	if (v.admin)
		kafka_admin_close(v.admin);
	free(v.ends);
	db_close(v.db);
	return status;
}
