/* writer: what a transaction that fails makes of its range. The database is the test's: it takes at most so many
 * records at a time. */
#define db_open fake_db_open
#define db_script fake_db_script
#define db_close fake_db_close
#define db_param_int2 fake_db_param_int2
#define db_query fake_db_query
#define db_int fake_db_int
#define db_free fake_db_free
#define rules_load fake_rules_load
#define rules_build fake_rules_build
#define rules_close fake_rules_close
#define run_pause fake_pause
#define run_backoff_ms fake_backoff
#define transaction_run fake_transaction
#define transaction_prepare fake_prepare
#define transaction_owned fake_owned
#include "../../services/aggregator/writer.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define RECORDS 8

static struct owned owned;
static size_t taken_at_once;
static unsigned failures_left, longest_attempt, tries;
static enum err_kind failure;

int fake_db_open(struct db **db, const char *application, int statement_timeout_ms, struct err *err)
{
	(void)application;
	(void)statement_timeout_ms;
	(void)err;
	*db = NULL;
	return 0;
}

int fake_db_script(struct db *db, const char *sql, struct err *err)
{
	(void)db;
	(void)sql;
	(void)err;
	return 0;
}

void fake_db_close(struct db *db)
{
	(void)db;
}

/* The lock on the build is always had. */
void fake_db_param_int2(struct db *db, int16_t v)
{
	(void)db;
	(void)v;
}

long fake_db_query(struct db *db, const char *sql, struct db_result **result, struct err *err)
{
	(void)db;
	(void)sql;
	(void)err;
	*result = NULL;
	return 1;
}

int64_t fake_db_int(const struct db_result *r, long row, int column)
{
	(void)r;
	(void)row;
	(void)column;
	return 1;
}

void fake_db_free(struct db_result *r)
{
	(void)r;
}

int16_t fake_rules_build(const struct rules *rules)
{
	(void)rules;
	return 1;
}

int fake_rules_load(struct rules **rules, struct db *db, const char *build, struct err *err)
{
	(void)rules;
	(void)db;
	(void)build;
	(void)err;
	return 0;
}

void fake_rules_close(struct rules *rules)
{
	(void)rules;
}

void fake_pause(int64_t ms)
{
	(void)ms;
}

int64_t fake_backoff(unsigned attempt)
{
	if (attempt > longest_attempt)
		longest_attempt = attempt;
	return 0;
}

int fake_prepare(struct db *db, struct err *err)
{
	(void)db;
	(void)err;
	return 0;
}

struct owned *fake_owned(struct writer *w, int32_t partition)
{
	(void)w;
	(void)partition;
	return &owned;
}

int fake_transaction(struct writer *w, struct batch *b, size_t from, size_t to, struct err *err)
{
	(void)w;
	(void)b;
	assert_true(++tries < 100);
	assert_int_equal(from, owned.next);
	if (failures_left > 0 || to - from > taken_at_once) {
		failures_left -= failures_left > 0;
		return failure == ERR_MESSAGE ? err_message(err, REASON_CONSTRAINT, "refused")
					      : err_set(err, ERR_RETRY, "57014");
	}
	owned.next = (int64_t)to;
	return 0;
}

static struct writer writer;
static struct batch batch;

static int setup(void **state)
{
	struct err err = {0};

	(void)state;
	memset(&writer, 0, sizeof writer);
	owned.next = 0;
	failures_left = longest_attempt = tries = 0;
	taken_at_once = RECORDS;
	failure = ERR_RETRY;
	assert_int_equal(batch_init(&batch, RECORDS, &err), 0);
	for (size_t i = 0; i < RECORDS; i++)
		batch.records[i] = (struct record){.offset = (int64_t)i};
	batch.count = RECORDS;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	batch_release(&batch);
	return 0;
}

static void commit_all(void)
{
	struct err err = {0};

	assert_int_equal(commit_range(&writer, &batch, 0, RECORDS, &err), 0);
	assert_int_equal(owned.next, RECORDS);
}

/* 8 fails twice, 4 twice, then two of 2; the other 4 the same way. */
static void a_range_that_always_times_out_is_halved(void **state)
{
	(void)state;
	taken_at_once = 2;
	commit_all();
	assert_int_equal(tries, 2 + 2 * (2 + 2));
	assert_int_equal(writer.counts.constraint_rejects, 0);
}

static void one_failure_changes_nothing(void **state)
{
	(void)state;
	failures_left = 1;
	commit_all();
	assert_int_equal(tries, 2);
}

static void a_range_of_one_goes_on_with_longer_pauses(void **state)
{
	struct err err = {0};

	(void)state;
	failures_left = 7;
	assert_int_equal(commit_range(&writer, &batch, 0, 1, &err), 0);
	assert_int_equal(tries, 8);
	assert_int_equal(longest_attempt, 6);
	assert_int_equal(batch.records[0].operation, INCIDENT_UPSERT);
}

/* A detail that finds no room is left out; what stands after the buffer is never read. */
static void a_refusal_without_room_for_its_detail_has_none(void **state)
{
	(void)state;
	failure = ERR_MESSAGE;
	taken_at_once = 4;
	failures_left = 1 + 1 + 1 + 1; /* 8, 4, 2, 1 */
	batch.texts.max = 3;
	commit_all();
	assert_int_equal(writer.counts.constraint_rejects, 1);
	assert_int_equal(batch.records[0].operation, INCIDENT_REJECT);
	assert_int_equal(batch.records[0].detail_len, 0);
	assert_false(batch.texts.overflow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_range_that_always_times_out_is_halved, setup, teardown),
		cmocka_unit_test_setup_teardown(one_failure_changes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(a_range_of_one_goes_on_with_longer_pauses, setup, teardown),
		cmocka_unit_test_setup_teardown(a_refusal_without_room_for_its_detail_has_none, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
