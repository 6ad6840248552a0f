/* doctor_kafka: topics, replicas, who reads what and how far. */
#include "doctor.h"

#include "base/run.h"
#include "operator_sql.h"
#include <stdio.h>
#include <string.h>

#define LATE_MAX 256
#define LOOK_AGAIN_MS 2000

/* ---- topics */

static void find_setting(struct doctor *d, const struct kafka_topic *topic, const char *const pair[2])
{
	const char *const config[] = {pair[0], pair[1], NULL};
	const struct kafka_topic one = {topic->name, topic->partitions, topic->replication, config};
	struct err why = {0};
	char todo[400];

	if (kafka_admin_ensure(doctor_kafka(d), &one, false, &why) >= 0)
		return;
	snprintf(todo, sizeof todo,
		 "kafka-configs.sh --bootstrap-server ... --alter --entity-type topics --entity-name %s --add-config "
		 "%s=%s",
		 topic->name, pair[0], pair[1]);
	doctor_find(d, DOCTOR_WRONG, todo, "%s", why.text);
}

static int check_topic(void *ctx, const char *name, const struct kafka_topic *topic, struct err *err)
{
	struct doctor *d = ctx;
	struct err why = {0};
	int partitions = kafka_admin_partitions(doctor_kafka(d), topic->name, &why);
	struct kafka_topic found = *topic;
	char todo[400];

	(void)name;
	if (partitions < 0 && why.kind == ERR_SERVER) {
		*err = why;
		return -1;
	}
	if (partitions < 0) {
		doctor_find(d, DOCTOR_WRONG, "lagesbild setup", "%s", why.text);
		return 0;
	}
	if (partitions != topic->partitions) {
		if (partitions < topic->partitions)
			snprintf(todo, sizeof todo,
				 "kafka-topics.sh --bootstrap-server ... --alter --topic %s --partitions %d (incidents "
				 "first)",
				 topic->name, topic->partitions);
		else
			snprintf(todo, sizeof todo,
				 "LAGESBILD_PARTITIONS=%d everywhere, and as many for every feed and incidents",
				 partitions);
		doctor_find(d, DOCTOR_WRONG, todo, "the topic %s has %d partitions, and %d are needed", topic->name,
			    partitions, topic->partitions);
	}
	found.partitions = partitions;
	for (const char *const *c = topic->config; c[0]; c += 2)
		find_setting(d, &found, c);
	return 0;
}

int doctor_topics(struct doctor *d, struct err *err)
{
	return operator_topics_each(doctor_sources(d), check_topic, d, err);
}

static int check_replicas(void *ctx, const char *name, const struct kafka_topic *topic, struct err *err)
{
	static const char *const pairs[][2] = {{"min.insync.replicas", "2"},
					       {"unclean.leader.election.enable", "false"}};
	struct doctor *d = ctx;
	struct kafka_topic found = *topic;
	struct err why = {0};
	int replicas, in_sync;
	char todo[400];

	(void)name;
	found.partitions = kafka_admin_partitions(doctor_kafka(d), topic->name, &why);
	if (found.partitions < 0)
		return 0; /* said by doctor_topics */
	if (kafka_admin_replicas(doctor_kafka(d), topic->name, &replicas, &in_sync, err))
		return -1;
	if (replicas < topic->replication) {
		snprintf(todo, sizeof todo,
			 "kafka-reassign-partitions.sh for %s, or LAGESBILD_REPLICATION=%d where that is meant",
			 topic->name, replicas);
		doctor_find(d, DOCTOR_WRONG, todo, "a partition of %s has %d replicas, and %d are needed", topic->name,
			    replicas, topic->replication);
	}
	if (in_sync < replicas)
		doctor_find(d, DOCTOR_WRONG, "start the broker that is missing, or look at its log",
			    "a partition of %s has %d of %d replicas in sync", topic->name, in_sync, replicas);
	for (size_t i = 0; topic->replication > 1 && i < 2; i++)
		find_setting(d, &found, pairs[i]);
	return 0;
}

int doctor_replicas(struct doctor *d, struct err *err)
{
	return operator_topics_each(doctor_sources(d), check_replicas, d, err);
}

/* ---- the feeds' readers */

/* A partition with an old message unread, which may be one that is being caught up. */
struct late {
	const char *source;
	int32_t partition;
	int64_t position, since_ms;
};

static const char *feed_of(const char *source)
{
	char name[OPERATOR_SOURCE_SIZE + 5];

	snprintf(name, sizeof name, "feed.%s", source);
	return operator_topic(name);
}

static const char *group_of(const char *source)
{
	char name[OPERATOR_SOURCE_SIZE + 11];

	snprintf(name, sizeof name, "normalizer-%s", source);
	return operator_topic(name);
}

static int committed(struct doctor *d, const char *source, int32_t partition, int64_t *next, struct err *err)
{
	char metadata[128];

	return kafka_admin_committed(doctor_kafka(d), group_of(source), feed_of(source), partition, next, metadata,
				     sizeof metadata, err);
}

static void find_out_of_range(struct doctor *d, const char *source, int32_t partition, int64_t next, int64_t low,
			      int64_t high)
{
	const char *group = group_of(source), *topic = feed_of(source);
	char todo[400];

	snprintf(todo, sizeof todo,
		 "stop normalizer-%s, then kafka-consumer-groups.sh --bootstrap-server ... --delete-offsets --group %s "
		 "--topic "
		 "%s, then start it: what is there is read anew, which counts nothing twice",
		 source, group, topic);
	if (next > high)
		doctor_find(d, DOCTOR_WRONG, todo,
			    "the group %s stands at offset %lld of %s partition %d, which ends at %lld: the topic has "
			    "been made "
			    "anew",
			    group, (long long)next, topic, partition, (long long)high);
	else
		doctor_find(d, DOCTOR_WRONG, todo,
			    "the group %s stands at offset %lld of %s partition %d, which begins at %lld: what lay "
			    "between is "
			    "lost",
			    group, (long long)next, topic, partition, (long long)low);
}

/* 1 and *late when the partition has a message that has lain unread for too long. */
static int check_partition(struct doctor *d, const char *source, int32_t partition, struct late *late, struct err *err)
{
	const char *topic = feed_of(source);
	int64_t low, high, next, since;
	int rc;

	if (kafka_admin_watermarks(doctor_kafka(d), topic, partition, &low, &high, err) ||
	    committed(d, source, partition, &next, err))
		return -1;
	if (next > high || (next >= 0 && next < low)) {
		find_out_of_range(d, source, partition, next, low, high);
		return 0;
	}
	rc = doctor_appended(d, topic, partition, next < 0 ? low : next, &since, err);
	if (rc <= 0 || since > run_now_ms() - doctor_patience_ms(d))
		return rc < 0 ? -1 : 0;
	*late = (struct late){source, partition, next, since};
	return 1;
}

/* Those that have not moved meanwhile stand still. */
static int find_stuck(struct doctor *d, const struct late *late, size_t count, struct err *err)
{
	char todo[200];
	int64_t next;

	if (count)
		run_pause(LOOK_AGAIN_MS);
	for (size_t i = 0; i < count; i++) {
		if (committed(d, late[i].source, late[i].partition, &next, err))
			return -1;
		if (next != late[i].position)
			continue;
		snprintf(todo, sizeof todo, "start normalizer-%s, or look at its log", late[i].source);
		doctor_find(d, DOCTOR_WRONG, todo, "%s partition %d has lain unread since %s, at offset %lld",
			    feed_of(late[i].source), late[i].partition, doctor_time(late[i].since_ms),
			    (long long)(next < 0 ? 0 : next));
	}
	return 0;
}

int doctor_groups(struct doctor *d, struct err *err)
{
	const struct operator_sources *sources = doctor_sources(d);
	struct late late[LATE_MAX];
	size_t count = 0;

	for (size_t s = 0; s < sources->count; s++) {
		struct err why = {0};
		int partitions = kafka_admin_partitions(doctor_kafka(d), feed_of(sources->names[s]), &why);

		for (int32_t p = 0; p < partitions && count < LATE_MAX; p++) {
			int rc = check_partition(d, sources->names[s], p, &late[count], err);

			if (rc < 0)
				return -1;
			count += (size_t)rc;
		}
	}
	return find_stuck(d, late, count, err);
}

/* ---- the aggregator */

struct position {
	const char *build;
	int32_t partition;
	int64_t next, idle_s;
	bool current;
};

/* What mends a build that stands where the log has nothing; in static storage. */
static const char *mend_position(const struct position *p, int64_t high)
{
	static char drop[120];

	if (p->next <= high)
		return "lagesbild restore of the log: its retention must be -1";
	if (!p->current) {
		snprintf(drop, sizeof drop, "lagesbild drop %.60s", p->build);
		return drop;
	}
	return high ? "the log is older than the database: lagesbild rebuild --into mended, then lagesbild promote "
		      "mended"
		    : "the log is another one: lagesbild restore of the last backup, into a new database";
}

static int check_position(struct doctor *d, const struct position *p, struct err *err)
{
	const char *topic = operator_topic("incidents");
	int64_t low, high, since;
	int rc;

	if (kafka_admin_watermarks(doctor_kafka(d), topic, p->partition, &low, &high, err))
		return -1;
	if (p->next > high || p->next < low) {
		doctor_find(d, DOCTOR_WRONG, mend_position(p, high),
			    "build %s stands at offset %lld of %s partition %d, which %s at %lld", p->build,
			    (long long)p->next, topic, p->partition, p->next > high ? "ends" : "begins",
			    (long long)(p->next > high ? high : low));
		return 0;
	}
	if (low > 0)
		doctor_find(d, DOCTOR_WRONG, "lagesbild restore of the log: its retention must be -1",
			    "%s partition %d begins at offset %lld: no rebuild can be whole", topic, p->partition,
			    (long long)low);
	if (p->idle_s * 1000 < doctor_patience_ms(d))
		return 0;
	rc = doctor_appended(d, topic, p->partition, p->next, &since, err);
	if (rc > 0 && since <= run_now_ms() - doctor_patience_ms(d))
		doctor_find(d, DOCTOR_WRONG, "start the aggregator, or look at its log",
			    "build %s has not taken in %s partition %d since %s, at offset %lld", p->build, topic,
			    p->partition, doctor_time(since), (long long)p->next);
	return rc < 0 ? -1 : 0;
}

int doctor_positions(struct doctor *d, struct err *err)
{
	struct db_result *res;
	long rows = db_query(doctor_db(d), operator_sql_doctor_positions, &res, err);
	int rc = rows < 0 ? -1 : 0;

	for (long i = 0; rc == 0 && i < rows; i++) {
		const struct position p = {db_text(res, i, 0, NULL), (int32_t)db_int(res, i, 1), db_int(res, i, 2),
					   db_int(res, i, 3), db_int(res, i, 4)};

		rc = check_position(d, &p, err);
	}
	if (rows >= 0)
		db_free(res);
	return rc;
}
