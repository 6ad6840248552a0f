/* passthrough FEED OUT COUNT: the bare loop that the normalizer is measured against: reads COUNT messages of topic FEED
 * and writes each value as it is to the partition of the same number of topic OUT, in batches of the engine's size,
 * idempotently, with the same module and defaults. Makes OUT when it is missing. Prints "messages N cpu S wall S": CPU
 * seconds of this process, from the first message on. */
#include "base/err.h"
#include "base/run.h"
#include "kafka/kafka.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define POLL_MAX 1000
#define POLL_WAIT_MS 5

struct loop {
	struct kafka_consumer *consumer;
	struct kafka_producer *producer;
	struct kafka_message messages[POLL_MAX];
	int topic;
	long delivered;
};

static void die(const struct err *err)
{
	fprintf(stderr, "passthrough: %s\n", err->text);
	exit(1);
}

static int assigned(void *ctx, struct kafka_assignment *partitions, size_t count, struct err *err)
{
	(void)ctx;
	(void)err;
	for (size_t i = 0; i < count; i++)
		partitions[i].start = KAFKA_BEGINNING;
	return 0;
}

static void revoked(void *ctx, const int32_t *partitions, size_t count, bool lost)
{
	(void)ctx;
	(void)partitions;
	(void)count;
	(void)lost;
}

static void delivered(void *ctx, uint64_t tag, int32_t partition, int64_t offset)
{
	(void)tag;
	(void)partition;
	(void)offset;
	((struct loop *)ctx)->delivered++;
}

static void make_topic(const char *feed, const char *out)
{
	static const char *const config[] = {"message.timestamp.type", "LogAppendTime", NULL};
	struct kafka_topic topic = {.name = out, .replication = 1, .config = config};
	struct kafka_admin *admin;
	struct err err = {0};

	if (kafka_admin_open(&admin, &err) || (topic.partitions = kafka_admin_partitions(admin, feed, &err)) < 0 ||
	    kafka_admin_ensure(admin, &topic, true, &err) < 0)
		die(&err);
	kafka_admin_close(admin);
}

static void copy(struct loop *l, const struct kafka_message *m)
{
	struct kafka_record record = {.partition = m->partition, .value = m->value, .value_len = m->value_len};
	struct err err = {0};
	int rc;

	while ((rc = kafka_produce(l->producer, l->topic, &record, &err)) == 1)
		if (kafka_producer_poll(l->producer, 10, &err))
			die(&err);
	if (rc)
		die(&err);
}

static double cpu_seconds(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* One batch; the number of messages read. */
static int step(struct loop *l)
{
	struct err err = {0};
	int got = kafka_consumer_batch(l->consumer, l->messages, POLL_MAX, POLL_WAIT_MS, &err);

	if (got < 0)
		die(&err);
	for (int i = 0; i < got; i++)
		copy(l, &l->messages[i]);
	kafka_consumer_release(l->messages, (size_t)got);
	if (kafka_producer_poll(l->producer, 0, &err))
		die(&err);
	return got;
}

static void measure(struct loop *l, long count)
{
	struct err err = {0};
	int64_t started;
	double cpu;
	long read;

	while ((read = step(l)) == 0)
		;
	started = run_monotonic_ms();
	cpu = cpu_seconds();
	while (read < count)
		read += step(l);
	if (kafka_producer_flush(l->producer, 30000, &err))
		die(&err);
	printf("messages %ld cpu %.3f wall %.3f\n", l->delivered, cpu_seconds() - cpu,
	       (double)(run_monotonic_ms() - started) / 1000);
}

int main(int argc, char **argv)
{
	struct kafka_group group = {.group = argc > 2 ? argv[2] : "",
				    .topic = argc > 1 ? argv[1] : "",
				    .assigned = assigned,
				    .revoked = revoked};
	struct loop *l = calloc(1, sizeof *l);
	struct err err = {0};

	if (argc != 4 || !l)
		return 2;
	run_init();
	make_topic(argv[1], argv[2]);
	if (kafka_consumer_open(&l->consumer, &group, &err) || kafka_producer_open(&l->producer, delivered, l, &err) ||
	    (l->topic = kafka_producer_topic(l->producer, argv[2], &err)) < 0)
		die(&err);
	measure(l, strtol(argv[3], NULL, 10));
	kafka_consumer_close(l->consumer);
	kafka_producer_close(l->producer);
	free(l);
	return 0;
}
