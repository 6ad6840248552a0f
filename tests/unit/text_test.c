#include "text/text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

static void folds(const char *text, const char *want)
{
	char out[TEXT_FOLD_MAX], again[TEXT_FOLD_MAX];
	long len = text_fold(text, strlen(text), out, sizeof(out));

	assert_int_equal(len, strlen(want));
	assert_memory_equal(out, want, strlen(want));
	assert_int_equal(text_fold(out, (size_t)len, again, sizeof(again)), len);
	assert_memory_equal(again, out, (size_t)len);
}

static void case_and_accents(void **state)
{
	(void)state;
	folds("KUMLA", "kumla");
	folds("\xc3\x85\xc3\x84\xc3\x96\xc3\x9e", "\xc3\xa5\xc3\xa4\xc3\xb6\xc3\xbe");
	folds("\xc3\xa5\xc3\xbf\xc3\x97\xc3\xb7", "\xc3\xa5\xc3\xbf\xc3\x97\xc3\xb7"); /* å ÿ × ÷ stay */
	folds("Habo", "habo");
	folds("H\xc3\xa5"
	      "bo",
	      "h\xc3\xa5"
	      "bo");
	folds("STRASSE", "strasse");
	folds("Stra\xc3\x9f"
	      "e",
	      "strasse");
	folds("\xe1\xba\x9e", "ss");		       /* capital sharp s */
	folds("\xce\xa3\xcf\x82", "\xcf\x83\xcf\x83"); /* both sigmas */
	folds("", "");
}

static void one_spelling_of_a_letter(void **state)
{
	(void)state;
	folds("Ha\xcc\x8a"
	      "bo",
	      "h\xc3\xa5"
	      "bo"); /* a + ring above */
	folds("A\xcc\x8a", "\xc3\xa5");
	folds("\xe2\x84\xab", "\xc3\xa5"); /* angstrom sign */
	folds("O\xcc\x88rebro", "\xc3\xb6rebro");
	folds("\xc3\x96\xcc\x84", "\xc8\xab"); /* composed letter takes a further mark */
}

static void blanks(void **state)
{
	(void)state;
	folds("  Brand \t\n i\xc2\xa0\xc2\xa0 byggnad  ", "brand i byggnad");
	folds("\xe2\x80\x83"
	      "Brand\xe3\x80\x80i\xe2\x80\xaf",
	      "brand i");
	folds(" \t\xc2\xa0", "");
	folds("\xe2\x80\x89\xe2\x80\x89", "");
	folds("a \xe2\x80\x93 b", "a \xe2\x80\x93 b"); /* en dash is no blank */
}

static void limits(void **state)
{
	char out[8], big[5000], wide[5000];

	(void)state;
	assert_int_equal(text_fold("Kumla", 5, out, 5), 5);
	assert_int_equal(text_fold("Kumla", 5, out, 4), -1);
	assert_int_equal(text_fold("Kumla   ", 8, out, 5), 5); /* trimmed first */
	assert_int_equal(text_fold("\xc3\x9f", 2, out, 1), -1);
	assert_int_equal(text_fold("\xc3\xa5", 2, out, 1), -1);
	assert_int_equal(text_fold("\xe2\x80\x93", 3, out, 2), -1);
	assert_int_equal(text_fold("\xe2\x80\x93", 3, out, 3), 3);
	assert_int_equal(text_fold("a", 1, out, 0), -1);
	assert_int_equal(text_fold("", 0, out, 0), 0);
	/* U+0390 grows from 2 to 6 bytes when folded, to 2 again when composed; U+0149 from 2 to 3 */
	assert_int_equal(text_fold("\xce\x90", 2, out, 2), 2);
	assert_int_equal(text_fold("\xc5\x89", 2, out, 2), -1);
	assert_int_equal(text_fold("\xc5\x89", 2, out, 3), 3);
	memset(big, 'A', sizeof(big));
	memcpy(big + 4996, "\xe2\x80\x93", 3); /* beyond the fast path and the stack */
	assert_int_equal(text_fold(big, sizeof(big), wide, sizeof(wide)), 5000);
	assert_int_equal(wide[4999], 'a');
	assert_int_equal(text_fold(big, sizeof(big), wide, 4999), -1);
}

static void not_utf8(void **state)
{
	char out[16];

	(void)state;
	assert_int_equal(text_fold("G\xe4vle", 5, out, sizeof(out)), -1);
	assert_int_equal(text_fold("a\xc3", 2, out, sizeof(out)), -1);
	assert_int_equal(text_fold("\xc3(", 2, out, sizeof(out)), -1);
	assert_int_equal(text_fold("\xc2", 1, out, sizeof(out)), -1);
	assert_int_equal(text_fold("\xed\xa0\x80", 3, out, sizeof(out)), -1);
	assert_int_equal(text_fold("a\0b", 3, out, sizeof(out)), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(case_and_accents), cmocka_unit_test(one_spelling_of_a_letter),
		cmocka_unit_test(blanks),	    cmocka_unit_test(limits),
		cmocka_unit_test(not_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
