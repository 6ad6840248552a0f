#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "../../services/normalizer-press/map.c"
#include "reference_fixture.h"

static struct pack *pack;

static int setup(void **state)
{
	struct err err = {0};

	(void)state;
	fixture_open();
	fixture_files();
	return pack_open(&pack, fixture_dir, fixture_dir, "press", &err);
}

static int teardown(void **state)
{
	(void)state;
	pack_close(pack);
	fixture_close();
	return 0;
}

static struct field text(const char *value)
{
	return (struct field){.type = FIELD_TEXT, .text = value, .len = strlen(value)};
}

struct result {
	int code;
	struct source_event event;
	struct incident incident;
	struct err err;
	struct field fields[PRESS_FIELDS];
};

static void map(struct result *r, const char *published, const char *name, const char *type)
{
	const struct source_message message = {.fields = r->fields, .pack = pack};

	memset(r, 0, sizeof(*r));
	incident_init(&r->incident);
	r->fields[PRESS_ID] = (struct field){.type = FIELD_INT, .number = 409534};
	r->fields[PRESS_DATETIME] = text(published);
	r->fields[PRESS_NAME] = text(name);
	r->fields[PRESS_TYPE] = text(type);
	r->fields[PRESS_LOCATION] = text("Örebro län");
	r->code = press_source.map(&message, &r->event, &r->incident, &r->err);
}

static void occurs(const char *published, const char *name, const char *utc)
{
	struct result r;
	struct err err = {0};
	int64_t wanted;
	bool day;

	map(&r, published, name, "Brand");
	if (r.code < 0)
		fail_msg("%s: %s", name, r.err.text);
	assert_int_equal(period_parse(pack_zone(pack), utc, strlen(utc), &wanted, &day, &err), 0);
	if (r.incident.occurred_from != wanted)
		fail_msg("%s: %lld is not %s", name, (long long)r.incident.occurred_from, utc);
	assert_int_equal(r.incident.time_precision, PRECISION_MINUTE);
}

static void time_of_the_event(void **state)
{
	(void)state;
	occurs("2026-05-26 19:04:45 +02:00", "26 maj 17.40, Brand, Kumla", "2026-05-26T15:40:00Z");
	occurs("2023-03-20 10:19:26 +01:00", "20 mars 10:14, Brand, Kumla", "2023-03-20T09:14:00Z");
	occurs("2026-06-05 9:41:21 +02:00", "05 juni 09.20, Brand, Kumla", "2026-06-05T07:20:00Z");
	occurs("2026-06-05 9:41:21 +02:00", " 5  JUNI 9.20, Brand, Kumla ", "2026-06-05T07:20:00Z");
	occurs("2026-06-05 9:41:21 +02:00", "5\xC2\xA0juni 9.20, Brand, Kumla", "2026-06-05T07:20:00Z");
	occurs("2026-06-05 9:41:21 +02:00", "05 juni 09.20", "2026-06-05T07:20:00Z");
}

static void year_nearest_to_the_publication(void **state)
{
	(void)state;
	occurs("2026-01-01 1:10:00 +01:00", "31 december 23.50, Brand, Kumla", "2025-12-31T22:50:00Z");
	occurs("2025-12-31 23:50:00 +01:00", "01 januari 00.10, Brand, Kumla", "2025-12-31T23:10:00Z");
	occurs("2025-03-01 8:00:00 +01:00", "29 februari 10.00, Brand, Kumla", "2024-02-29T09:00:00Z");
	occurs("2026-01-20 8:00:00 +01:00", "10 augusti 10.00, Brand, Kumla", "2025-08-10T08:00:00Z");
}

static void hour_that_comes_twice_or_not(void **state)
{
	(void)state;
	occurs("2025-10-26 8:00:00 +01:00", "26 oktober 02.30, Brand, Kumla", "2025-10-26T01:30:00Z");
	occurs("2026-03-29 8:00:00 +02:00", "29 mars 02.30, Brand, Kumla", "2026-03-29T01:30:00Z");
}

static void takes_id(struct field id, const char *wanted)
{
	struct result r;

	map(&r, "2026-05-26 19:04:45 +02:00", "26 maj 17.40, Brand, Kumla", "Brand");
	r.event.id_len = 0;
	r.fields[PRESS_ID] = id;
	r.code = press_source.map(&(struct source_message){.fields = r.fields, .pack = pack}, &r.event, &r.incident,
				  &r.err);
	assert_int_equal(r.code, wanted ? 0 : -1);
	if (wanted)
		assert_true(r.event.id_len == strlen(wanted) && !memcmp(r.event.id, wanted, r.event.id_len));
	else
		assert_int_equal(r.event.id_len, 0);
}

/* It leaves as it is, so nothing about a person may fit in. */
static void id_has_no_room_for_a_person(void **state)
{
	(void)state;
	takes_id((struct field){.type = FIELD_INT, .number = 0}, "0");
	takes_id((struct field){.type = FIELD_INT, .number = 999999999}, "999999999");
	takes_id((struct field){.type = FIELD_INT, .number = 8001019812}, NULL);
	takes_id((struct field){.type = FIELD_INT, .number = 198001019812}, NULL);
	takes_id((struct field){.type = FIELD_INT, .number = -1}, NULL);
	takes_id((struct field){.type = FIELD_REAL, .real = 1.0}, NULL);
	takes_id(text("409534"), "409534");
	takes_id(text("0701740605"), NULL);
	takes_id(text("019123456"), NULL);
	takes_id(text("8001019812"), NULL);
	takes_id(text(""), NULL);
	takes_id(text("40953x"), NULL);
}

static void refuses(const char *published, const char *name, enum err_reason reason, const char *said)
{
	struct result r;

	map(&r, published, name, "Brand");
	assert_int_equal(r.code, -1);
	assert_int_equal(r.err.kind, ERR_MESSAGE);
	assert_int_equal(r.err.reason, reason);
	assert_non_null(strstr(r.err.text, said));
	assert_int_equal(r.event.id_len, 6); /* a reject still knows its event */
}

static void refuses_wrong_times(void **state)
{
	static const char *const names[] = {
		"",
		"hej",
		"26 maj, Brand, Kumla",
		"26 maj 17.40 och så vidare längre än vad som kan vara ett klockslag, Brand, Kumla",
		"26 maj 17, Brand, Kumla",
		"26 maj 17.4, Brand, Kumla",
		"26 may 17.40, Brand, Kumla",
		"maj 17.40, Brand, Kumla",
		"26 maj 17.40 på natten, B, K",
		"31 april 17.40, Brand, Kumla",
		"26 maj 24.00, Brand, Kumla",
		"00 maj 10.00, Brand, Kumla",
		"26 maj 17.60, Brand, Kumla",
		"126 maj 17.40, Brand, Kumla"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		refuses("2026-05-26 19:04:45 +02:00", names[i], REASON_BAD_TIME, "name");
	refuses("2025-06-01 19:04:45 +02:00", "30 februari 10.00, Brand, Kumla", REASON_BAD_TIME, "name");
	refuses("2026-05-26", "26 maj 17.40, Brand, Kumla", REASON_BAD_TIME, "datetime");
	refuses("i går", "26 maj 17.40, Brand, Kumla", REASON_BAD_TIME, "datetime");
}

static void place_is_behind_the_last_comma(void **state)
{
	struct result r;

	(void)state;
	map(&r, "2026-05-26 19:04:45 +02:00", "26 maj 17.40, Mord/dråp, försök, Kumla", "Mord/dråp, försök");
	assert_int_equal(r.code, 0);
	assert_memory_equal(r.event.places[0].text, "Kumla", r.event.places[0].len);
	assert_int_equal(r.event.places[0].len, 5);
	assert_int_equal(r.event.places[1].len, strlen("Örebro län"));
	assert_int_equal(r.event.type.len, strlen("Mord/dråp, försök"));
	assert_true(r.event.lat != r.event.lat || r.event.lat == 0); /* a middle is no point: the map sets none */
	map(&r, "2026-05-26 19:04:45 +02:00", "26 maj 17.40, Brand, ", "Brand");
	assert_int_equal(r.code, 0);
	assert_int_equal(r.event.places[0].len, 0);
	assert_int_equal(r.incident.countable, COUNTABLE_INCIDENT);
	assert_int_equal(r.incident.count, 1);
}

static void id_as_text(void **state)
{
	struct result r = {0};
	const struct source_message message = {.fields = r.fields, .pack = pack};
	static const struct {
		const char *id;
		int code;
	} cases[] = {{"409534", 0}, {"", -1}, {"40 95", -1}, {"-1", -1}, {"1234567890123456789", -1}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		map(&r, "2026-05-26 19:04:45 +02:00", "26 maj 17.40, Brand, Kumla", "Brand");
		r.event.id_len = 0;
		r.fields[PRESS_ID] = text(cases[i].id);
		assert_int_equal(press_source.map(&message, &r.event, &r.incident, &r.err), cases[i].code);
		if (cases[i].code == 0)
			assert_memory_equal(r.event.id, "409534", r.event.id_len);
		else
			assert_int_equal(r.err.reason, REASON_BAD_VALUE);
	}
}

static void blank_type(void **state)
{
	struct result r;

	(void)state;
	map(&r, "2026-05-26 19:04:45 +02:00", "26 maj 17.40, Brand, Kumla", " \xC2\xA0");
	assert_int_equal(r.code, -1);
	assert_int_equal(r.err.reason, REASON_MISSING_FIELD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_of_the_event),
		cmocka_unit_test(year_nearest_to_the_publication),
		cmocka_unit_test(hour_that_comes_twice_or_not),
		cmocka_unit_test(id_has_no_room_for_a_person),
		cmocka_unit_test(refuses_wrong_times),
		cmocka_unit_test(place_is_behind_the_last_comma),
		cmocka_unit_test(id_as_text),
		cmocka_unit_test(blank_type),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
