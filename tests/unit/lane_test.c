#include "normalizer/lane.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define NOW INT64_C(1779900000000)

static struct lane lane;
static char metadata[LANE_METADATA_MAX];

static int open_lane(const char *text)
{
	struct err err = {0};
	int known = lane_open(&lane, 3, 7, text, NOW, &err);

	assert_true(known >= 0);
	return known;
}

static int teardown(void **state)
{
	(void)state;
	lane_close(&lane);
	return 0;
}

static void acknowledge(int64_t sequence)
{
	lane_acknowledge(&lane, lane_tag(&lane, sequence));
}

/* What is not our own metadata is never half understood: a new epoch re-reads, which is harmless. */
static void without_known_metadata_a_new_epoch_begins(void **state)
{
	static const char *const texts[] = {"",	       "x",	 "1",	   "1,2",   "1,2,", "1,2,3x",
					    "1,2,3,4", " 1,2,3", "-1,2,3", "1,0,3", "1,,3"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		assert_int_equal(open_lane(texts[i]), 0);
		assert_int_equal(lane.epoch, NOW);
		assert_int_equal(lane_read(&lane, 50, NOW, 1), 1);
		lane_close(&lane);
	}
	assert_int_equal(open_lane(""), 0);
	assert_int_equal(lane.check_offset, -1);
}

static void a_commit_is_gone_on_from_where_it_was(void **state)
{
	(void)state;
	assert_int_equal(open_lane(""), 0);
	lane_read(&lane, 10, NOW + 1, 1);
	lane_read(&lane, 12, NOW + 2, 1);
	acknowledge(1);
	acknowledge(2);
	assert_int_equal(lane_commit(&lane, metadata), 13);
	lane_close(&lane);
	assert_int_equal(open_lane(metadata), 1);
	assert_int_equal(lane.epoch, NOW);
	assert_int_equal(lane.check_append_ms, NOW + 2);
	assert_int_equal(lane_commit(&lane, metadata), -1);
	assert_int_equal(lane_read(&lane, 13, NOW + 3, 1), 3);
	assert_int_equal(lane_read(&lane, 14, NOW + 4, 1), 4);
	acknowledge(4);
	assert_int_equal(lane_commit(&lane, metadata), -1);
	acknowledge(3);
	assert_int_equal(lane_commit(&lane, metadata), 15);
}

/* Only the prefix without a hole may be committed: else a crash would skip the message in the hole. */
static void only_the_acknowledged_prefix_is_committed(void **state)
{
	(void)state;
	open_lane("");
	for (int64_t offset = 0; offset < 4; offset++)
		lane_read(&lane, offset, NOW + offset, 1);
	acknowledge(2);
	acknowledge(4);
	assert_int_equal(lane_commit(&lane, metadata), -1);
	acknowledge(1);
	assert_int_equal(lane_commit(&lane, metadata), 2);
	assert_string_equal(metadata, "1779900000000,2,1779900000001");
	assert_int_equal(lane_commit(&lane, metadata), -1);
	acknowledge(3);
	assert_int_equal(lane_commit(&lane, metadata), 4);
}

/* A rejected message owes two: its record and its dead letter. */
static void a_message_is_done_with_its_last_acknowledgement(void **state)
{
	(void)state;
	open_lane("");
	lane_read(&lane, 0, NOW, 2);
	acknowledge(1);
	assert_int_equal(lane_commit(&lane, metadata), -1);
	acknowledge(1);
	assert_int_equal(lane_commit(&lane, metadata), 1);
	lane_read(&lane, 1, NOW, 2);
	lane_forgo(&lane, 2);
	assert_int_equal(lane_commit(&lane, metadata), -1);
	acknowledge(2);
	assert_int_equal(lane_commit(&lane, metadata), 2);
}

/* Acknowledgements of an earlier membership can be told apart, and repeated ones do no harm. */
static void strange_acknowledgements_are_none_of_ours(void **state)
{
	uint64_t tag;

	(void)state;
	open_lane("");
	lane_read(&lane, 0, NOW, 1);
	tag = lane_tag(&lane, 1);
	assert_int_equal(lane_tag_number(tag), 7);
	acknowledge(1);
	acknowledge(1);
	acknowledge(99);
	assert_int_equal(lane_commit(&lane, metadata), 1);
	lane_read(&lane, 1, NOW, 1);
	acknowledge(1);
	assert_int_equal(lane_commit(&lane, metadata), -1);
}

/* Full is full: the normalizer waits rather than overwriting what is under way; the ring goes round. */
static void the_ring_is_full_and_goes_round(void **state)
{
	(void)state;
	open_lane("");
	for (int64_t n = 1; n <= LANE_RING; n++) {
		assert_false(lane_full(&lane));
		assert_int_equal(lane_read(&lane, 2 * n, NOW + n, 1), n);
	}
	assert_true(lane_full(&lane));
	acknowledge(2);
	assert_true(lane_full(&lane));
	acknowledge(1);
	assert_false(lane_full(&lane));
	assert_int_equal(lane_read(&lane, 99999, NOW, 1), LANE_RING + 1);
	assert_int_equal(lane_commit(&lane, metadata), 5);
	acknowledge(1);		    /* again; its place in the ring is the newest message's now */
	acknowledge(3 + LANE_RING); /* not read yet; its place is the third message's */
	assert_int_equal(lane_commit(&lane, metadata), -1);
	for (int64_t n = 3; n <= LANE_RING; n++)
		acknowledge(n);
	assert_int_equal(lane_commit(&lane, metadata), 2 * LANE_RING + 1);
	acknowledge(LANE_RING + 1);
	assert_int_equal(lane_commit(&lane, metadata), 100000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
	const struct CMUnitTest tests[] = {
		TEST(without_known_metadata_a_new_epoch_begins), TEST(a_commit_is_gone_on_from_where_it_was),
		TEST(only_the_acknowledged_prefix_is_committed), TEST(a_message_is_done_with_its_last_acknowledgement),
		TEST(strange_acknowledgements_are_none_of_ours), TEST(the_ring_is_full_and_goes_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
