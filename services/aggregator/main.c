/* aggregator: topic incidents -> ledger, cells, positions of one build; one transaction a batch. Without a build it is
 * the parent of those that do that (parent.h). */
#include "avro/avroread.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/run.h"
#include "committer.h"
#include "http/health.h"
#include "kafka/kafka.h"
#include "meter.h"
#include "parent.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#define POLL_MAX 4096 /* messages taken from the library at a time */
#define POLL_WAIT_MS 5
#define POLL_FEW 256 /* fewer than this in POLL_WAIT_MS is no backlog: what there is, is committed at once */
#define FILL_MS 1000 /* a backlog's batch is committed at least this often */

static const char *build; /* --build, else LAGESBILD_BUILD; empty: the parent */
static const char *configured_build, *instance, *prefix, *schemas;
static int64_t batch_max;
static struct health_options health;

static const struct conf_item items[] = {
	{"LAGESBILD_BUILD", CONF_TEXT, "",
	 "Keep this build fed and no other (--build NAME says the same); empty: a child process for each fed build.",
	 &configured_build, 0, 0},
	{"LAGESBILD_INSTANCE", CONF_TEXT, "1", "This instance's name in the group: give each of several its own.",
	 &instance, 0, 0},
	{"LAGESBILD_BATCH_MAX", CONF_INT, "100000", "Most records in one transaction, reached in a backlog only.",
	 &batch_max, 1, 1000000},
	{"LAGESBILD_SCHEMAS", CONF_PATH, "schemas",
	 "Directory of the Avro schemas (old/ holds those of earlier versions).", &schemas, 0, 0},
	{"LAGESBILD_TOPIC_PREFIX", CONF_TEXT, "",
	 "Put before every topic and group name, so that installations can share a cluster.", &prefix, 0, 0},
	{"LAGESBILD_HTTP_ADDRESS", CONF_TEXT, "127.0.0.1",
	 "Numeric address on which /livez, /readyz and /metrics are served.", &health.address, 0, 0},
	{"LAGESBILD_HTTP_PORT", CONF_INT, "0", "Their port; 0: they are not served.", &health.port, 0, 65535},
	{0},
};

struct session {
	struct writer *writer;
	struct committer *committer;
	struct kafka_consumer *consumer;
	struct avroread *reader;
	struct batch batches[2], *batch; /* one is filled; the other is empty or being committed */
	struct kafka_message messages[POLL_MAX];
	struct field *fields;
	int64_t filled_since;
	bool worked; /* something has been committed */
};

/* A database that has taken in more than the log holds would pass over what comes next: the topic was made anew, or
 * comes from an older copy. */
static int reaches(const struct kafka_assignment *a, int64_t next, struct err *err)
{
	if (a->high < 0 || next <= a->high)
		return 0;
	if (a->high == 0)
		return err_set(err, ERR_DATA_LOSS,
			       "incidents partition %d is empty, and build %s has taken in %lld offsets of it: the log "
			       "is another one; \"lagesbild restore DIR\" into a new database brings both back",
			       a->partition, build, (long long)next);
	return err_set(err, ERR_DATA_LOSS,
		       "incidents partition %d ends at offset %lld, and build %s has taken in all before %lld: the log "
		       "is older than the database; \"lagesbild rebuild --into mended\" makes a build of the log as it "
		       "is, then \"lagesbild promote mended\"",
		       a->partition, (long long)a->high, build, (long long)next);
}

static int assigned(void *ctx, struct kafka_assignment *partitions, size_t count, struct err *err)
{
	struct session *s = ctx;
	int32_t numbers[WRITER_ASSIGN_MAX] = {0};
	int64_t start[WRITER_ASSIGN_MAX];

	if (count > WRITER_ASSIGN_MAX)
		return err_set(err, ERR_CONFIG, "more than %d partitions in one aggregator", WRITER_ASSIGN_MAX);
	for (size_t i = 0; i < count; i++)
		numbers[i] = partitions[i].partition;
	if (committer_wait(s->committer, err) || writer_assign(s->writer, numbers, count, start, err))
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (reaches(&partitions[i], start[i], err))
			return -1;
		partitions[i].start = start[i];
	}
	log_text(LOG_NOTE, "assigned", "%zu partitions", count);
	return 0;
}

static void revoked(void *ctx, const int32_t *partitions, size_t count, bool lost)
{
	struct session *s = ctx;
	struct err later = {0};

	for (size_t i = 0; i < count; i++)
		batch_drop(s->batch, partitions[i]);
	/* What is under way still has these positions; should it have failed, the next commit says so. */
	if (committer_wait(s->committer, &later))
		log_text(LOG_WARNING, "revoked", "%s", later.text);
	writer_revoke(s->writer, partitions, count);
	log_text(LOG_NOTE, "revoked", "%zu partitions%s", count, lost ? ", lost" : "");
}

static int settle(struct session *s, struct err *err)
{
	if (committer_wait(s->committer, err))
		return -1;
	s->worked = s->worked || writer_counts(s->writer).transactions > 0;
	return 0;
}

/* The batch goes to the committer once that is free; the other one is filled from now on. */
static int commit(struct session *s, struct err *err)
{
	if (settle(s, err))
		return -1;
	committer_start(s->committer, s->batch);
	s->batch = &s->batches[s->batch == s->batches];
	s->filled_since = run_monotonic_ms();
	return 0;
}

/* A record that is none of ours must not stop the others: it is counted, named once, and stepped over. */
static const struct incident *decode(struct session *s, const struct kafka_message *m, struct incident *in)
{
	struct err err = {0};

	if (avroread_record(s->reader, m->value, m->value_len, incident_fields, incident_field_count, s->fields,
			    &err) == 0 &&
	    incident_decode(s->fields, in, &err) == 0 && incident_check(in, &err) == 0)
		return in;
	log_text(LOG_WARNING, "unreadable", "partition %d offset %lld: %s", m->partition, (long long)m->offset,
		 err.text);
	return NULL;
}

static int take(struct session *s, const struct kafka_message *m, struct err *err)
{
	struct incident in;
	const struct incident *decoded = decode(s, m, &in);
	int rc = batch_add(s->batch, writer_rules(s->writer), m, decoded, err);

	if (rc == 1)
		rc = commit(s, err) ? -1 : batch_add(s->batch, writer_rules(s->writer), m, decoded, err);
	return rc;
}

/* In a backlog: the more the better for the database, but figures move at least every FILL_MS. */
static bool full(const struct session *s)
{
	return s->batch->count >= (size_t)batch_max || run_monotonic_ms() - s->filled_since >= FILL_MS;
}

static int step(struct session *s, struct err *err)
{
	int got = kafka_consumer_batch(s->consumer, s->messages, POLL_MAX, POLL_WAIT_MS, err), rc = 0;

	if (got < 0)
		return -1;
	if (s->batch->count == 0)
		s->filled_since = run_monotonic_ms();
	for (int i = 0; rc == 0 && i < got; i++)
		rc = take(s, &s->messages[i], err);
	kafka_consumer_release(s->messages, (size_t)got);
	if (rc)
		return -1;
	if (s->batch->count > 0 && (full(s) || (got < POLL_FEW && !committer_busy(s->committer))))
		return commit(s, err);
	return committer_busy(s->committer) ? 0 : settle(s, err);
}

static int session_open(struct session *s, struct err *err)
{
	char group[160], topic[160], old[512], member[256];
	struct kafka_group g = {.group = group,
				.instance = member,
				.topic = topic,
				.want_committed = true, /* for the log's end */
				.assigned = assigned,
				.revoked = revoked,
				.ctx = s};

	snprintf(group, sizeof group, "%saggregator-%s", prefix, build);
	snprintf(member, sizeof member, "%s-%s", group, instance);
	snprintf(topic, sizeof topic, "%sincidents", prefix);
	snprintf(old, sizeof old, "%s/old", schemas);
	s->fields = calloc(incident_field_count, sizeof *s->fields);
	if (!s->fields)
		return err_set(err, ERR_RETRY, "out of memory");
	s->batch = s->batches;
	return batch_init(&s->batches[0], (size_t)batch_max, err) ||
			       batch_init(&s->batches[1], (size_t)batch_max, err) || avroread_open(&s->reader, err) ||
			       avroread_add(s->reader, incident_schema, strlen(incident_schema), NULL, err) ||
			       avroread_add_dir(s->reader, old, true, err) || writer_open(&s->writer, build, err) ||
			       committer_open(&s->committer, s->writer, err) ||
			       kafka_consumer_open(&s->consumer, &g, err)
		       ? -1
		       : 0;
}

static void session_close(struct session *s)
{
	kafka_consumer_close(s->consumer);
	committer_close(s->committer);
	writer_close(s->writer);
	avroread_close(s->reader);
	batch_release(&s->batches[0]);
	batch_release(&s->batches[1]);
	free(s->fields);
	free(s);
}

/* One membership: until asked to stop (0), or an error that a new membership may mend or not (-1). */
static int session(bool *worked, struct err *err)
{
	struct session *s = calloc(1, sizeof *s);
	int rc;

	if (!s)
		return err_set(err, ERR_RETRY, "out of memory");
	meter_session(build);
	rc = session_open(s, err);
	if (rc == 0)
		log_event(LOG_NOTE, "ready", "build", build, NULL);
	while (rc == 0 && !run_stopping()) {
		rc = step(s, err);
		meter_turned(s->consumer);
	}
	/* Asked to stop: what has been read is committed, so that a restart has less to read again. */
	if (rc == 0)
		rc = commit(s, err) || settle(s, err) ? -1 : 0;
	*worked = s->worked;
	session_close(s);
	return rc;
}

static int serve(void)
{
	for (unsigned attempt = 0; !run_stopping(); attempt++) {
		struct err err = {0};
		bool worked = false;

		if (session(&worked, &err) == 0)
			break;
		log_text(LOG_FAILURE, "session-ended", "%s", err.text);
		if (err.kind == ERR_CONFIG || err.kind == ERR_DATA_LOSS)
			return err_exit_status(err.kind);
		attempt = worked ? 0 : attempt;
		run_pause(run_backoff_ms(attempt));
	}
	log_event(LOG_NOTE, "stopped", NULL);
	return 0;
}

static void help(void)
{
	conf_help("aggregator [--build NAME]",
		  "Reads topic incidents and keeps ledger, cells and positions of a build in PostgreSQL, exactly "
		  "once; without NAME, of every build that is fed, each in a process of its own. PostgreSQL by libpq's "
		  "own PG* "
		  "variables, Kafka by KAFKA_<PROPERTY>.",
		  items);
}

static int run_build(void)
{
	struct err err = {0};
	int status = err_exit_status(ERR_CONFIG);

	if (health_open(&health, &err))
		log_text(LOG_FAILURE, "configuration", "%s", err.text);
	else
		status = serve();
	health_close();
	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"build", required_argument, NULL, 'b'}, {"help", no_argument, NULL, 'h'}, {0}};
	const char *named = NULL;
	struct err err = {0};
	int c, status;

	log_init("aggregator");
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h')
			return help(), 0;
		if (c != 'b' || !*optarg)
			return 2;
		named = optarg;
	}
	if (optind < argc || conf_load(items, &err)) {
		log_text(LOG_FAILURE, "configuration", "%s",
			 optind < argc ? "an argument too many; see --help" : err.text);
		return 2;
	}
	build = named ? named : configured_build;
	run_init();
	prctl(PR_SET_NAME, "aggregator"); /* a child was started as /proc/self/exe */
	status = *build ? run_build() : parent_run(health.port);
	conf_release(items);
	return status;
}
