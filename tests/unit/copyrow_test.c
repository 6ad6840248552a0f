#include "db/copyrow.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

/* Byte for byte as the documentation of COPY has it. */
static void is_the_binary_format(void **state)
{
	static const uint8_t id[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
	static const char expected[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
				       "\0\7"
				       "\0\0\0\2\377\376"
				       "\0\0\0\4\0\0\0\3"
				       "\0\0\0\10\0\0\0\1\0\0\0\2"
				       "\0\0\0\1c"
				       "\0\0\0\20\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20"
				       "\0\0\0\2ab"
				       "\0\0\0\10\0\0\0\0\0\0\7\320"
				       "\377\377";
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	copyrow_begin(&b);
	copyrow_columns(&b, 7);
	copyrow_int2(&b, -2);
	copyrow_int4(&b, 3);
	copyrow_int8(&b, INT64_C(1) << 32 | 2);
	copyrow_char(&b, 'c');
	copyrow_uuid(&b, id);
	copyrow_text(&b, "abc", 2);
	copyrow_time(&b, 946684800002); /* 2 ms into the year 2000 */
	copyrow_end(&b);
	assert_int_equal(b.len, sizeof expected - 1);
	assert_memory_equal(b.data, expected, b.len);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(is_the_binary_format)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
