/* known: an id that was put is always known afterwards; new ones are nearly always told to be new. */
#include "../../services/aggregator/known.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void make_id(uint64_t n, uint8_t id[16])
{
	uint64_t a = (n + 1) * 0x9e3779b97f4a7c15u, b = (n + 7) * 0xc2b2ae3d27d4eb4fu;

	memcpy(id, &a, 8);
	memcpy(id + 8, &b, 8);
}

static void put_is_known(void **state)
{
	struct known k = {0};
	unsigned wrong = 0;
	uint8_t id[16];

	(void)state;
	assert_true(known_begin(&k));
	for (uint64_t n = 0; n < 1000000; n++) {
		make_id(n, id);
		wrong += known_put(&k, id);
	}
	assert_true(wrong < 1000);
	for (uint64_t n = 0; n < 1000000; n++) {
		make_id(n, id);
		assert_true(known_put(&k, id));
	}
	known_release(&k);
}

static void without_a_filter_everything_may_be_there(void **state)
{
	struct known k = {0};
	uint8_t id[16] = {1};

	(void)state;
	assert_true(known_put(&k, id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(put_is_known),
					   cmocka_unit_test(without_a_filter_everything_may_be_there)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
