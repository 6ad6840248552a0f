#include "positions/chain.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static struct chain_set set;

static int setup(void **state)
{
	(void)state;
	chain_set_init(&set);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	chain_set_release(&set);
	return 0;
}

/* After every step the books must balance, whatever else the test is about. */
static void balanced(void)
{
	for (uint32_t i = 0; i < set.chain_count; i++)
		assert_int_equal(chain_difference(&set, i), 0);
}

/* A record arrives; what is let through counts as upserted. */
static int see(int64_t epoch, int64_t offset, int64_t sequence)
{
	const struct chain_link link = {"feed.press", 10, 2, epoch, offset, sequence};
	struct err err = {0};
	uint32_t index;
	int verdict = chain_see(&set, &link, &index, &err);

	assert_true(verdict >= 0);
	if (verdict == CHAIN_APPLY)
		chain_count(&set, index, CHAIN_UPSERTED, 7000 + offset, 9000 + offset);
	balanced();
	return verdict;
}

static uint32_t chain_of(int64_t epoch)
{
	long index = chain_set_find(&set, "feed.press", 10, 2, epoch);

	assert_true(index >= 0);
	return (uint32_t)index;
}

static int64_t lost(int64_t epoch)
{
	return chain_lost(&set, chain_of(epoch));
}

static int64_t fate(int64_t epoch, enum chain_fate which)
{
	return set.chains[chain_of(epoch)].fates[which];
}

static void close_overtaken(void)
{
	chain_close_overtaken(&set);
	balanced();
}

/* Offsets the broker skips (a transaction's markers) are no loss: only the sequence counts. */
static void the_next_record_is_applied(void **state)
{
	(void)state;
	assert_int_equal(see(1, 10, 1), CHAIN_APPLY);
	assert_int_equal(see(1, 14, 2), CHAIN_APPLY);
	assert_int_equal(lost(1), 0);
	assert_int_equal(fate(1, CHAIN_UPSERTED), 2);
	assert_int_equal(set.chains[0].first_offset, 10);
	assert_int_equal(set.chains[0].last_offset, 14);
	assert_int_equal(set.chains[0].newest_at, 7014);
	assert_int_equal(set.chains[0].last_at, 9014);
}

/* 10, 12, 11, 12: a loss is seen at once, healed by the record that comes late, and what comes again is told apart. */
static void a_gap_is_seen_and_healed(void **state)
{
	(void)state;
	for (int64_t n = 1; n <= 10; n++)
		assert_int_equal(see(1, 99 + n, n), CHAIN_APPLY);
	assert_int_equal(see(1, 111, 12), CHAIN_APPLY);
	assert_int_equal(lost(1), 1);
	assert_int_equal(see(1, 110, 11), CHAIN_APPLY);
	assert_int_equal(lost(1), 0);
	assert_int_equal(set.gap_count, 0);
	assert_int_equal(see(1, 111, 12), CHAIN_AGAIN);
	assert_int_equal(set.chains[0].sequence, 12);
	assert_int_equal(set.chains[0].last_offset, 111);
	assert_int_equal(fate(1, CHAIN_UPSERTED), 12);
	assert_int_equal(fate(1, CHAIN_REDELIVERED), 1);
}

static void a_gap_at_the_start_is_a_loss_too(void **state)
{
	(void)state;
	assert_int_equal(see(1, 3, 4), CHAIN_APPLY);
	assert_int_equal(lost(1), 3);
	assert_int_equal(see(1, 0, 1), CHAIN_APPLY);
	assert_int_equal(lost(1), 2);
	assert_int_equal(set.chains[0].first_offset, 0);
	assert_int_equal(see(1, 0, 1), CHAIN_AGAIN);
	assert_int_equal(see(1, 2, 3), CHAIN_APPLY);
	assert_int_equal(see(1, 1, 2), CHAIN_APPLY);
	assert_int_equal(lost(1), 0);
}

/* A record in the middle splits the gap; each half heals by itself. */
static void a_gap_heals_from_its_middle(void **state)
{
	(void)state;
	assert_int_equal(see(1, 0, 1), CHAIN_APPLY);
	assert_int_equal(see(1, 6, 7), CHAIN_APPLY);
	assert_int_equal(see(1, 3, 4), CHAIN_APPLY);
	assert_int_equal(set.gap_count, 2);
	assert_int_equal(lost(1), 4);
	for (int64_t n = 2; n <= 6; n++)
		assert_int_equal(see(1, n - 1, n), n == 4 ? CHAIN_AGAIN : CHAIN_APPLY);
	assert_int_equal(set.gap_count, 0);
	assert_int_equal(fate(1, CHAIN_UPSERTED), 7);
}

static void redelivery_changes_nothing_but_its_own_count(void **state)
{
	(void)state;
	for (int round = 0; round < 3; round++)
		for (int64_t n = 1; n <= 5; n++)
			assert_int_equal(see(1, n, n), round ? CHAIN_AGAIN : CHAIN_APPLY);
	assert_int_equal(fate(1, CHAIN_UPSERTED), 5);
	assert_int_equal(fate(1, CHAIN_REDELIVERED), 10);
	assert_int_equal(set.chains[0].sequence, 5);
}

/* The old epoch lost two messages; the new one has read them: they are not lost but superseded. */
static void a_higher_epoch_overtakes_a_gap(void **state)
{
	(void)state;
	assert_int_equal(see(1, 0, 1), CHAIN_APPLY);
	assert_int_equal(see(1, 3, 4), CHAIN_APPLY);
	for (int64_t n = 0; n < 2; n++)
		assert_int_equal(see(2, n, n + 1), CHAIN_APPLY);
	close_overtaken();
	assert_int_equal(lost(1), 2); /* offset 2 has not been read again yet */
	assert_int_equal(see(2, 2, 3), CHAIN_APPLY);
	close_overtaken();
	assert_int_equal(lost(1), 0);
	assert_int_equal(fate(1, CHAIN_SUPERSEDED), 2);
}

static void a_late_record_of_an_overtaken_offset_counts_as_superseded(void **state)
{
	(void)state;
	assert_int_equal(see(1, 0, 1), CHAIN_APPLY);
	assert_int_equal(see(2, 0, 1), CHAIN_APPLY);
	assert_int_equal(see(2, 1, 2), CHAIN_APPLY);
	assert_int_equal(see(1, 1, 2), CHAIN_OVERTAKEN);
	assert_int_equal(fate(1, CHAIN_SUPERSEDED), 1);
	assert_int_equal(fate(1, CHAIN_UPSERTED), 1);
	assert_int_equal(see(1, 2, 3), CHAIN_APPLY); /* nobody has read this one before */
}

/* What the higher epoch lost itself it has not read: else both would drop the message. */
static void a_gap_of_the_higher_epoch_does_not_overtake(void **state)
{
	(void)state;
	assert_int_equal(see(1, 0, 1), CHAIN_APPLY);
	assert_int_equal(see(1, 2, 3), CHAIN_APPLY);
	assert_int_equal(see(2, 0, 1), CHAIN_APPLY);
	assert_int_equal(see(2, 2, 3), CHAIN_APPLY);
	close_overtaken();
	assert_int_equal(lost(1), 1);
	assert_int_equal(lost(2), 1);
	assert_int_equal(see(1, 1, 2), CHAIN_APPLY);
	assert_int_equal(lost(1), 0);
	assert_int_equal(lost(2), 1); /* the lower epoch never closes the higher one's gap */
}

/* A record within the gap narrows it to the offsets that are still unknown, on either side. */
static void each_half_of_a_gap_is_overtaken_by_itself(void **state)
{
	(void)state;
	assert_int_equal(see(1, 0, 1), CHAIN_APPLY);
	assert_int_equal(see(1, 6, 7), CHAIN_APPLY);
	assert_int_equal(see(1, 3, 4), CHAIN_APPLY);
	for (int64_t n = 0; n <= 2; n++)
		assert_int_equal(see(2, n, n + 1), CHAIN_APPLY);
	close_overtaken();
	assert_int_equal(lost(1), 2);
	for (int64_t n = 4; n <= 5; n++)
		assert_int_equal(see(3, n, n - 3), CHAIN_APPLY);
	close_overtaken();
	assert_int_equal(lost(1), 0);
	assert_int_equal(fate(1, CHAIN_SUPERSEDED), 4);
}

/* A replay of a later stretch has not read what lies before it. */
static void an_epoch_that_began_later_does_not_overtake(void **state)
{
	(void)state;
	assert_int_equal(see(1, 0, 1), CHAIN_APPLY);
	assert_int_equal(see(1, 3, 4), CHAIN_APPLY);
	assert_int_equal(see(2, 2, 1), CHAIN_APPLY);
	assert_int_equal(see(2, 9, 2), CHAIN_APPLY);
	close_overtaken();
	assert_int_equal(lost(1), 2);
	assert_int_equal(see(1, 1, 2), CHAIN_APPLY);
	assert_int_equal(see(1, 2, 3), CHAIN_OVERTAKEN);
	assert_int_equal(lost(1), 0);
}

static void other_partitions_and_topics_are_chains_of_their_own(void **state)
{
	const struct chain_link links[] = {
		{"feed.press", 10, 2, 5, 1, 1}, {"feed.press", 10, 3, 5, 1, 1}, {"feed.staff", 10, 2, 5, 1, 1}};
	struct err err = {0};
	uint32_t index;

	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(chain_see(&set, &links[i], &index, &err), CHAIN_APPLY);
		assert_int_equal(index, i);
		chain_count(&set, index, CHAIN_REJECTED, INT64_MIN, INT64_MIN);
	}
	assert_int_equal(set.chain_count, 3);
	assert_int_equal(chain_set_find(&set, "feed.pres", 9, 2, 5), -1);
	balanced();
}

static void what_is_no_link_is_refused_and_leaves_no_chain(void **state)
{
	char long_topic[CHAIN_TOPIC_MAX];
	const struct chain_link links[] = {{"t", 1, 0, 1, 0, 0},
					   {"t", 1, 0, 1, -1, 1},
					   {"t", 1, -1, 1, 0, 1},
					   {"t", 0, 0, 1, 0, 1},
					   {long_topic, sizeof long_topic, 0, 1, 0, 1}};
	uint32_t index;

	(void)state;
	memset(long_topic, 'x', sizeof long_topic);
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		struct err err = {0};

		assert_int_equal(chain_see(&set, &links[i], &index, &err), -1);
		assert_int_equal(err.kind, ERR_MESSAGE);
	}
	assert_int_equal(set.chain_count, 0);
}

/* A batch works on a copy, and only what it touched is written. */
static void a_copy_goes_its_own_way(void **state)
{
	struct chain_set copy;
	struct err err = {0};

	(void)state;
	assert_int_equal(see(1, 0, 1), CHAIN_APPLY);
	assert_int_equal(see(1, 4, 5), CHAIN_APPLY);
	chain_set_init(&copy);
	assert_int_equal(chain_set_copy(&copy, &set, &err), 0);
	chain_set_clean(&set);
	assert_false(set.chains[0].touched || set.gaps_touched);
	assert_true(copy.chains[0].touched && copy.gaps_touched);
	assert_int_equal(see(1, 2, 3), CHAIN_APPLY);
	assert_true(set.chains[0].touched && set.gaps_touched);
	assert_int_equal(lost(1), 2);
	assert_int_equal(chain_lost(&copy, 0), 3);
	chain_set_release(&copy);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_next_record_is_applied),
		TEST(a_gap_is_seen_and_healed),
		TEST(a_gap_at_the_start_is_a_loss_too),
		TEST(a_gap_heals_from_its_middle),
		TEST(redelivery_changes_nothing_but_its_own_count),
		TEST(a_higher_epoch_overtakes_a_gap),
		TEST(a_late_record_of_an_overtaken_offset_counts_as_superseded),
		TEST(a_gap_of_the_higher_epoch_does_not_overtake),
		TEST(each_half_of_a_gap_is_overtaken_by_itself),
		TEST(an_epoch_that_began_later_does_not_overtake),
		TEST(other_partitions_and_topics_are_chains_of_their_own),
		TEST(what_is_no_link_is_refused_and_leaves_no_chain),
		TEST(a_copy_goes_its_own_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
