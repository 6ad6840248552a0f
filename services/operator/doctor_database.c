/* doctor_database: what takes more than a query: schema files, key, disk, wall time, clocks, rules, gaps. */
#include "doctor.h"

#include "base/period.h"
#include "base/run.h"
#include "hash/hash.h"
#include "operator_sql.h"
#include "pack/pack.h"
#include "setup_rules.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#define CLOCK_MS 2000
#define GIB (INT64_C(1) << 30)

/* The hash that the database has of a file; NULL: it has not been applied. */
static const char *applied_hash(const struct db_result *res, long rows, const char *name)
{
	for (long i = 0; i < rows; i++)
		if (strcmp(db_text(res, i, 0, NULL), name) == 0)
			return db_text(res, i, 1, NULL);
	return NULL;
}

static bool is_ours(const char *name)
{
	char hash[65];
	const char *own;

	for (size_t n = 0; (own = setup_file(n, hash)); n++)
		if (strcmp(own, name) == 0)
			return true;
	return false;
}

int doctor_schema(struct doctor *d, struct err *err)
{
	struct db_result *res;
	long rows = db_query(doctor_db(d), operator_sql_doctor_files, &res, err);
	const char *name, *applied;
	char hash[65];

	if (rows < 0)
		return -1;
	for (size_t n = 0; (name = setup_file(n, hash)); n++) {
		applied = applied_hash(res, rows, name);
		if (!applied)
			doctor_find(d, DOCTOR_WRONG, "lagesbild setup", "schemas/sql/%s has not been applied", name);
		else if (strcmp(applied, hash) != 0)
			doctor_find(d, DOCTOR_WRONG,
				    "install the release whose file was applied, or take the edit back: a change is a "
				    "new file",
				    "schemas/sql/%s is not what was applied to this database", name);
	}
	for (long i = 0; i < rows; i++)
		if (!is_ours(db_text(res, i, 0, NULL)))
			doctor_find(d, DOCTOR_WRONG, "install the release that the database was set up with",
				    "schemas/sql/%.80s was applied by a later release than this program",
				    db_text(res, i, 0, NULL));
	db_free(res);
	return 0;
}

int doctor_key(struct doctor *d, struct err *err)
{
	struct db_result *res;
	struct hash_key key;
	long rows = db_query(doctor_db(d), operator_sql_doctor_key, &res, err);
	int rc = 0;

	if (rows < 0)
		return -1;
	if (rows && *operator_conf.key) {
		rc = hash_key_init(&key, operator_conf.key, err);
		if (rc == 0 && strcmp(key.id, db_text(res, 0, 0, NULL)) != 0)
			doctor_find(d, DOCTOR_WRONG,
				    "put the right key back, from lagesbild backup, before a normalizer starts",
				    "the installation key here is %s, the database's is %.20s: with another key every "
				    "later "
				    "event is counted twice",
				    key.id, db_text(res, 0, 0, NULL));
		if (rc == 0)
			hash_key_release(&key);
	}
	db_free(res);
	return rc;
}

/* Only where the server is this machine, and we may know its directory. */
int doctor_disk(struct doctor *d, struct err *err)
{
	struct db_result *res;
	struct statvfs fs;
	long rows = db_query(doctor_db(d), operator_sql_doctor_directory, &res, err);

	if (rows < 0)
		return -1;
	if (rows && statvfs(db_text(res, 0, 0, NULL), &fs) == 0) {
		int64_t left = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize,
			all = (int64_t)fs.f_blocks * (int64_t)fs.f_frsize;

		if (left < GIB || (left < all / 10 && left < 20 * GIB))
			doctor_find(d, left < GIB ? DOCTOR_WRONG : DOCTOR_WARNING,
				    "make room: lagesbild builds shows what can be dropped",
				    "%lld MiB are left on the disk of %.200s", (long long)(left >> 20),
				    db_text(res, 0, 0, NULL));
	}
	db_free(res);
	return 0;
}

/* PostgreSQL has a copy of the time zones of its own. */
int doctor_zone(struct doctor *d, struct err *err)
{
	struct db_result *res;
	struct period_zone *zone = NULL;
	long rows = db_query(doctor_db(d), operator_sql_doctor_zone, &res, err);
	int rc = 0;

	if (rows < 0)
		return -1;
	if (rows)
		rc = period_zone_open(&zone, db_text(res, 0, 0, NULL), err);
	for (long i = 0; zone && i < rows; i++) {
		int64_t at_ms = db_int(res, i, 1) * 1000;

		if (period_offset_s(zone, at_ms) == db_int(res, i, 2))
			continue;
		doctor_find(d, DOCTOR_WRONG, "bring the package tzdata up to date here and on the database's machine",
			    "at %s the wall time of %s is another for PostgreSQL than for the services",
			    doctor_time(at_ms), db_text(res, 0, 0, NULL));
		break;
	}
	period_zone_close(zone);
	db_free(res);
	return rc;
}

/* How far PostgreSQL's clock is from ours: it read it at some moment between our two readings. */
static int64_t clock_difference(int64_t before, int64_t theirs, int64_t after)
{
	return theirs < before ? theirs - before : theirs > after ? theirs - after : 0;
}

int doctor_clock(struct doctor *d, struct err *err)
{
	int64_t before = run_now_ms(), after, differs;
	struct db_result *res;
	long rows = db_query(doctor_db(d), operator_sql_doctor_now, &res, err);

	after = run_now_ms();
	if (rows < 0)
		return -1;
	differs = clock_difference(before, db_int(res, 0, 0), after);
	db_free(res);
	if (llabs(differs) > CLOCK_MS)
		doctor_find(d, DOCTOR_WRONG, "chronyc tracking, on both machines",
			    "PostgreSQL's clock is %lld ms from this machine's", (long long)differs);
	rows = db_query(doctor_db(d), operator_sql_doctor_future, &res, err);
	if (rows < 0)
		return -1;
	for (long i = 0; i < rows; i++)
		if (db_int(res, i, 1) > after + 30 * CLOCK_MS)
			doctor_find(d, DOCTOR_WRONG, "chronyc tracking, on every broker",
				    "the newest message of %.200s was appended at %s, which is still to come: a "
				    "broker's clock is "
				    "ahead",
				    db_text(res, i, 0, NULL), doctor_time(db_int(res, i, 1)));
	db_free(res);
	return 0;
}

static void rule_differs(void *ctx, const char *what)
{
	doctor_find(ctx, DOCTOR_WARNING, "lagesbild rebuild, diff and promote make it count, or take the edit back",
		    "%.300s: the current build does not know it", what);
}

int doctor_rules(struct doctor *d, struct err *err)
{
	struct pack *pack = NULL;
	struct err why = {0};
	int rc;

	if (pack_open(&pack, operator_conf.schemas, operator_conf.pack, NULL, &why))
		return 0; /* said by doctor_files */
	rc = setup_rules_differences(doctor_db(d), pack, doctor_sources(d), rule_differs, d, &why);
	pack_close(pack);
	if (rc && why.kind != ERR_CONFIG && why.kind != ERR_MESSAGE)
		*err = why;
	else
		rc = 0;
	return rc;
}

int doctor_gaps(struct doctor *d, struct err *err)
{
	struct db_result *res;
	long rows = db_query(doctor_db(d), operator_sql_doctor_gaps, &res, err);
	int rc = 0;

	for (long i = 0; rc >= 0 && i < rows; i++) {
		const char *topic = db_text(res, i, 0, NULL);
		int32_t partition = (int32_t)db_int(res, i, 1);
		int64_t since = 0;
		char todo[300];

		rc = doctor_kafka(d) ? doctor_appended(d, topic, partition, db_int(res, i, 6), &since, &(struct err){0})
				     : 0;
		snprintf(todo, sizeof todo, "lagesbild replay of %s partition %d, offsets %lld to %lld", topic,
			 partition, (long long)db_int(res, i, 5) + 1, (long long)db_int(res, i, 6) - 1);
		doctor_find(d, DOCTOR_WRONG, todo,
			    "%lld messages of %s partition %d are lost between offsets %lld and %lld, since %s",
			    (long long)(db_int(res, i, 4) - db_int(res, i, 3) + 1), topic, partition,
			    (long long)db_int(res, i, 5), (long long)db_int(res, i, 6),
			    rc > 0 ? doctor_time(since) : "a time that the feed no longer tells");
		rc = 0;
	}
	if (rows >= 0)
		db_free(res);
	return rows < 0 ? -1 : 0;
}
