/* kafka_writer on a real broker, run by test_kafka_writer.py: a topic with headers, nulls, a large record, a
 * transaction (its marker is a hole) and a deleted beginning is copied; the copy has every offset, time, key, value and
 * header. */
#include "base/run.h"
#include "kafka/kafka_reader.h"
#include "kafka/kafka_writer.h"
#include <librdkafka/rdkafka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define PARTITIONS 2
#define RECORDS 3000
#define COPY_MAX 4096

static const char *const config[] = {"cleanup.policy",
				     "delete",
				     "message.timestamp.type",
				     "LogAppendTime",
				     "max.message.bytes",
				     "1048576",
				     "retention.ms",
				     "34560000000",
				     NULL};
static struct err err;
static char from_name[200], to_name[200], other_name[200];
/* The offset of the transaction's marker in partition 0: after its records, the large one and the transaction's own. */
static const int64_t marker = RECORDS / PARTITIONS + 2;

#define ok(call) assert_int_equal_or_say(call, 0, __LINE__)
static void assert_int_equal_or_say(int got, int want, int line)
{
	if (got != want)
		print_error("line %d: %d: %s\n", line, got, err.text);
	assert_int_equal(got, want);
}

static struct kafka_topic topic_of(const char *name)
{
	return (struct kafka_topic){name, PARTITIONS, 1, config};
}

static void produce(struct kafka_producer *p, int topic, const struct kafka_record *record)
{
	while (kafka_produce(p, topic, record, &err) == 1)
		ok(kafka_producer_poll(p, 10, &err));
}

/* What a normalizer never writes, but an agency's client may. */
static void transaction(const char *name)
{
	char why[256], id[220];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_t *rk;

	snprintf(id, sizeof id, "tx-%s", name);
	rd_kafka_conf_set(conf, "bootstrap.servers", getenv("KAFKA_BOOTSTRAP_SERVERS"), why, sizeof why);
	rd_kafka_conf_set(conf, "transactional.id", id, why, sizeof why);
	rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
	assert_non_null(rk);
	assert_null(rd_kafka_init_transactions(rk, 20000));
	assert_null(rd_kafka_begin_transaction(rk));
	rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(name), RD_KAFKA_V_PARTITION(0), RD_KAFKA_V_VALUE("in", 2),
			  RD_KAFKA_V_END);
	assert_null(rd_kafka_commit_transaction(rk, 20000));
	rd_kafka_destroy(rk);
}

/* A commit is answered before its marker stands in the log, and until then the log ends at the transaction. */
static void wait_for_marker(struct kafka_admin *admin)
{
	int64_t end = run_monotonic_ms() + 20000, low, high;

	do {
		ok(kafka_admin_watermarks(admin, from_name, 0, &low, &high, &err));
		run_pause(10);
	} while (high <= marker && run_monotonic_ms() < end);
	assert_int_equal(high, marker + 1);
}

static void write_source(struct kafka_admin *admin)
{
	static char large[1000000];
	const struct kafka_record_header headers[] = {
		{"a", "1", 1}, {"a", "", 0}, {"null", NULL, 0}, {"\xc3\xa5", "\0x", 2}};
	struct kafka_producer *p;
	struct kafka_record r = {.value = "v", .value_len = 1};
	int t;

	ok(kafka_producer_open(&p, NULL, NULL, &err));
	t = kafka_producer_topic(p, from_name, &err);
	for (int i = 0; i < RECORDS; i++) {
		char text[32];

		r.partition = i % PARTITIONS;
		r.key = i % 7 == 0 ? NULL : text;
		r.key_len = i % 7 == 0 || i % 7 == 1 ? 0 : (size_t)snprintf(text, sizeof text, "key %d", i);
		r.value = i % 5 == 0 ? NULL : text;
		r.value_len = i % 5 == 0 || i % 5 == 1 ? 0 : (size_t)snprintf(text, sizeof text, "key %d", i);
		r.headers = headers;
		r.header_count = (size_t)(i % 5);
		produce(p, t, &r);
	}
	memset(large, 'x', sizeof large);
	r = (struct kafka_record){.partition = 0, .value = large, .value_len = sizeof large};
	produce(p, t, &r);
	ok(kafka_producer_flush(p, 20000, &err));
	transaction(from_name);
	wait_for_marker(admin);
	r = (struct kafka_record){.partition = 0, .value = "last", .value_len = 4};
	produce(p, t, &r);
	ok(kafka_producer_flush(p, 20000, &err));
	kafka_producer_close(p);
	ok(kafka_admin_delete_before(admin, from_name, 0, 700, &err));
}

struct line {
	int64_t offset, time_ms;
	char *text; /* key, value, headers, printed so that null and empty differ */
};

static void print_bytes(FILE *f, const void *data, size_t len)
{
	fprintf(f, data ? "[%zu:" : "null", len);
	if (data)
		fwrite(data, 1, len, f);
}

static void print_header(void *ctx, const char *name, const void *value, size_t len)
{
	fprintf(ctx, "|%s=", name);
	print_bytes(ctx, value, len);
}

static size_t read_all(const char *name, int partition, struct line *lines)
{
	struct kafka_message m[100];
	struct kafka_reader *r;
	size_t count = 0, size;

	ok(kafka_reader_open(&r, name, &err));
	ok(kafka_reader_start(r, partition, KAFKA_BEGINNING, INT64_MAX, &err));
	while (!kafka_reader_done(r)) {
		int n = kafka_reader_batch(r, m, 100, 1000, &err);

		assert_true(n >= 0 && count + (size_t)n <= COPY_MAX);
		for (int i = 0; i < n; i++, count++) {
			FILE *f = open_memstream(&lines[count].text, &size);

			lines[count].offset = m[i].offset;
			lines[count].time_ms = m[i].append_ms;
			print_bytes(f, m[i].key, m[i].key_len);
			print_bytes(f, m[i].value, m[i].value_len);
			kafka_headers(&m[i], print_header, f);
			fclose(f);
		}
		kafka_consumer_release(m, (size_t)n);
	}
	kafka_reader_close(r);
	return count;
}

static void collect(void *ctx, const char *name, const void *value, size_t len)
{
	struct kafka_record *r = ctx;
	struct kafka_record_header *h = (struct kafka_record_header *)(uintptr_t)r->headers;

	h[r->header_count++] = (struct kafka_record_header){name, value, len};
}

static void copy_partition(struct kafka_writer *w, int partition)
{
	struct kafka_record_header headers[8];
	struct kafka_message m[100];
	struct kafka_reader *r;

	ok(kafka_reader_open(&r, from_name, &err));
	ok(kafka_reader_start(r, partition, KAFKA_BEGINNING, INT64_MAX, &err));
	ok(kafka_writer_begin(w, partition, kafka_reader_from(r), &err));
	while (!kafka_reader_done(r)) {
		int n = kafka_reader_batch(r, m, 100, 1000, &err);

		for (int i = 0; i < n; i++) {
			struct kafka_record x = {.partition = partition,
						 .key = m[i].key,
						 .key_len = m[i].key_len,
						 .value = m[i].value,
						 .value_len = m[i].value_len,
						 .headers = headers,
						 .create_ms = m[i].append_ms};

			kafka_headers(&m[i], collect, &x);
			ok(kafka_writer_put(w, &x, m[i].offset, &err));
		}
		kafka_consumer_release(m, (size_t)(n < 0 ? 0 : n));
	}
	ok(kafka_writer_fill(w, partition, kafka_reader_to(r), &err));
	kafka_reader_close(r);
}

static int64_t time_at(const struct line *lines, size_t count, int64_t offset)
{
	for (size_t i = 0; i < count; i++)
		if (lines[i].offset == offset)
			return lines[i].time_ms;
	return -1;
}

static void compare(struct kafka_admin *admin, int partition)
{
	static struct line a[COPY_MAX], b[COPY_MAX];
	size_t na = read_all(from_name, partition, a), nb = read_all(to_name, partition, b), i = 0, j;
	int64_t low[2], high[2], at[2];
	struct kafka_reader *x, *y;

	assert_true(na > 700);
	for (j = 0; j < nb; j++) {
		if (i < na && a[i].offset == b[j].offset) {
			assert_string_equal(a[i].text, b[j].text);
			assert_true(a[i++].time_ms == b[j].time_ms);
		} else {
			assert_int_equal(partition, 0);
			assert_int_equal(b[j].offset, marker);
			assert_string_equal(b[j].text, "nullnull|why=[4:hole");
		}
	}
	assert_int_equal(i, na);
	assert_int_equal(nb, na + (partition == 0));
	ok(kafka_admin_watermarks(admin, from_name, partition, &low[0], &high[0], &err));
	ok(kafka_admin_watermarks(admin, to_name, partition, &low[1], &high[1], &err));
	assert_int_equal(low[0], partition == 0 ? 700 : 0);
	assert_int_equal(low[0], low[1]);
	assert_int_equal(high[0], high[1]);
	/* A search by time finds a record of that time (not always the first of a millisecond: the broker's index). */
	ok(kafka_reader_open(&x, from_name, &err) || kafka_reader_open(&y, to_name, &err));
	for (j = 0; j < na; j += 97) {
		ok(kafka_reader_at(x, partition, a[j].time_ms, &at[0], &err));
		ok(kafka_reader_at(y, partition, a[j].time_ms, &at[1], &err));
		assert_int_equal(time_at(a, na, at[0]), a[j].time_ms);
		assert_int_equal(time_at(a, na, at[1]), a[j].time_ms);
	}
	kafka_reader_close(x);
	kafka_reader_close(y);
	for (j = 0; j < na; j++)
		free(a[j].text);
	for (j = 0; j < nb; j++)
		free(b[j].text);
}

static void test_copy(void **state)
{
	struct kafka_admin *admin = *state;
	const struct kafka_record_header why = {"why", "hole", 4};
	const struct kafka_record hole = {.headers = &why, .header_count = 1};
	struct kafka_topic from = topic_of(from_name), to = topic_of(to_name);
	struct kafka_writer *w;

	assert_int_equal(kafka_admin_ensure(admin, &from, true, &err), 1);
	write_source(admin);
	ok(kafka_writer_open(&w, &to, &hole, &err));
	/* Not yet what a service accepts. */
	assert_int_equal(kafka_admin_ensure(admin, &to, false, &err), -1);
	copy_partition(w, 0);
	copy_partition(w, 1);
	ok(kafka_writer_finish(w, &err));
	kafka_writer_close(w);
	ok(kafka_admin_ensure(admin, &to, false, &err));
	compare(admin, 0);
	compare(admin, 1);
	/* What holds records is no place for a copy. */
	assert_int_equal(kafka_writer_open(&w, &to, &hole, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_non_null(strstr(err.text, "holds records"));
}

/* An empty topic as setup makes it is taken over; without a hole a gap is refused, and an offset is not written twice.
 */
static void test_empty_topic_and_gaps(void **state)
{
	struct kafka_admin *admin = *state;
	struct kafka_topic to = topic_of(other_name);
	struct kafka_record r = {.partition = 1, .value = "v", .value_len = 1, .create_ms = 1700000000000};
	struct kafka_writer *w;

	assert_int_equal(kafka_admin_ensure(admin, &to, true, &err), 1);
	ok(kafka_writer_open(&w, &to, NULL, &err));
	ok(kafka_writer_put(w, &r, 0, &err));
	assert_int_equal(kafka_writer_put(w, &r, 0, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_int_equal(kafka_writer_put(w, &r, 2, &err), -1);
	assert_non_null(strstr(err.text, "no record at offset 1"));
	assert_int_equal(kafka_writer_fill(w, 2, 1, &err), -1);
	ok(kafka_writer_finish(w, &err));
	kafka_writer_close(w);
	ok(kafka_admin_ensure(admin, &to, false, &err));
	assert_int_equal(kafka_admin_drop(admin, other_name, &err), 1);
	assert_int_equal(kafka_admin_drop(admin, other_name, &err), 0);
}

static void test_foreign_record(void **state)
{
	struct kafka_admin *admin = *state;
	struct kafka_topic to = topic_of(other_name);
	struct kafka_record r = {.value = "v", .value_len = 1, .create_ms = 1};
	struct kafka_producer *p;
	struct kafka_writer *w;
	int t;

	ok(kafka_writer_open(&w, &to, NULL, &err));
	ok(kafka_producer_open(&p, NULL, NULL, &err));
	t = kafka_producer_topic(p, other_name, &err);
	ok(kafka_produce(p, t, &r, &err));
	ok(kafka_producer_flush(p, 20000, &err));
	kafka_producer_close(p);
	ok(kafka_writer_put(w, &r, 0, &err));
	assert_int_equal(kafka_writer_finish(w, &err), -1);
	assert_int_equal(err.kind, ERR_DATA_LOSS);
	kafka_writer_close(w);
	assert_int_equal(kafka_admin_drop(admin, other_name, &err), 1);
}

static void test_commit(void **state)
{
	struct kafka_admin *admin = *state;
	char metadata[96], group[220];
	int64_t next;

	snprintf(group, sizeof group, "group-%s", to_name);
	ok(kafka_admin_commit(admin, group, to_name, 1, 4711, "7,42,1700000000000", &err));
	ok(kafka_admin_committed(admin, group, to_name, 1, &next, metadata, sizeof metadata, &err));
	assert_int_equal(next, 4711);
	assert_string_equal(metadata, "7,42,1700000000000");
}

int main(void)
{
	struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_commit),
		cmocka_unit_test(test_empty_topic_and_gaps),
		cmocka_unit_test(test_foreign_record),
	};
	const char *prefix = getenv("LAGESBILD_TOPIC_PREFIX");
	struct kafka_admin *admin;
	int failed;

	snprintf(from_name, sizeof from_name, "%sfrom", prefix ? prefix : "");
	snprintf(to_name, sizeof to_name, "%sto", prefix ? prefix : "");
	snprintf(other_name, sizeof other_name, "%sother", prefix ? prefix : "");
	if (kafka_admin_open(&admin, &err))
		return 2;
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		tests[i].initial_state = admin;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)!kafka_admin_drop(admin, from_name, &err);
	(void)!kafka_admin_drop(admin, to_name, &err);
	kafka_admin_close(admin);
	return failed;
}
