#include "api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static const struct route *find(const char *method, const char *path, struct call *c)
{
	char allowed[64];

	return route_find(method, path, c, allowed);
}

static void test_found(void **state)
{
	struct call c = {0};
	const struct route *o = find("GET", "/api/v1/summary/2025-05", &c);

	(void)state;
	assert_non_null(o);
	assert_string_equal(o->pattern, "/api/v1/summary/{period}");
	assert_int_equal(c.count, 1);
	assert_string_equal(c.arguments[0].name, "period");
	assert_string_equal(c.arguments[0].value, "2025-05");
	o = find("GET", "/api/v1/texts/2026-03/2026-04", &c);
	assert_string_equal(c.arguments[0].value, "2026-03/2026-04");
	o = find("GET", "/api/v1/editions/17/revisions", &c);
	assert_string_equal(o->pattern, "/api/v1/editions/{id}/revisions");
	assert_string_equal(c.arguments[0].value, "17");
	assert_non_null(find("GET", "/api/v1/cells", &c));
	assert_int_equal(c.count, 0);
}

static void test_not_found(void **state)
{
	static const char *const paths[] = {"",
					    "/",
					    "/api/v1",
					    "/api/v1/",
					    "/api/v1/cell",
					    "/api/v1/cellsx",
					    "/api/v1/cells/",
					    "/api/v1/summary/",
					    "/api/v1/summary//x",
					    "/api/v1/meetings/1/2",
					    "/api/v1/meetings/1/",
					    "/api/v1/editions//revisions",
					    "/api/v1/editions/1/revision",
					    "/api/v1/editions/1/revisions/2",
					    "//api/v1/cells",
					    "/API/v1/cells"};
	char path[2000], allowed[64];
	struct call c = {0};

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		assert_null(find("GET", paths[i], &c));
	memset(path, 'a', sizeof path);
	memcpy(path, "/api/v1/summary/", 16);
	path[sizeof path - 1] = 0;
	assert_null(route_find("GET", path, &c, allowed));
	assert_string_equal(allowed, "");
}

static void test_allowed(void **state)
{
	char allowed[64];
	struct call c = {0};

	(void)state;
	assert_null(route_find("PUT", "/api/v1/session", &c, allowed));
	assert_string_equal(allowed, "GET, POST, DELETE");
	assert_null(route_find("get", "/api/v1/cells", &c, allowed));
	assert_string_equal(allowed, "GET");
}

/* What a program that changes the table can get wrong. */
static void test_table(void **state)
{
	(void)state;
	for (const struct route *o = api_routes; o->method; o++) {
		assert_int_equal(strncmp(o->pattern, "/api/v1/", 8), 0);
		assert_true(o->roles == 0 || o->access == ACCESS_SIGNED_IN);
		assert_non_null(o->arguments);
		assert_non_null(o->answer);
		assert_true(strlen(o->summary) > 4);
		if (o->answer == figures_document || o->answer == figures_table) {
			assert_non_null(o->sql);
			assert_int_equal(o->access, ACCESS_SIGNED_IN);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_found), cmocka_unit_test(test_not_found),
					   cmocka_unit_test(test_allowed), cmocka_unit_test(test_table)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
