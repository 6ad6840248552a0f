#include "base/utf8.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

static bool valid(const char *text)
{
	return utf8_valid(text, strlen(text));
}

static void good(void **state)
{
	(void)state;
	assert_true(valid(""));
	assert_true(valid("Skadeg\xc3\xb6relse, Kumla \xe2\x80\x93 Hallsberg, and a long ASCII tail of it"));
	assert_true(valid("\xf0\x9f\x9a\x92"));
	assert_true(valid("\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80"
			  "\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"));
}

/* RFC 3629, sections 3 and 10: each of these has let an attacker through somewhere */
static void bad(void **state)
{
	static const char *const texts[] = {
		"\x80",
		"\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xe0\x80\x80",
		"\xe0\x9f\xbf",
		"\xed\xa0\x80",
		"\xed\xbf\xbf",
		"\xf0\x80\x80\x80",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xfe",
		"\xff",
		"\xc3",
		"\xe2\x82",
		"\xf0\x9f\x9a",
		"\xc3(",
		"\xe2(\xa1",
		"\xe2\x82(",
		"\xf0\x90\x80(",
		"G\xe4vle",
	};
	char shifted[64];
	size_t i, at;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_false(valid(texts[i]));
		for (at = 0; at < 20; at++) {
			memset(shifted, 'a', sizeof(shifted));
			memcpy(shifted + at, texts[i], strlen(texts[i]));
			assert_false(utf8_valid(shifted, sizeof(shifted)));
		}
	}
}

static void nul_is_refused_anywhere(void **state)
{
	char text[40];
	size_t at;

	(void)state;
	for (at = 0; at < sizeof(text); at++) {
		memset(text, 'a', sizeof(text));
		assert_true(utf8_valid(text, sizeof(text)));
		text[at] = '\0';
		assert_false(utf8_valid(text, sizeof(text)));
	}
}

static void prefix_ends_at_a_character(void **state)
{
	static const char text[] = "a\xc3\xa5\xf0\x9f\x9a\x92z"; /* 1, 2, 4, 1 bytes */
	static const size_t want[] = {0, 1, 1, 3, 3, 3, 3, 7, 8, 8};
	size_t max;

	(void)state;
	for (max = 0; max < 10; max++)
		assert_int_equal(utf8_prefix(text, 8, max), want[max]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(bad),
		cmocka_unit_test(nul_is_refused_anywhere),
		cmocka_unit_test(prefix_ends_at_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
