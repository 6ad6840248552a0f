#include "ledger/delta.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static struct delta_table table;

static int setup(void **state)
{
	(void)state;
	delta_init(&table);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	delta_release(&table);
	return 0;
}

static void add(int64_t key, int64_t n, int64_t suppressed, int64_t key_sum)
{
	struct err err = {0};

	assert_int_equal(delta_add(&table, key, n, suppressed, key_sum, &err), 0);
}

static void sums_a_key_and_sorts_the_keys(void **state)
{
	(void)state;
	add(30, 1, 0, 100);
	add(0, 2, 0, 5); /* the smallest key is a key like any other */
	add(20, 1, 1, 7);
	add(30, 4, 0, -30);
	delta_finish(&table);
	assert_int_equal(table.count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(table.items[i].key, ((const int64_t[]){0, 20, 30})[i]);
	assert_int_equal(table.items[1].suppressed, 1);
	assert_int_equal(table.items[2].n, 5);
	assert_int_equal(table.items[2].key_sum, 70);
}

/* An incident that goes out and comes back to the same cell leaves no update of it. */
static void what_cancels_out_is_left_out(void **state)
{
	(void)state;
	add(1, 1, 0, 9);
	add(2, 1, 0, 8);
	add(1, -1, 0, -9);
	delta_finish(&table);
	assert_int_equal(table.count, 1);
	assert_int_equal(table.items[0].key, 2);
}

/* One out, another in: the count stays, but who is counted has changed. */
static void the_same_count_of_others_is_a_change(void **state)
{
	(void)state;
	add(1, 1, 0, 9);
	add(1, -1, 0, -4);
	add(2, 1, 0, 3);
	add(2, -1, 1, -3);
	delta_finish(&table);
	assert_int_equal(table.count, 2);
	assert_int_equal(table.items[0].n, 0);
	assert_int_equal(table.items[0].key_sum, 5);
	assert_int_equal(table.items[1].suppressed, 1);
}

static void nothing_and_cleared_are_empty(void **state)
{
	(void)state;
	delta_finish(&table);
	assert_int_equal(table.count, 0);
	add(5, 1, 0, 1);
	delta_finish(&table);
	delta_clear(&table);
	add(5, 2, 0, 2);
	delta_finish(&table);
	assert_int_equal(table.count, 1);
	assert_int_equal(table.items[0].n, 2);
}

static void holds_many_keys(void **state)
{
	enum { KEYS = 5000 };

	(void)state;
	for (int round = 0; round < 2; round++)
		for (int64_t k = KEYS; k-- > 0;)
			add(k << 32 | 17, 1, 0, k);
	delta_finish(&table);
	assert_int_equal(table.count, KEYS);
	for (int64_t k = 0; k < KEYS; k++) {
		assert_int_equal(table.items[k].key, k << 32 | 17);
		assert_int_equal(table.items[k].n, 2);
		assert_int_equal(table.items[k].key_sum, 2 * k);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(sums_a_key_and_sorts_the_keys),
		TEST(what_cancels_out_is_left_out),
		TEST(the_same_count_of_others_is_a_change),
		TEST(nothing_and_cleared_are_empty),
		TEST(holds_many_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
