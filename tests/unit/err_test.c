#include "base/err.h"
#include "base/utf8.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static void sentence_and_kind(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(err_set(&err, ERR_CONFIG, "The topic %s has %d partitions.", "incidents", 3), -1);
	assert_string_equal(err.text, "The topic incidents has 3 partitions.");
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_int_equal(err.reason, REASON_NONE);
	assert_int_equal(err_message(&err, REASON_BAD_TIME, "No time."), -1);
	assert_int_equal(err.kind, ERR_MESSAGE);
	assert_int_equal(err.reason, REASON_BAD_TIME);
}

static void sentence_can_be_wrapped(void **state)
{
	struct err err = {0};

	(void)state;
	err_set(&err, ERR_RETRY, "Connection refused");
	err_set(&err, ERR_RETRY, "Database: %s.", err.text);
	assert_string_equal(err.text, "Database: Connection refused.");
}

static void long_sentence_stays_utf8(void **state)
{
	struct err err;
	char wide[1001];
	int shift, i;

	(void)state;
	for (shift = 0; shift < 4; shift++) {
		memset(wide, 'x', (size_t)shift);
		for (i = 0; shift + 2 * i + 2 < 1000; i++)
			memcpy(wide + shift + 2 * i, "ö", 2);
		wide[shift + 2 * i] = '\0';
		err_set(&err, ERR_CONFIG, "%s", wide);
		assert_in_range(strlen(err.text), sizeof(err.text) - 2, sizeof(err.text) - 1);
		assert_true(utf8_valid(err.text, strlen(err.text)));
	}
}

/* contracts.md, section 8: the names are stored for ever */
static void reason_names(void **state)
{
	static const char *const names[] = {
		"",	      "encoding",	"syntax",    "schema",	      "missing-field",
		"bad-value",  "bad-time",	"too-large", "personal-data", "unknown-schema",
		"constraint", "mixed-delivery", "purged",    "source-removed"};
	int i;

	(void)state;
	assert_int_equal(REASON_COUNT, sizeof(names) / sizeof(names[0]));
	for (i = 0; i < REASON_COUNT; i++) {
		assert_string_equal(err_reason_name((enum err_reason)i), names[i]);
		assert_int_equal(err_reason_find(names[i], strlen(names[i])), i);
	}
	assert_int_equal(err_reason_find("bad-times", 9), REASON_NONE);
	assert_int_equal(err_reason_find("bad-times", 8), REASON_BAD_TIME);
	assert_int_equal(err_reason_find("bad-tim", 7), REASON_NONE);
	assert_string_equal(err_reason_name((enum err_reason)99), "");
	assert_string_equal(err_reason_name((enum err_reason) - 1), "");
}

static void exit_statuses(void **state)
{
	(void)state;
	assert_int_equal(err_exit_status(ERR_CONFIG), 2);
	assert_int_equal(err_exit_status(ERR_SERVER), 3);
	assert_int_equal(err_exit_status(ERR_DATA_LOSS), 4);
	assert_int_equal(err_exit_status(ERR_MESSAGE), 1);
	assert_int_equal(err_exit_status(ERR_RETRY), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sentence_and_kind),
		cmocka_unit_test(sentence_can_be_wrapped),
		cmocka_unit_test(long_sentence_stays_utf8),
		cmocka_unit_test(reason_names),
		cmocka_unit_test(exit_statuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
