#include "ledger/fold.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define TOPIC "t.feed.press"

static struct fold *fold;
static struct err err;
static int64_t next[2]; /* offsets on incidents */

static void begin(unsigned pass, unsigned passes, size_t rows_max)
{
	memset(next, 0, sizeof next);
	assert_int_equal(fold_begin(fold, pass, passes, rows_max, &err), 0);
}

static int setup(void **state)
{
	(void)state;
	if (fold_open(&fold, 2, &err))
		return -1;
	begin(0, 1, 1000);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fold_close(fold);
	return 0;
}

/* An upsert, the sequence-th of its chain; what the test cares about is set afterwards. */
static struct fold_record record(int32_t partition, int64_t epoch, int64_t sequence, int id, int64_t revision)
{
	struct fold_record r = {
		.partition = partition,
		.append_ms = 5000,
		.readable = true,
		.link = {TOPIC, sizeof TOPIC - 1, partition, epoch, sequence - 1, sequence},
		.row = {.hash = id * 1000 + revision,
			.slot = row_slot(600 + (int32_t)revision, 7, 3, 1, 10),
			.n = 1,
			.state = LEDGER_COUNTED,
			.order = {revision, 9000 + sequence, sequence - 1, epoch, partition}},
	};

	memset(r.row.id, id, sizeof r.row.id);
	return r;
}

static int take(struct fold_record r)
{
	r.offset = next[r.partition]++;
	return fold_take(fold, &r, &err);
}

static void put(struct fold_record r)
{
	assert_int_equal(take(r), 0);
}

static struct ledger_row row_of(int id)
{
	struct ledger_row row;

	for (size_t i = 0; i < fold_count(fold); i++) {
		fold_row(fold, i, &row);
		if (row.id[0] == id)
			return row;
	}
	fail_msg("no row of %d", id);
	return row;
}

static const int64_t *fates(size_t chain)
{
	assert_true(chain < fold_chains(fold)->chain_count);
	return fold_chains(fold)->chains[chain].fates;
}

static size_t changes(void)
{
	size_t count;

	(void)fold_changes(fold, &count);
	return count;
}

static void the_greatest_order_key_wins_whatever_comes_when(void **state)
{
	(void)state;
	put(record(0, 1, 1, 1, 5));
	put(record(0, 1, 2, 1, 4));
	assert_int_equal(row_of(1).order.revision, 5);
	put(record(0, 1, 3, 1, 6));
	put(record(1, 1, 1, 1, 6)); /* the same revision over the other partition: it came before */
	assert_int_equal(row_of(1).order.revision, 6);
	assert_int_equal(row_of(1).order.received_at, 9003);
	assert_int_equal(row_of(1).order.partition, 0);
	assert_int_equal(fold_count(fold), 1);
	assert_int_equal(fates(0)[CHAIN_UPSERTED], 2);
	assert_int_equal(fates(0)[CHAIN_SUPERSEDED], 1);
	assert_int_equal(fates(1)[CHAIN_SUPERSEDED], 1);
	assert_int_equal(changes(), 2); /* out of the old month, into the new */
}

static void the_same_content_is_a_duplicate_that_moves_the_order_key(void **state)
{
	struct fold_record again = record(0, 1, 2, 1, 6);

	(void)state;
	put(record(0, 1, 1, 1, 5));
	again.row.hash = record(0, 1, 1, 1, 5).row.hash;
	again.row.slot = record(0, 1, 1, 1, 5).row.slot;
	put(again);
	assert_int_equal(row_of(1).order.revision, 6);
	assert_int_equal(fates(0)[CHAIN_DUPLICATE], 1);
	assert_int_equal(changes(), 0);
}

static struct fold_record withdraw(int64_t sequence, int id, int64_t revision)
{
	struct fold_record r = record(0, 1, sequence, id, revision);

	r.operation = INCIDENT_WITHDRAW;
	r.row.state = LEDGER_WITHDRAWN;
	r.row.hash = r.row.slot = r.row.n = 0;
	r.row.occurred_from = INCIDENT_NULL;
	return r;
}

static void a_withdraw_keeps_the_row_and_its_order_key(void **state)
{
	const struct fold_change *log;
	size_t count;

	(void)state;
	put(record(0, 1, 1, 1, 5));
	put(withdraw(2, 1, 7));
	put(record(0, 1, 3, 1, 6)); /* older than the withdraw */
	assert_int_equal(row_of(1).state, LEDGER_WITHDRAWN);
	assert_int_equal(row_of(1).order.revision, 7);
	assert_int_equal(fates(0)[CHAIN_WITHDRAWN], 1);
	assert_int_equal(fates(0)[CHAIN_SUPERSEDED], 1);
	log = fold_changes(fold, &count);
	assert_int_equal(count, 1);
	assert_int_equal(log[0].change.delta, -1);
	assert_int_equal(log[0].offset, 1);
	assert_int_equal(log[0].append_ms, 5000);
	fold_changes_clear(fold);
	assert_int_equal(changes(), 0);
}

static struct fold_record reject_of(int64_t epoch, int64_t sequence, int id, int64_t revision)
{
	struct fold_record r = record(0, epoch, sequence, id, revision);

	r.operation = INCIDENT_REJECT;
	r.row.state = LEDGER_REJECTED;
	return r;
}

static void a_reject_takes_out_its_own_message_only(void **state)
{
	(void)state;
	put(record(0, 1, 1, 1, 5));
	put(record(0, 1, 2, 2, 5));
	put(reject_of(1, 3, 1, 6)); /* another message: it only counts */
	assert_int_equal(row_of(1).state, LEDGER_COUNTED);
	put(reject_of(2, 1, 1, 4)); /* the first message, read again */
	assert_int_equal(row_of(1).state, LEDGER_REJECTED);
	assert_int_equal(row_of(1).order.epoch, 2);
	assert_int_equal(row_of(1).order.revision, 5);
	assert_int_equal(row_of(1).n, 0);
	assert_int_equal(row_of(2).state, LEDGER_COUNTED);
	assert_int_equal(fates(0)[CHAIN_REJECTED], 1);
	assert_int_equal(fates(1)[CHAIN_REJECTED], 1);
	put(reject_of(2, 2, 3, 4)); /* of an incident that nobody has seen */
	assert_int_equal(fold_count(fold), 2);
}

static void redelivered_lost_and_unreadable_are_told_apart(void **state)
{
	struct fold_record nothing = {.partition = 1};

	(void)state;
	put(record(0, 1, 1, 1, 5));
	put(record(0, 1, 3, 2, 5));
	put(record(0, 1, 3, 2, 5));
	put(nothing);
	assert_int_equal(fates(0)[CHAIN_REDELIVERED], 1);
	assert_int_equal(chain_lost(fold_chains(fold), 0), 1);
	assert_int_equal(chain_difference(fold_chains(fold), 0), 0);
	assert_int_equal(fold_position(fold, 0).next, 3);
	assert_int_equal(fold_position(fold, 0).unreadable, 0);
	assert_int_equal(fold_position(fold, 1).next, 1);
	assert_int_equal(fold_position(fold, 1).unreadable, 1);
}

static void a_gap_that_a_higher_epoch_has_read_past_is_closed(void **state)
{
	(void)state;
	put(record(0, 1, 1, 1, 5));
	put(record(0, 1, 3, 2, 5));
	for (int sequence = 1; sequence <= 3; sequence++)
		put(record(0, 2, sequence, sequence, 5));
	fold_end_partition(fold);
	assert_int_equal(chain_lost(fold_chains(fold), 0), 0);
	assert_int_equal(fates(0)[CHAIN_SUPERSEDED], 1);
}

static void what_does_not_fit_is_said(void **state)
{
	(void)state;
	begin(0, 1, 3);
	for (int id = 1; id <= 3; id++)
		put(record(0, 1, id, id, 5));
	put(record(0, 1, 4, 2, 6)); /* no new incident */
	assert_int_equal(take(record(0, 1, 5, 4, 5)), 1);
	assert_int_equal(fold_count(fold), 3);
}

#define MANY 40000 /* more than two blocks */
#define IDS 33000

static void put_many(void)
{
	for (int i = 0; i < MANY; i++) {
		struct fold_record r = record(i & 1, 1, i / 2 + 1 + (i > 1000), 0, i % 5);
		int id = (int)((unsigned)i * 7919u % IDS);

		memcpy(r.row.id, &id, sizeof id);
		r.row.hash = i;
		put(r);
	}
	put(record(0, 1, 5, 1, 9)); /* redelivered */
	fold_end_partition(fold);
}

static void several_passes_are_one(void **state)
{
	struct chain_set whole;
	size_t whole_changes, rows = 0;
	struct ledger_row row;
	int64_t sum = 0, whole_sum = 0;

	(void)state;
	begin(0, 1, MANY);
	put_many();
	assert_int_equal(fold_count(fold), IDS);
	for (size_t i = 0; i < IDS; i++) {
		fold_row(fold, i, &row);
		whole_sum += row.hash * (row.slot % 1009);
	}
	chain_set_init(&whole);
	assert_int_equal(chain_set_copy(&whole, fold_chains(fold), &err), 0);
	whole_changes = changes();
	for (unsigned pass = 0; pass < 3; pass++) {
		begin(pass, 3, IDS / 2);
		put_many();
		assert_in_range(fold_count(fold), IDS / 4, IDS / 2);
		rows += fold_count(fold);
		for (size_t i = 0; i < fold_count(fold); i++) {
			fold_row(fold, i, &row);
			sum += row.hash * (row.slot % 1009);
		}
	}
	assert_int_equal(rows, IDS);
	assert_int_equal(sum, whole_sum);
	assert_int_equal(changes(), whole_changes);
	assert_int_equal(fold_chains(fold)->chain_count, whole.chain_count);
	assert_int_equal(fold_chains(fold)->gap_count, whole.gap_count);
	for (size_t i = 0; i < whole.chain_count; i++)
		assert_memory_equal(fates(i), whole.chains[i].fates, sizeof whole.chains[i].fates);
	assert_int_equal(fold_position(fold, 0).next, next[0]);
	chain_set_release(&whole);
}

/* Thirty thousand incidents, some twice, some unreadable between them: an index full of collisions. */
static void all_at_once_are_one_by_one(void **state)
{
	enum { RECORDS = 40000, INCIDENTS = 30000 };
	struct fold_record *records = calloc(RECORDS, sizeof *records);
	struct fold *other;
	size_t count, other_count;

	(void)state;
	assert_non_null(records);
	for (int i = 0; i < RECORDS; i++) {
		uint64_t id = (uint64_t)(i * 7 % INCIDENTS);

		records[i] = record(0, 1, i + 1, 1, i % 9);
		records[i].offset = i;
		records[i].readable = i % 1000 != 999;
		memcpy(records[i].row.id, &id, sizeof id);
	}
	begin(0, 1, INCIDENTS);
	assert_int_equal(fold_open(&other, 2, &err), 0);
	assert_int_equal(fold_begin(other, 0, 1, INCIDENTS, &err), 0);
	for (size_t i = 0; i < RECORDS; i++)
		assert_int_equal(fold_take(fold, &records[i], &err), 0);
	for (size_t i = 0; i < RECORDS; i += 4096)
		assert_int_equal(fold_take_all(other, records + i, RECORDS - i < 4096 ? RECORDS - i : 4096, &err), 0);
	assert_in_range(fold_count(fold), INCIDENTS - 100, INCIDENTS);
	assert_int_equal(fold_count(other), fold_count(fold));
	for (size_t i = 0; i < fold_count(fold); i++) {
		struct ledger_row a, b;

		fold_row(fold, i, &a);
		fold_row(other, i, &b);
		assert_memory_equal(&a, &b, sizeof a);
	}
	assert_memory_equal(fold_chains(fold)->chains, fold_chains(other)->chains, sizeof(struct chain));
	(void)fold_changes(fold, &count);
	(void)fold_changes(other, &other_count);
	assert_int_equal(count, other_count);
	begin(0, 1, 10);
	assert_int_equal(fold_take_all(fold, records, RECORDS, &err), 1);
	fold_close(other);
	free(records);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_greatest_order_key_wins_whatever_comes_when),
		TEST(the_same_content_is_a_duplicate_that_moves_the_order_key),
		TEST(a_withdraw_keeps_the_row_and_its_order_key),
		TEST(a_reject_takes_out_its_own_message_only),
		TEST(redelivered_lost_and_unreadable_are_told_apart),
		TEST(a_gap_that_a_higher_epoch_has_read_past_is_closed),
		TEST(what_does_not_fit_is_said),
		TEST(several_passes_are_one),
		TEST(all_at_once_are_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
