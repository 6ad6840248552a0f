#include "../../services/operator/unknown_groups.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants setjmp, stdarg and stddef first */
#include <cmocka.h>

static void add(struct unknown_groups *g, const char *text, int64_t ms)
{
	struct err err = {0};

	assert_int_equal(unknown_add(g, text, strlen(text), ms, &err), 0);
}

static void test_groups(void **state)
{
	struct unknown_groups g;
	char text[32];

	(void)state;
	unknown_init(&g);
	add(&g, "Tjafs", 20);
	add(&g, "  tjafs ", 10);
	add(&g, "Bråk", 5);
	add(&g, "TJAFS", 30);
	add(&g, " ", 1);
	unknown_sort(&g);
	assert_int_equal(g.count, 2);
	assert_string_equal(g.list[0].text, "Tjafs");
	assert_int_equal(g.list[0].messages, 3);
	assert_int_equal(g.list[0].first_ms, 10);
	assert_int_equal(g.list[0].last_ms, 30);
	assert_string_equal(g.list[1].text, "Bråk");
	unknown_release(&g);

	unknown_init(&g);
	for (int i = 0; i < UNKNOWN_GROUPS_MAX + 7; i++) {
		snprintf(text, sizeof text, "typ %d", i);
		add(&g, text, 1);
	}
	add(&g, "typ 3", 1);
	assert_int_equal(g.count, UNKNOWN_GROUPS_MAX);
	assert_int_equal(g.beyond, 7);
	unknown_release(&g);
}

static void test_distance(void **state)
{
	(void)state;
	assert_int_equal(unknown_distance("kvarnparken", "kvarnparken", 2), 0);
	assert_int_equal(unknown_distance("kvarnparken", "kvanrparken", 2), 2);
	assert_int_equal(unknown_distance("skadegorelse", "skadegörelse", 2), 2); /* bytes */
	assert_int_equal(unknown_distance("kitten", "sitting", 5), 3);
	assert_int_equal(unknown_distance("a", "bcdef", 2), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_groups), cmocka_unit_test(test_distance)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
