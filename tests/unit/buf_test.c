#include "base/buf.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static void grows_and_is_reused(void **state)
{
	struct buf b;
	uint8_t *memory;
	int i, round;

	(void)state;
	buf_init(&b, 10000);
	assert_null(b.data);
	for (i = 0; i < 10000; i++)
		buf_byte(&b, (uint8_t)i);
	assert_false(b.overflow);
	assert_int_equal(b.len, 10000);
	for (i = 0; i < 10000; i++)
		assert_int_equal(b.data[i], (uint8_t)i);
	memory = b.data;
	for (round = 0; round < 3; round++) {
		buf_clear(&b);
		buf_append(&b, "hej", 3);
		assert_ptr_equal(b.data, memory);
		assert_memory_equal(b.data, "hej", 3);
		assert_int_equal(b.len, 3);
	}
	buf_release(&b);
	assert_null(b.data);
	buf_append(&b, "igen", 4); /* usable after release */
	assert_int_equal(b.len, 4);
	buf_release(&b);
}

static void limit_is_exact(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	buf_append(&b, "12345", 5);
	assert_false(b.overflow);
	buf_append(&b, "", 0);
	assert_false(b.overflow);
	buf_byte(&b, '6');
	assert_true(b.overflow);
	assert_false(buf_reserve(&b, 0)); /* sticky */
	buf_clear(&b);
	buf_append(&b, "1", 1);
	buf_append(&b, "2345 ", 5);
	assert_true(b.overflow);
	assert_int_equal(b.len, 1);
	buf_append(&b, "2", 1); /* never a hole in the middle */
	assert_int_equal(b.len, 1);
	buf_clear(&b);
	assert_false(buf_reserve(&b, SIZE_MAX));
	buf_release(&b);
	buf_init(&b, 0);
	buf_append(&b, NULL, 0);
	assert_false(b.overflow);
	buf_byte(&b, 1);
	assert_true(b.overflow);
	buf_release(&b);
}

static void formats(void **state)
{
	struct buf b;
	char wide[700];

	(void)state;
	memset(wide, 'w', sizeof(wide));
	buf_init(&b, 705);
	buf_format(&b, "n=%d", 42);
	assert_int_equal(b.len, 4);
	assert_memory_equal(b.data, "n=42", 4);
	buf_format(&b, "%.*s;", 700, wide);
	assert_false(b.overflow);
	assert_int_equal(b.len, 705);
	assert_int_equal(b.data[704], ';');
	buf_format(&b, "%s", "");
	assert_false(b.overflow);
	buf_format(&b, "%s", "x");
	assert_true(b.overflow);
	buf_release(&b);
}

static void network_byte_order(void **state)
{
	static const uint8_t want[] = {1, 2, 0xa1, 0xb2, 0xc3, 0xd4, 0xff, 0, 0, 0, 0, 0, 0, 1};
	struct buf b;

	(void)state;
	buf_init(&b, 14);
	buf_be16(&b, 0x0102);
	buf_be32(&b, 0xa1b2c3d4);
	buf_be64(&b, 0xff00000000000001);
	assert_false(b.overflow);
	assert_int_equal(b.len, sizeof(want));
	assert_memory_equal(b.data, want, sizeof(want));
	buf_be16(&b, 1);
	assert_true(b.overflow);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_and_is_reused),
		cmocka_unit_test(limit_is_exact),
		cmocka_unit_test(formats),
		cmocka_unit_test(network_byte_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
