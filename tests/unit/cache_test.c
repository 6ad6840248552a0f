#include "cache.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static bool is_at(const char *key, const char *asked, const char *version, const char *want)
{
	char had[API_VERSION_SIZE];
	struct buf b;
	bool found, same;

	buf_init(&b, 1 << 20);
	found = cache_get(key, asked, false, &b, had);
	same = found && strcmp(had, version) == 0 && want && b.len == strlen(want) && memcmp(b.data, want, b.len) == 0;
	buf_release(&b);
	return want ? same : !found;
}

static bool is(const char *key, const char *version, const char *want)
{
	return is_at(key, version, version, want);
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

/* A new version is made before it is asked for: what was used since is named, once; who asks at the version before gets
 * it too. */
static void test_turn(void **state)
{
	char key[100];

	(void)state;
	cache_open(1 << 16);
	cache_put("a", "1", "1", "old", 3);
	cache_put("d", "1", "1", "dd", 2);
	cache_put("b", "1", "1", "b", 1);
	cache_put("c", "1", "2", "c", 1); /* was of the coming version already */
	assert_true(is("a", "1", "old"));
	assert_true(is("d", "1", "dd") && is("d", "1", "dd"));
	assert_true(is_at("c", "1", "2", "c"));
	cache_turn("2");
	assert_true(cache_used(key, sizeof key));
	assert_string_equal(key, "d"); /* the most asked for first */
	assert_true(cache_used(key, sizeof key));
	assert_string_equal(key, "a");
	assert_true(is("a", "1", "old")); /* until it is made */
	cache_put("a", "2", "2", "new", 3);
	assert_true(is_at("a", "1", "2", "new"));
	assert_true(is("a", "2", "new"));
	assert_false(cache_used(key, sizeof key));
	assert_true(is("c", "2", "c"));
	assert_true(is("b", "2", NULL)); /* nobody looked at it */
	cache_put("b", "2", "2", "b", 1);
	cache_note("b"); /* a single page, which has got it as it was made */
	cache_note("none");
	cache_turn("3");
	assert_true(cache_used(key, sizeof key));
	while (strcmp(key, "b") != 0)
		assert_true(cache_used(key, sizeof key));
	while (cache_used(key, sizeof key))
		;
	assert_true(is("d", "1", "dd"));
	cache_turn("4");
	assert_false(cache_used(key, 1)); /* a key that has no room is passed over */
	cache_close();
}

struct maker {
	const char *key;
	int made;
};

static void *make(void *arg)
{
	struct maker *m = arg;

	cache_claim(m->key);
	if (!is(m->key, "1", "x")) {
		m->made++;
		usleep(20000);
		cache_put(m->key, "1", "1", "x", 1);
	}
	cache_done(m->key);
	return NULL;
}

/* However many want it, one makes it; another key waits for nobody. */
static void test_claim(void **state)
{
	struct maker m[6] = {{"a", 0}, {"a", 0}, {"a", 0}, {"a", 0}, {"a", 0}, {"b", 0}};
	pthread_t t[6];
	int made = 0;

	(void)state;
	cache_open(1 << 16);
	cache_claim("b");
	for (int i = 0; i < 6; i++)
		assert_int_equal(pthread_create(&t[i], NULL, make, &m[i]), 0);
	for (int i = 0; i < 5; i++) {
		pthread_join(t[i], NULL);
		made += m[i].made;
	}
	assert_int_equal(made, 1);
	cache_done("b");
	pthread_join(t[5], NULL);
	assert_int_equal(m[5].made, 1);
	cache_claim(""); /* what is not remembered is nobody's */
	cache_claim("");
	cache_done("");
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
	cache_put("large", "1", "1", large, 4001); /* over a sixteenth: not kept */
	assert_true(is("large", "1", NULL));
	for (unsigned i = 0; i < sizeof large; i++)
		large[i] = (char)(i * i % 251);
	for (int i = 0; i < 50; i++) {
		snprintf(key, sizeof key, "k%d", i);
		cache_put(key, "1", "1", large, 1900);
		large[1899] = 0;
		assert_true(is(key, "1", NULL) == false);
		assert_true(is("k0", "1", NULL) == false); /* what is got stays, however much comes */
	}
	assert_true(is("k1", "1", NULL)); /* what nobody gets makes room, no more of it than is needed */
	assert_false(is("k48", "1", NULL));
	cache_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_versions), cmocka_unit_test(test_turn),
					   cmocka_unit_test(test_claim), cmocka_unit_test(test_compressed),
					   cmocka_unit_test(test_room)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
