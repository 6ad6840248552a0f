#include "hash/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

/* RFC 4648, 10. */
static void test_vectors(void **state)
{
	static const char *const pairs[][2] = {
		{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}};
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		buf_clear(&b);
		assert_int_equal(base64_encode(pairs[i][0], strlen(pairs[i][0]), &b), 0);
		assert_int_equal(b.len, strlen(pairs[i][1]));
		assert_memory_equal(b.data, pairs[i][1], b.len);
		buf_clear(&b);
		assert_int_equal(base64_decode(pairs[i][1], strlen(pairs[i][1]), &b), 0);
		assert_int_equal(b.len, strlen(pairs[i][0]));
		assert_memory_equal(b.data, pairs[i][0], b.len);
	}
	buf_release(&b);
}

static void test_refused(void **state)
{
	static const char *const wrong[] = {"Zg", "Zg=", "Z", "Zm9v!", "Zm 9v", "===="};
	struct buf b, small;

	(void)state;
	buf_init(&b, 100);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(base64_decode(wrong[i], strlen(wrong[i]), &b), -1);
	assert_int_equal(b.len, 0);
	buf_init(&small, 4);
	assert_int_equal(base64_encode("foobar", 6, &small), -1);
	buf_release(&b);
	buf_release(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors), cmocka_unit_test(test_refused)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
