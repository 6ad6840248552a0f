/* bare_sql TOPIC COUNT BATCH: the bare transactions that the aggregator is measured against. Reads COUNT records of
 * topic TOPIC (an installation's incidents), decodes them into batches of BATCH records in memory, and only then runs
 * the aggregator's own transactions, one a batch, on the empty installation that PG* names: the same statements, no
 * Kafka, no decoding beside them. Prints "records N wall S". */
#include "avro/avroread.h"
#include "base/run.h"
#include "incident/incident.h"
#include "kafka/kafka.h"
#include "writer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLL_MAX 4096

struct capture {
	struct writer *writer;
	struct kafka_consumer *consumer;
	struct avroread *reader;
	struct field *fields;
	struct kafka_message messages[POLL_MAX];
	struct batch *batches;
	size_t batch_count, batch_max;
	int32_t partitions[WRITER_ASSIGN_MAX];
	size_t partition_count;
};

static void die(const struct err *err)
{
	fprintf(stderr, "bare_sql: %s\n", err->text);
	exit(1);
}

static int assigned(void *ctx, struct kafka_assignment *partitions, size_t count, struct err *err)
{
	struct capture *c = ctx;

	(void)err;
	for (size_t i = 0; i < count && c->partition_count < WRITER_ASSIGN_MAX; i++) {
		partitions[i].start = KAFKA_BEGINNING;
		c->partitions[c->partition_count++] = partitions[i].partition;
	}
	return 0;
}

static void revoked(void *ctx, const int32_t *partitions, size_t count, bool lost)
{
	(void)ctx;
	(void)partitions;
	(void)count;
	(void)lost;
}

static struct batch *next_batch(struct capture *c)
{
	struct err err = {0};

	c->batches = realloc(c->batches, (c->batch_count + 1) * sizeof *c->batches);
	if (!c->batches || batch_init(&c->batches[c->batch_count], c->batch_max, &err))
		abort();
	return &c->batches[c->batch_count++];
}

static void take(struct capture *c, const struct kafka_message *m)
{
	struct batch *b = c->batch_count ? &c->batches[c->batch_count - 1] : next_batch(c);
	struct incident in;
	struct err err = {0};
	int rc;

	if (avroread_record(c->reader, m->value, m->value_len, incident_fields, incident_field_count, c->fields,
			    &err) ||
	    incident_decode(c->fields, &in, &err) || incident_check(&in, &err))
		die(&err);
	rc = batch_add(b, writer_rules(c->writer), m, &in, &err);
	if (rc == 1)
		rc = batch_add(next_batch(c), writer_rules(c->writer), m, &in, &err);
	if (rc)
		die(&err);
}

static void read_all(struct capture *c, long count)
{
	struct err err = {0};

	while (count > 0) {
		int got = kafka_consumer_batch(c->consumer, c->messages, POLL_MAX, 5, &err);

		if (got < 0)
			die(&err);
		for (int i = 0; i < got; i++)
			take(c, &c->messages[i]);
		kafka_consumer_release(c->messages, (size_t)got);
		count -= got;
	}
}

static void commit_all(struct capture *c)
{
	int64_t start[WRITER_ASSIGN_MAX], started;
	struct err err = {0};

	if (writer_assign(c->writer, c->partitions, c->partition_count, start, &err))
		die(&err);
	started = run_monotonic_ms();
	for (size_t i = 0; i < c->batch_count; i++)
		if (writer_commit(c->writer, &c->batches[i], &err))
			die(&err);
	printf("records %lld wall %.3f\n", (long long)writer_counts(c->writer).records,
	       (double)(run_monotonic_ms() - started) / 1000);
}

int main(int argc, char **argv)
{
	struct capture *c = calloc(1, sizeof *c);
	struct kafka_group group = {.group = "bare-sql",
				    .topic = argc > 1 ? argv[1] : "",
				    .assigned = assigned,
				    .revoked = revoked,
				    .ctx = c};
	struct err err = {0};

	if (argc != 4 || !c)
		return 2;
	run_init();
	c->batch_max = (size_t)strtol(argv[3], NULL, 10);
	c->fields = calloc(incident_field_count, sizeof *c->fields);
	if (!c->fields || avroread_open(&c->reader, &err) ||
	    avroread_add(c->reader, incident_schema, strlen(incident_schema), NULL, &err) ||
	    writer_open(&c->writer, "live", &err) || kafka_consumer_open(&c->consumer, &group, &err))
		die(&err);
	read_all(c, strtol(argv[2], NULL, 10));
	kafka_consumer_close(c->consumer);
	commit_all(c);
	writer_close(c->writer);
	avroread_close(c->reader);
	for (size_t i = 0; i < c->batch_count; i++)
		batch_release(&c->batches[i]);
	free(c->batches);
	free(c->fields);
	free(c);
	return 0;
}
