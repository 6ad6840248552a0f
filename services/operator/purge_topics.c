/* purge_topics: a topic is copied without what goes out, deleted, made again under its name and filled from the copy.
 * Offsets, times and headers stay (kafka_writer.h), so positions, origins and sequences stay true; what went out is
 * replaced one for one. */
#include "purge.h"

#include "base/run.h"
#include "hole.h"
#include "kafka/kafka_reader.h"
#include "kafka/kafka_writer.h"
#include "operator_sql.h"
#include "progress.h"
#include <stdlib.h>
#include <string.h>

#define BATCH 1000
#define WAIT_MS 200
#define MEMBERS_MS 20000
#define KNOWN_MS 10000
#define HEADERS_MAX 64

struct copy {
	struct purge *p;
	int topic;     /* its number */
	bool replaced; /* what is selected goes out; else an exact copy */
	struct kafka_writer *writer;
	struct kafka_record hole;
	struct buf record;
	struct kafka_record_header headers[HEADERS_MAX];
	size_t header_count;
	struct progress progress;
	int64_t done;
};

static void note_header(void *ctx, const char *name, const void *value, size_t len)
{
	struct copy *c = ctx;

	if (c->header_count < HEADERS_MAX)
		c->headers[c->header_count++] = (struct kafka_record_header){name, value, len};
}

/* An empty reject in the record's place: its origin and sequence, so that the chain stays whole, and nothing else. */
static int empty(struct copy *c, const struct kafka_message *m, struct kafka_record *out, uint8_t id[16],
		 struct err *err)
{
	struct incident in, reject;

	if (!purge_decode(c->p, m->value, m->value_len, &in))
		return err_set(err, ERR_CONFIG, "a record that was found cannot be read any more");
	incident_init(&reject);
	incident_origin_id(&in.origin, reject.id);
	reject.operation = INCIDENT_REJECT;
	reject.reason = REASON_PURGED;
	reject.origin = in.origin;
	reject.source = in.source;
	reject.received_at = m->append_ms;
	buf_clear(&c->record);
	incident_encode(&reject, &c->record);
	memcpy(id, reject.id, 16);
	out->key = id;
	out->key_len = 16;
	out->value = c->record.data;
	out->value_len = c->record.len;
	return 0;
}

static int copy_one(struct copy *c, const struct kafka_message *m, struct err *err)
{
	struct kafka_record r = {.partition = m->partition,
				 .key = m->key,
				 .key_len = m->key_len,
				 .value = m->value,
				 .value_len = m->value_len,
				 .create_ms = m->append_ms,
				 .headers = c->headers};
	uint8_t id[16];

	if (c->replaced && purge_selected(c->p, c->topic, m->partition, m->offset)) {
		r.key = r.value = NULL;
		r.key_len = r.value_len = 0;
		if (c->topic == PURGE_INCIDENTS && empty(c, m, &r, id, err))
			return -1;
		if (c->topic >= PURGE_FEEDS) {
			r.headers = c->hole.headers;
			r.header_count = c->hole.header_count;
		}
	} else {
		c->header_count = 0;
		kafka_headers(m, note_header, c);
		r.header_count = c->header_count;
	}
	progress_at(&c->progress, ++c->done);
	return kafka_writer_put(c->writer, &r, m->offset, err);
}

static int copy_partition(struct copy *c, struct kafka_reader *reader, int32_t partition, struct err *err)
{
	static struct kafka_message messages[BATCH];
	int rc, n;

	if (kafka_reader_start(reader, partition, KAFKA_BEGINNING, INT64_MAX, err) ||
	    kafka_writer_begin(c->writer, partition, kafka_reader_from(reader), err))
		return -1;
	rc = 0;
	while (rc == 0 && !kafka_reader_done(reader)) {
		if (run_stopping())
			return err_set(err, ERR_CONFIG, "stopped: go on by lagesbild purge --resume");
		n = kafka_reader_batch(reader, messages, BATCH, WAIT_MS, err);
		if (n < 0)
			return -1;
		for (int i = 0; rc == 0 && i < n; i++)
			rc = copy_one(c, &messages[i], err);
		kafka_consumer_release(messages, (size_t)n);
	}
	return rc ? rc : kafka_writer_fill(c->writer, partition, kafka_reader_to(reader), err);
}

/* From one topic of that name to another, which is to be like topic; what was there is dropped before. */
static int copy_topic(struct copy *c, const char *from, const struct kafka_topic *topic, struct err *err)
{
	struct kafka_topic own = *topic;
	struct kafka_reader *reader;
	struct hole space;
	int rc = -1;

	own.partitions = kafka_admin_partitions(c->p->admin, from, err);
	if (own.partitions < 0 || kafka_admin_drop(c->p->admin, own.name, err) < 0 ||
	    hole_make(operator_conf.operator_key, operator_topic(purge_topic_name(c->p, c->topic)), &space, &c->hole,
		      err) ||
	    kafka_reader_open(&reader, from, err))
		return -1;
	progress_begin(&c->progress, own.name, "records", 0);
	c->done = 0;
	if (kafka_writer_open(&c->writer, &own, &c->hole, err) == 0) {
		rc = 0;
		for (int32_t i = 0; rc == 0 && i < own.partitions; i++)
			rc = copy_partition(c, reader, i, err);
		if (rc == 0)
			rc = kafka_writer_finish(c->writer, err);
		kafka_writer_close(c->writer);
	}
	progress_end(&c->progress, c->done);
	kafka_reader_close(reader);
	return rc;
}

/* ---- phases ---- */

static int set_phase(struct purge *p, const char *name, const char *phase, struct err *err)
{
	char point[40];

	db_param_int8(p->db, p->number);
	db_param_text(p->db, name, strlen(name));
	db_param_text(p->db, phase, strlen(phase));
	if (db_query(p->db, operator_sql_purge_phase, NULL, err) < 0)
		return -1;
	snprintf(point, sizeof point, "purge-%s", phase);
	run_point(point);
	return 0;
}

/* A topic that has just been made is not known to every connection at once. */
static int end_of(struct purge *p, const char *topic, int32_t partition, int64_t *high, struct err *err)
{
	int64_t until_ms = run_monotonic_ms() + KNOWN_MS, low;

	while (kafka_admin_watermarks(p->admin, topic, partition, &low, high, err)) {
		if (run_stopping() || run_monotonic_ms() > until_ms)
			return -1;
		run_pause(100);
	}
	return 0;
}

/* Messages that came while the topic was copied stand at its end: the copy must have them too. */
static int same_ends(struct purge *p, const char *a, const char *b, struct err *err)
{
	int partitions = kafka_admin_partitions(p->admin, a, err);
	int64_t high, other_high;

	if (partitions < 0)
		return -1;
	for (int32_t i = 0; i < partitions; i++) {
		if (end_of(p, a, i, &high, err) || end_of(p, b, i, &other_high, err))
			return -1;
		if (high != other_high)
			return 0;
	}
	return 1;
}

/* Copy until nothing has come meanwhile. */
static int copy_away(struct copy *c, const char *full, const struct kafka_topic *aside, struct err *err)
{
	int same = 0;

	for (int turn = 0; same == 0 && turn < 5; turn++) {
		c->replaced = true;
		if (copy_topic(c, full, aside, err))
			return -1;
		same = same_ends(c->p, full, aside->name, err);
	}
	return same == 1  ? 0
	       : same < 0 ? -1
			  : err_set(err, ERR_CONFIG, "%s is written to all the time: stop what publishes to it", full);
}

static int commit_groups(struct purge *p, const char *name, struct err *err)
{
	char full[200], group[200];
	struct db_result *res;
	int rc = 0;

	if (strncmp(name, "feed.", 5) != 0)
		return 0;
	db_param_int8(p->db, p->number);
	db_param_text(p->db, name + 5, strlen(name + 5));
	if (db_query(p->db, operator_sql_purge_groups, &res, err) < 0)
		return -1;
	snprintf(full, sizeof full, "%s", operator_topic(name));
	snprintf(group, sizeof group, "%snormalizer-%s", operator_conf.prefix, name + 5);
	for (long i = 0; rc == 0 && i < db_rows(res); i++)
		rc = kafka_admin_commit(p->admin, group, full, (int32_t)db_int(res, i, 0), db_int(res, i, 1),
					db_text(res, i, 2, NULL), err);
	db_free(res);
	return rc;
}

static bool exists(struct purge *p, const char *full)
{
	struct err none = {0};

	return kafka_admin_partitions(p->admin, full, &none) >= 0;
}

static int one_topic(struct copy *c, const char *name, const struct kafka_topic *topic, const char *phase,
		     struct err *err)
{
	struct kafka_topic aside = *topic;
	char other[220];

	snprintf(other, sizeof other, "%s.purging", topic->name);
	aside.name = other;
	if (strcmp(phase, "waiting") == 0) {
		if (copy_away(c, topic->name, &aside, err) || set_phase(c->p, name, "copied", err))
			return -1;
		phase = "copied";
	}
	if (strcmp(phase, "copied") == 0) {
		/* What came after the copy, before a purge that was interrupted goes on. */
		if (exists(c->p, topic->name) && same_ends(c->p, topic->name, other, err) != 1 &&
		    copy_away(c, topic->name, &aside, err))
			return -1;
		if (set_phase(c->p, name, "gone", err))
			return -1;
		phase = "gone";
	}
	if (strcmp(phase, "gone") == 0) {
		c->replaced = false;
		if (copy_topic(c, other, topic, err) || commit_groups(c->p, name, err) ||
		    set_phase(c->p, name, "back", err))
			return -1;
		phase = "back";
	}
	if (strcmp(phase, "back") == 0)
		return kafka_admin_drop(c->p->admin, other, err) < 0 || set_phase(c->p, name, "done", err) ? -1 : 0;
	return 0;
}

struct search {
	struct copy *c;
	const char *name, *phase;
	bool found;
};

static int if_it(void *ctx, const char *name, const struct kafka_topic *topic, struct err *err)
{
	struct search *s = ctx;
	struct kafka_topic own = *topic;
	char full[200];

	if (strcmp(name, s->name) != 0)
		return 0;
	s->found = true;
	snprintf(full, sizeof full, "%s", topic->name); /* its storage is used again */
	own.name = full;
	return one_topic(s->c, name, &own, s->phase, err);
}

int purge_topics(struct purge *p, struct err *err)
{
	struct copy c = {.p = p};
	struct db_result *res;
	int rc = 0;

	db_param_int8(p->db, p->number);
	if (db_query(p->db, operator_sql_purge_todo, &res, err) < 0)
		return -1;
	buf_init(&c.record, 1 << 16);
	for (long i = 0; rc == 0 && i < db_rows(res); i++) {
		struct search s = {.c = &c, .name = db_text(res, i, 0, NULL), .phase = db_text(res, i, 1, NULL)};

		c.topic = purge_topic_number(p, operator_topic(s.name), strlen(operator_topic(s.name)));
		rc = operator_topics_each(&p->sources, if_it, &s, err);
		if (rc == 0 && !s.found)
			rc = err_set(err, ERR_CONFIG, "there is no topic %s any more", s.name);
	}
	buf_release(&c.record);
	db_free(res);
	return rc;
}

/* ---- alone ---- */

/* Committing what is committed fails while a group has members. */
static int members_of(struct purge *p, const char *source, struct err *err)
{
	char topic[200], group[200], metadata[96];
	int64_t next;

	snprintf(topic, sizeof topic, "%sfeed.%s", operator_conf.prefix, source);
	snprintf(group, sizeof group, "%snormalizer-%s", operator_conf.prefix, source);
	if (kafka_admin_committed(p->admin, group, topic, 0, &next, metadata, sizeof metadata, err))
		return -1;
	if (next < 0)
		return 0;
	return kafka_admin_commit(p->admin, group, topic, 0, next, metadata, err);
}

static int look(struct purge *p, struct err *err)
{
	struct db_result *res;
	bool writing;

	if (db_query(p->db, operator_sql_purge_writers, &res, err) < 0)
		return -1;
	writing = db_int(res, 0, 0) > 0;
	db_free(res);
	if (writing)
		return err_set(err, ERR_RETRY,
			       "the aggregator is running: stop it first (systemctl stop lagesbild-aggregator)");
	for (size_t i = 0; i < p->sources.count; i++)
		if (exists(p, operator_topic("incidents")) && members_of(p, p->sources.names[i], err)) {
			if (err->kind == ERR_RETRY)
				return err_set(err, ERR_RETRY,
					       "normalizer-%s is running: stop all normalizers first (systemctl stop "
					       "'lagesbild-normalizer@*')",
					       p->sources.names[i]);
			return -1;
		}
	return 0;
}

int purge_alone(struct purge *p, struct err *err)
{
	int64_t until_ms = run_monotonic_ms() + MEMBERS_MS;
	struct err why = {0};

	while (look(p, &why)) {
		if (why.kind != ERR_RETRY || run_stopping() || run_monotonic_ms() > until_ms) {
			*err = why;
			if (err->kind == ERR_RETRY)
				err->kind = ERR_CONFIG;
			return -1;
		}
		run_pause(500);
	}
	return 0;
}
