#include "cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static bool is(const char *key, const char *version, const char *want)
{
	char had[API_VERSION_SIZE];
	struct buf b;
	bool found, same;

	buf_init(&b, 1 << 20);
	found = cache_get(key, version, false, &b, had);
	same = found && strcmp(had, version) == 0 && want && b.len == strlen(want) && memcmp(b.data, want, b.len) == 0;
	buf_release(&b);
	return want ? same : !found;
}

static void test_versions(void **state)
{
	(void)state;
	cache_open(1 << 16);
	assert_true(is("a", "1", NULL));
	cache_put("a", "1", "1", "x", 1);
	assert_true(is("a", "1", "x"));
	assert_true(is("a", "2", NULL)); /* an older answer is none */
	assert_true(is("b", "1", NULL));
	cache_put("a", "2", "2", "yy", 2);
	assert_true(is("a", "2", "yy"));
	cache_close();
	assert_true(is("a", "2", NULL));
}

/* The first who asks for a new version makes it; until then the others get the one before, whole and by its name. */
static void test_one_makes(void **state)
{
	char had[API_VERSION_SIZE];
	struct buf b;

	(void)state;
	cache_open(1 << 16);
	buf_init(&b, 1000);
	cache_put("a", "1", "1", "old", 3);
	assert_false(cache_get("a", "2", false, &b, had));
	assert_true(cache_get("a", "2", false, &b, had));
	assert_string_equal(had, "1");
	assert_memory_equal(b.data, "old", 3);
	cache_forgo("a", "2"); /* it failed: the next one tries */
	assert_false(cache_get("a", "2", false, &b, had));
	assert_false(cache_get("a", "3", false, &b, had)); /* newer still */
	cache_put("a", "3", "3", "new", 3);
	assert_true(cache_get("a", "3", false, &b, had));
	assert_string_equal(had, "3");
	cache_put("a", "3", "5", "newer", 5); /* commits had gone on meanwhile: still the answer for who asks at 3 */
	assert_true(cache_get("a", "3", false, &b, had));
	assert_string_equal(had, "5");
	buf_release(&b);
	cache_close();
}

static void test_compressed(void **state)
{
	char had[API_VERSION_SIZE];
	struct buf b;

	(void)state;
	cache_open(1 << 16);
	cache_put("a", "1", "1", "xxxxxxxxxx", 10);
	buf_init(&b, 1000);
	assert_true(cache_get("a", "1", true, &b, had));
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
	cache_put("large", "1", "1", large, sizeof large); /* over a quarter: not kept */
	assert_true(is("large", "1", NULL));
	for (unsigned i = 0; i < sizeof large; i++)
		large[i] = (char)(i * i % 251);
	for (int i = 0; i < 50; i++) {
		snprintf(key, sizeof key, "k%d", i);
		cache_put(key, "1", "1", large, 5000);
		large[4999] = 0;
		assert_true(is(key, "1", NULL) == false);
	}
	cache_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_versions), cmocka_unit_test(test_one_makes),
					   cmocka_unit_test(test_compressed), cmocka_unit_test(test_room)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
