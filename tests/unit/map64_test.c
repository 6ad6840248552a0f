#include "base/map64.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static uint64_t key_of(uint32_t i)
{
	return ((uint64_t)(i % 100) << 48) | ((uint64_t)i << 8) | 1; /* packed fields, as cells are */
}

static void counts_like_a_table(void **state)
{
	enum { KEYS = 20000 };
	struct map64 m;
	uint32_t i, *slot;

	(void)state;
	map64_init(&m);
	for (i = 0; i < KEYS; i++) {
		assert_int_equal(map64_put(&m, key_of(i), i, &slot), 1);
		assert_int_equal(*slot, i);
	}
	assert_int_equal(m.len, KEYS);
	for (i = 0; i < KEYS; i++) {
		assert_int_equal(map64_put(&m, key_of(i), 0, &slot), 0);
		assert_int_equal(*slot, i);
		*slot += 7;
	}
	assert_int_equal(map64_put(&m, key_of(123), 0, &slot), 0);
	assert_int_equal(*slot, 130);
	map64_release(&m);
	assert_int_equal(m.len, 0);
	map64_release(&m);
}

static void cleared_table_is_empty_and_keeps_its_memory(void **state)
{
	struct map64 m;
	uint32_t i, round, *slot;
	size_t cap;

	(void)state;
	map64_init(&m);
	map64_clear(&m);
	for (i = 0; i < 1000; i++)
		assert_int_equal(map64_put(&m, key_of(i), i, &slot), 1);
	cap = m.cap;
	for (round = 0; round < 50; round++) {
		map64_clear(&m);
		assert_int_equal(m.len, 0);
		for (i = 0; i < 20; i++)
			assert_int_equal(map64_put(&m, key_of(i + round * 31), round, &slot), 1);
		assert_int_equal(map64_put(&m, key_of(round * 31), 99, &slot), 0);
		assert_int_equal(*slot, round);
	}
	assert_int_equal(m.cap, cap);
	map64_release(&m);
}

static void extreme_keys(void **state)
{
	struct map64 m;
	uint32_t *slot;

	(void)state;
	map64_init(&m);
	assert_int_equal(map64_put(&m, UINT64_MAX, UINT32_MAX, &slot), 1);
	assert_int_equal(map64_put(&m, 1, 0, &slot), 1);
	assert_int_equal(map64_put(&m, UINT64_MAX, 0, &slot), 0);
	assert_int_equal(*slot, UINT32_MAX);
	map64_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_like_a_table),
		cmocka_unit_test(cleared_table_is_empty_and_keeps_its_memory),
		cmocka_unit_test(extreme_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
