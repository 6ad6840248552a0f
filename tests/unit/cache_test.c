#include "api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static bool is(const char *key, const char *version, const char *want)
{
	struct buf b;
	bool found, same;

	buf_init(&b, 1 << 20);
	found = cache_get(key, version, false, &b);
	same = found && want && b.len == strlen(want) && memcmp(b.data, want, b.len) == 0;
	buf_release(&b);
	return want ? same : !found;
}

static void test_versions(void **state)
{
	(void)state;
	cache_open(1 << 16);
	assert_true(is("a", "1", NULL));
	cache_put("a", "1", "x", 1);
	assert_true(is("a", "1", "x"));
	assert_true(is("a", "2", NULL)); /* an older answer is none */
	assert_true(is("b", "1", NULL));
	cache_put("a", "2", "yy", 2);
	assert_true(is("a", "2", "yy"));
	assert_true(is("a", "1", NULL));
	cache_close();
	assert_true(is("a", "2", NULL));
}

static void test_compressed(void **state)
{
	struct buf b;

	(void)state;
	cache_open(1 << 16);
	cache_put("a", "1", "xxxxxxxxxx", 10);
	buf_init(&b, 1000);
	assert_true(cache_get("a", "1", true, &b));
	assert_true(b.len > 2 && b.data[0] == 0x1f && b.data[1] == 0x8b);
	buf_release(&b);
	cache_close();
}

static void test_room(void **state)
{
	static char large[20000];
	char key[20];

	(void)state;
	cache_open(64000);
	cache_put("large", "1", large, sizeof large); /* over a quarter: not kept */
	assert_true(is("large", "1", NULL));
	for (unsigned i = 0; i < sizeof large; i++)
		large[i] = (char)(i * i % 251);
	for (int i = 0; i < 50; i++) {
		snprintf(key, sizeof key, "k%d", i);
		cache_put(key, "1", large, 5000);
		large[4999] = 0;
		assert_true(is(key, "1", NULL) == false);
	}
	cache_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_versions), cmocka_unit_test(test_compressed),
					   cmocka_unit_test(test_room)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
