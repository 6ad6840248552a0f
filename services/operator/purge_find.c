/* purge_find: which records are the event's, by reading incidents and deadletters whole. */
#include "purge.h"

#include "avro/avroread.h"
#include "base/field.h"
#include "base/run.h"
#include "incident/deadletter.h"
#include "kafka/kafka_reader.h"
#include "progress.h"
#include <stdlib.h>
#include <string.h>

#define BATCH 1000
#define WAIT_MS 200

int purge_decode_open(struct purge *p, struct err *err)
{
	char old[600];

	snprintf(old, sizeof old, "%s/old", operator_conf.schemas);
	p->fields = calloc(FIELD_SPECS_MAX, sizeof *p->fields);
	return !p->fields || avroread_open(&p->reader, err) ||
			       avroread_add(p->reader, incident_schema, strlen(incident_schema), NULL, err) ||
			       avroread_add_dir(p->reader, old, true, err)
		       ? -1
		       : 0;
}

void purge_decode_close(struct purge *p)
{
	avroread_close(p->reader);
	free(p->fields);
}

bool purge_decode(struct purge *p, const void *value, size_t len, struct incident *in)
{
	struct err none = {0};

	return value &&
	       avroread_record(p->reader, value, len, incident_fields, incident_field_count, p->fields, &none) == 0 &&
	       incident_decode(p->fields, in, &none) == 0;
}

static int add(struct purge *p, int topic, int32_t partition, int64_t offset, struct err *err)
{
	struct purge_record *more;

	if (p->count == PURGE_RECORDS_MAX)
		return err_set(err, ERR_CONFIG, "more than %d records: that is a matter of retention",
			       PURGE_RECORDS_MAX);
	if (p->count == p->cap) {
		more = realloc(p->records, (p->cap ? 2 * p->cap : 256) * sizeof *more);
		if (!more)
			return err_set(err, ERR_RETRY, "out of memory");
		p->records = more;
		p->cap = p->cap ? 2 * p->cap : 256;
	}
	p->records[p->count++] = (struct purge_record){topic, partition, offset};
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct purge_record *x = a, *y = b;

	if (x->topic != y->topic)
		return x->topic < y->topic ? -1 : 1;
	if (x->partition != y->partition)
		return x->partition < y->partition ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Sorted, each once. */
void purge_sort(struct purge *p)
{
	size_t n = 0;

	qsort(p->records, p->count, sizeof *p->records, compare);
	for (size_t i = 0; i < p->count; i++)
		if (n == 0 || compare(&p->records[n - 1], &p->records[i]) != 0)
			p->records[n++] = p->records[i];
	p->count = p->sorted = n;
}

bool purge_selected(const struct purge *p, int topic, int32_t partition, int64_t offset)
{
	const struct purge_record key = {topic, partition, offset};

	return p->sorted && bsearch(&key, p->records, p->sorted, sizeof key, compare);
}

/* ---- reading ---- */

typedef int looker(struct purge *p, const struct kafka_message *m, struct err *err);

static int read_partition(struct purge *p, struct kafka_reader *reader, int32_t partition, looker *look,
			  struct err *err)
{
	static struct kafka_message messages[BATCH];
	int rc = 0, n;

	if (kafka_reader_start(reader, partition, KAFKA_BEGINNING, INT64_MAX, err))
		return -1;
	while (rc == 0 && !kafka_reader_done(reader)) {
		if (run_stopping())
			return err_set(err, ERR_CONFIG, "stopped; nothing has been changed");
		n = kafka_reader_batch(reader, messages, BATCH, WAIT_MS, err);
		if (n < 0)
			return -1;
		for (int i = 0; rc == 0 && i < n; i++)
			rc = look(p, &messages[i], err);
		kafka_consumer_release(messages, (size_t)n);
	}
	return rc;
}

static int read_topic(struct purge *p, int topic, looker *look, struct err *err)
{
	const char *name = operator_topic(purge_topic_name(p, topic));
	struct kafka_reader *reader;
	int partitions = kafka_admin_partitions(p->admin, name, err), rc = 0;

	if (partitions < 0 || kafka_reader_open(&reader, name, err))
		return -1;
	for (int32_t i = 0; rc == 0 && i < partitions; i++)
		rc = read_partition(p, reader, i, look, err);
	kafka_reader_close(reader);
	return rc;
}

/* The record that --origin names says which event it is. */
static int look_for_origin(struct purge *p, const struct kafka_message *m, struct err *err)
{
	struct incident in;

	(void)err;
	if (purge_decode(p, m->value, m->value_len, &in) && in.origin.partition == p->origin_partition &&
	    in.origin.offset == p->origin_offset &&
	    purge_topic_number(p, in.origin.topic.text, in.origin.topic.len) == p->origin_topic) {
		memcpy(p->id, in.id, sizeof p->id);
		p->incident_count = 1;
	}
	return 0;
}

static bool meant(const struct purge *p, const struct incident *in, int topic)
{
	if (p->before)
		return strcmp(purge_topic_name(p, topic) + 5, p->source) == 0 && in->received_at < p->before_ms;
	return memcmp(in->id, p->id, sizeof p->id) == 0;
}

static int look_at_incident(struct purge *p, const struct kafka_message *m, struct err *err)
{
	struct incident in;
	int topic;

	if (!purge_decode(p, m->value, m->value_len, &in) || in.reason == REASON_PURGED)
		return 0;
	topic = purge_topic_number(p, in.origin.topic.text, in.origin.topic.len);
	if (topic < PURGE_FEEDS || !meant(p, &in, topic))
		return 0;
	return add(p, PURGE_INCIDENTS, m->partition, m->offset, err) ||
			       add(p, topic, in.origin.partition, in.origin.offset, err)
		       ? -1
		       : 0;
}

static int look_at_letter(struct purge *p, const struct kafka_message *m, struct err *err)
{
	static struct deadletter_header headers[DEADLETTER_HEADERS_MAX];
	struct deadletter letter;
	struct err none = {0};

	if (!m->value || deadletter_decode(m->value, m->value_len, headers, &letter, &none))
		return 0;
	if (!purge_selected(p, purge_topic_number(p, letter.topic.text, letter.topic.len), letter.partition,
			    letter.offset))
		return 0;
	return add(p, PURGE_DEADLETTERS, m->partition, m->offset, err);
}

static void count(struct purge *p)
{
	p->incident_count = p->letter_count = p->feed_count = 0;
	for (size_t i = 0; i < p->count; i++) {
		p->incident_count += p->records[i].topic == PURGE_INCIDENTS;
		p->letter_count += p->records[i].topic == PURGE_DEADLETTERS;
		p->feed_count += p->records[i].topic >= PURGE_FEEDS;
	}
}

int purge_find(struct purge *p, struct err *err)
{
	if (p->origin && read_topic(p, PURGE_INCIDENTS, look_for_origin, err))
		return -1;
	if (p->origin && !p->incident_count)
		return err_set(err, ERR_CONFIG, "no record on incidents comes from %.60s", p->origin);
	if (read_topic(p, PURGE_INCIDENTS, look_at_incident, err))
		return -1;
	if (!p->count)
		return err_set(err, ERR_CONFIG, "there is nothing of that on topic incidents");
	purge_sort(p);
	/* Letters are added behind what they are looked up in. */
	if (read_topic(p, PURGE_DEADLETTERS, look_at_letter, err))
		return -1;
	purge_sort(p);
	count(p);
	return 0;
}
