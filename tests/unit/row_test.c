#include "ledger/row.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void slot_and_cell_hold_their_parts(void **state)
{
	int64_t slot = row_slot(674, 32767, 1023, 63, 167);

	(void)state;
	assert_int_equal(slot & 255, 167);
	assert_int_equal(row_cell(slot) & 63, 63);
	assert_int_equal(row_cell(slot) >> 6 & 1023, 1023);
	assert_int_equal(row_cell(slot) >> 16 & 65535, 32767);
	assert_int_equal(row_cell(slot) >> 32, 674);
}

/* 14 columns, the build first and the state last; what PostgreSQL makes of it is test_rebuild's. */
static void a_copied_row_has_all_its_columns(void **state)
{
	struct ledger_row r = {.id = {1}, .slot = 5, .n = 7, .state = LEDGER_COUNTED};
	struct buf b;
	size_t at = 2, columns = 0;

	(void)state;
	buf_init(&b, 4096);
	row_copy(&b, 9, &r);
	assert_int_equal(b.data[1], 14);
	for (; at < b.len; columns++)
		at += 4 + b.data[at + 3];
	assert_int_equal(at, b.len);
	assert_int_equal(columns, 14);
	assert_memory_equal(b.data + 2, "\0\0\0\2\0\11\0\0\0\20\1", 11);
	assert_int_equal(b.data[b.len - 1], 'c');
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slot_and_cell_hold_their_parts),
		cmocka_unit_test(a_copied_row_has_all_its_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
