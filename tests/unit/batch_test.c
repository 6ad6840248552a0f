/* batch: a record that finds no room asks for a commit first. */
#define rules_place fake_place
#include "../../services/aggregator/batch.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

int fake_place(const struct rules *rules, const struct incident *in, struct ledger_row *row, struct err *err)
{
	(void)rules;
	(void)in;
	(void)row;
	(void)err;
	return 0;
}

static int add(struct batch *b, int64_t offset, const char *detail)
{
	struct kafka_message m = {.offset = offset};
	struct incident in = {.origin = {.topic = {"feed.x", 6}}, .detail = {detail, strlen(detail)}};
	struct err err = {0};

	return batch_add(b, NULL, &m, &in, &err);
}

static void full_of_texts_is_committed_first(void **state)
{
	struct err err = {0};
	struct batch b;

	(void)state;
	assert_int_equal(batch_init(&b, 10, &err), 0);
	b.texts.max = 8;
	assert_int_equal(add(&b, 1, "12345"), 0);
	assert_int_equal(add(&b, 2, "1234"), 1);
	assert_int_equal(b.count, 1);
	assert_int_equal(b.texts.len, 5);
	assert_false(b.texts.overflow);
	assert_int_equal(add(&b, 2, "123"), 0);
	batch_clear(&b);
	assert_int_equal(add(&b, 3, "1234"), 0);
	batch_release(&b);
}

static int add_unit(struct batch *b, int64_t offset, const char *unit)
{
	struct kafka_message m = {.offset = offset};
	struct incident in = {.origin = {.topic = {"feed.x", 6}}, .unit = {unit, unit ? strlen(unit) : 0}};
	struct err err = {0};

	memcpy(in.id, &offset, sizeof offset);
	return batch_add(b, NULL, &m, &in, &err);
}

static void units_are_numbered(void **state)
{
	struct err err = {0};
	char name[8];
	struct batch b;

	(void)state;
	assert_int_equal(batch_init(&b, 1000, &err), 0);
	assert_int_equal(add_unit(&b, 1, "skola"), 0);
	assert_int_equal(add_unit(&b, 2, NULL), 0);
	assert_int_equal(add_unit(&b, 3, "fritid"), 0);
	assert_int_equal(add_unit(&b, 4, "skola"), 0);
	assert_int_equal(b.records[0].unit, 1);
	assert_int_equal(b.records[1].unit, 0);
	assert_int_equal(b.records[2].unit, 2);
	assert_int_equal(b.records[3].unit, 1);
	assert_string_equal(b.units[1], "fritid");
	for (int64_t i = 2; i < BATCH_UNITS_MAX; i++) {
		snprintf(name, sizeof name, "u%d", (int)i);
		assert_int_equal(add_unit(&b, 10 + i, name), 0);
	}
	assert_int_equal(add_unit(&b, 999, "one too many"), 1);
	assert_int_equal(add_unit(&b, 999, "skola"), 0);
	batch_clear(&b);
	assert_int_equal(add_unit(&b, 1000, "one too many"), 0);
	assert_int_equal(b.records[0].unit, 1);
	batch_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_of_texts_is_committed_first),
		cmocka_unit_test(units_are_numbered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
