/* way: where a rollback leads, after every kind of history. */
#include "../../services/operator/way.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define BACK(...) way_back((int64_t[]){__VA_ARGS__}, sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

static void back_goes_one_build_back(void **state)
{
	(void)state;
	assert_int_equal(BACK(1, 2), 1);
	assert_int_equal(BACK(1, 2, 3), 2);
}

static void a_second_rollback_goes_further_back(void **state)
{
	(void)state;
	assert_int_equal(BACK(1, 2, 3, 2), 1);
	assert_int_equal(BACK(1, 2, 3, 2, 1), -1);
}

static void what_was_left_can_be_promoted_anew(void **state)
{
	(void)state;
	assert_int_equal(BACK(1, 2, 1, 2), 1);
	assert_int_equal(BACK(1, 2, 3, 2, 3), 2);
	assert_int_equal(BACK(1, 2, 3, 1, 3), 1);
}

static void dropped_ones_are_skipped(void **state)
{
	(void)state;
	assert_int_equal(BACK(1, 3), 1);     /* 1 2 3, and 2 is gone */
	assert_int_equal(BACK(1, 2, 2), 1);  /* 1 2 3 2, and 3 is gone */
	assert_int_equal(BACK(3, 2, 3), -1); /* 1 3 2 3, and 1 is gone */
	assert_int_equal(BACK(2, 4), 2);     /* 1 2 3 4, and 1 and 3 are gone */
}

static void there_may_be_nothing_to_go_back_to(void **state)
{
	int64_t none[1] = {0};

	(void)state;
	assert_int_equal(way_back(none, 0), -1);
	assert_int_equal(BACK(1), -1);
	assert_int_equal(BACK(1, 1, 1), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(back_goes_one_build_back),
		cmocka_unit_test(a_second_rollback_goes_further_back),
		cmocka_unit_test(what_was_left_can_be_promoted_anew),
		cmocka_unit_test(dropped_ones_are_skipped),
		cmocka_unit_test(there_may_be_nothing_to_go_back_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
