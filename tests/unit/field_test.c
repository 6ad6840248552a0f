#include "base/err.h"
#include "base/field.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

static const struct field_spec specs[] = {
	{"id", true, FIELD_TEXT, 8},   {"location.name", false, FIELD_TEXT, 0}, {"antal", false, FIELD_INT, 0},
	{"lat", false, FIELD_REAL, 0}, {"any", false, FIELD_ABSENT, 4},		{"tenant", false, FIELD_PERSONAL, 4},
};
enum { COUNT = sizeof(specs) / sizeof(specs[0]) };

static int check(const struct field *f, int at, struct err *err)
{
	struct field fields[COUNT] = {{.type = FIELD_TEXT, .text = "a1", .len = 2}};

	fields[at] = *f;
	*err = (struct err){0};
	return field_check(specs, COUNT, fields, err);
}

static void refused(const struct field *f, int at, enum err_reason reason)
{
	struct err err;

	assert_int_equal(check(f, at, &err), -1);
	assert_int_equal(err.kind, ERR_MESSAGE);
	assert_int_equal(err.reason, reason);
	assert_non_null(strstr(err.text, specs[at].path));
	assert_null(strstr(err.text, "hemlig"));
}

static void accepted(const struct field *f, int at)
{
	struct err err;

	assert_int_equal(check(f, at, &err), 0);
	assert_int_equal(err.kind, ERR_NONE);
}

static void required(void **state)
{
	(void)state;
	refused(&(struct field){.type = FIELD_ABSENT}, 0, REASON_MISSING_FIELD);
	refused(&(struct field){.type = FIELD_NULL}, 0, REASON_MISSING_FIELD);
	accepted(&(struct field){.type = FIELD_NULL}, 2);
	accepted(&(struct field){.type = FIELD_ABSENT}, 4);
	accepted(&(struct field){.type = FIELD_TEXT, .text = "", .len = 0}, 0);
}

static void types(void **state)
{
	(void)state;
	refused(&(struct field){.type = FIELD_INT, .number = 4}, 0, REASON_BAD_VALUE);
	refused(&(struct field){.type = FIELD_TEXT, .text = "hemlig", .len = 6}, 2, REASON_BAD_VALUE);
	refused(&(struct field){.type = FIELD_REAL, .real = 1.5}, 2, REASON_BAD_VALUE);
	refused(&(struct field){.type = FIELD_BOOL, .number = 1}, 2, REASON_BAD_VALUE);
	accepted(&(struct field){.type = FIELD_INT, .number = 59, .real = 59}, 3);
	accepted(&(struct field){.type = FIELD_REAL, .real = 59.1}, 3);
	accepted(&(struct field){.type = FIELD_BOOL, .number = 1}, 4);
	refused(&(struct field){.type = FIELD_OTHER}, 4, REASON_BAD_VALUE);
	refused(&(struct field){.type = FIELD_OTHER}, 1, REASON_BAD_VALUE);
}

static void lengths(void **state)
{
	static const char big[1025] = "hemlig";

	(void)state;
	accepted(&(struct field){.type = FIELD_TEXT, .text = "12345678", .len = 8}, 0);
	refused(&(struct field){.type = FIELD_TEXT, .text = "hemlig789", .len = 9}, 0, REASON_TOO_LARGE);
	accepted(&(struct field){.type = FIELD_TEXT, .text = big, .len = 1024}, 1);
	refused(&(struct field){.type = FIELD_TEXT, .text = big, .len = 1025}, 1, REASON_TOO_LARGE);
	refused(&(struct field){.type = FIELD_TEXT, .text = big, .len = 5}, 4, REASON_TOO_LARGE);
}

static void what_is_personal_is_never_wrong(void **state)
{
	(void)state;
	accepted(&(struct field){.type = FIELD_OTHER}, 5);
	accepted(&(struct field){.type = FIELD_TEXT, .text = "hemligt", .len = 7}, 5);
	accepted(&(struct field){.type = FIELD_INT}, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(required),
		cmocka_unit_test(types),
		cmocka_unit_test(lengths),
		cmocka_unit_test(what_is_personal_is_never_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
