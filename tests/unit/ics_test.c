#include "ics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static const char *text(struct buf *b)
{
	buf_byte(b, 0);
	return (const char *)b->data;
}

static void test_text(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10000);
	ics_text(&b, "SUMMARY", "a,b;c\\d\nÅ\r\a\x7f.");
	assert_string_equal(text(&b), "SUMMARY:a\\,b\\;c\\\\d\\nÅ.\r\n");
	buf_release(&b);
}

/* 75 octets and not one more; a character, or an escape, is never cut. */
static void test_folding(void **state)
{
	struct buf b;
	char long_text[400];

	(void)state;
	for (size_t shift = 0; shift < 4; shift++) {
		size_t octets = 0, lines = 0;

		buf_init(&b, 10000);
		memset(long_text, 'x', shift);
		for (size_t i = 0; i < 60; i++)
			memcpy(long_text + shift + i * 6, i % 3 ? "å,€" : "…\nö", 6);
		long_text[shift + 360] = 0;
		ics_text(&b, "DESCRIPTION", long_text);
		for (const char *p = text(&b); *p; p++) {
			octets++;
			if (*p != '\n')
				continue;
			assert_true(p[-1] == '\r' && octets - 2 <= 75 && octets - 2 >= (p[1] ? 72 : 1));
			assert_true(!p[1] || (p[1] == ' ' && ((unsigned char)p[2] & 0xc0) != 0x80));
			octets = 0;
			lines++;
		}
		assert_true(lines > 5);
		buf_release(&b);
	}
}

static void test_edge(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	ics_text(&b, "X", "1234567890123456789012345678901234567890123456789012345678901234567890123");
	assert_null(strstr(text(&b), "\r\n "));
	buf_clear(&b);
	ics_text(&b, "X", "12345678901234567890123456789012345678901234567890123456789012345678901234");
	assert_non_null(strstr(text(&b), "3\r\n 4\r\n"));
	buf_release(&b);
}

static void test_event(void **state)
{
	struct ics_event e = {.uid = "mote-1@1881.lagesbild",
			      .stamp = "20270101T120000Z",
			      .starts = "20270202T130000",
			      .minutes = 60,
			      .sequence = 2,
			      .cancelled = true,
			      .summary = "Möte",
			      .place = "",
			      .description = "d"};
	struct buf b;

	(void)state;
	buf_init(&b, 10000);
	ics_event(&b, &e);
	assert_string_equal(text(&b), "BEGIN:VEVENT\r\nUID:mote-1@1881.lagesbild\r\nDTSTAMP:20270101T120000Z\r\n"
				      "LAST-MODIFIED:20270101T120000Z\r\nSEQUENCE:2\r\n"
				      "DTSTART;TZID=Europe/Stockholm:20270202T130000\r\nDURATION:PT60M\r\n"
				      "STATUS:CANCELLED\r\nSUMMARY:Möte\r\nDESCRIPTION:d\r\nEND:VEVENT\r\n");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_text), cmocka_unit_test(test_folding),
					   cmocka_unit_test(test_edge), cmocka_unit_test(test_event)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
