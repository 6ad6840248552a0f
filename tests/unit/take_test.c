#include "normalizer/take.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "reference_fixture.h"
#include "map_fixture.h"

enum { ID, FROM, TO, WORD, UNIT, RATING, FLAG, TYPE, POINT, FIELDS = POINT + TAKE_POINT_FIELDS };

static const struct field_spec specs[FIELDS] = {
	[ID] = {.path = "id"},	   [FROM] = {.path = "from"}, [TO] = {.path = "to"},
	[WORD] = {.path = "word"}, [UNIT] = {.path = "unit"}, [RATING] = {.path = "rating"},
	[FLAG] = {.path = "flag"}, [TYPE] = {.path = "type"}, TAKE_POINT_SPECS(POINT),
};
static const char *const words[] = {"öppen", "stängd", NULL};

static int take_map(const struct source_message *m, struct source_event *event, struct incident *incident,
		    struct err *err)
{
	event->redactions = 0;
	if (take_id(m, ID, event, err) || take_type(m, TYPE, "grov", event, err) ||
	    take_occurred(m, FROM, TO, incident, err) || take_stamp(m, FROM, &event->created_us, err) ||
	    take_time(m, TO, &incident->reported_at, err) || take_point(m, POINT, event, err))
		return -1;
	incident->status = take_listed(m, WORD, words, event);
	incident->unit = take_unit(m, UNIT, event);
	take_rating(m, RATING, &incident->perceived_unsafety, event);
	incident->attempt = take_flag(m, FLAG);
	return 0;
}

static const struct source source = {.name = "press", .fields = specs, .field_count = FIELDS, .map = take_map};

static int setup(void **state)
{
	(void)state;
	map_open("staff", "brak,DAM\nbrak|grov,ROB\n7,DAM\n");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	map_close();
	return 0;
}

#define MESSAGE(more) "{\"id\":\"a\",\"type\":\"brak\",\"from\":\"2026-05-26 19:04\"" more "}"

static void refused(const char *json, enum err_reason reason, const char *path)
{
	struct mapped m;

	map_json(&source, json, &m);
	if (m.code != -1 || m.err.reason != reason || !strstr(m.err.text, path))
		fail_msg("%s: %s", json, m.err.text);
}

static void only_what_is_listed_leaves(void **state)
{
	struct mapped m;

	(void)state;
	map_json(&source, MESSAGE(",\"word\":\" ÖPPEN\",\"unit\":\"gata och PARK\",\"rating\":4,\"flag\":\"Ja\""), &m);
	assert_int_equal(m.code, 0);
	map_is(m.incident.status, "öppen");
	map_is(m.incident.unit, "gata-park");
	assert_int_equal(m.incident.perceived_unsafety, 4);
	assert_int_equal(m.incident.attempt, 1);
	assert_int_equal(m.event.redactions, 0);
	map_json(&source, MESSAGE(",\"word\":\"Olle\",\"unit\":\"Olle\",\"rating\":5,\"flag\":\"Olle\""), &m);
	assert_int_equal(m.code, 0);
	assert_null(m.incident.status.text);
	assert_null(m.incident.unit.text);
	assert_int_equal(m.incident.perceived_unsafety, INCIDENT_NULL);
	assert_int_equal(m.incident.attempt, 0);
	assert_int_equal(m.event.redactions, 3);
	map_json(&source, MESSAGE(",\"word\":null,\"unit\":7,\"rating\":\"2\",\"flag\":true"), &m);
	assert_int_equal(m.event.redactions, 2);
	assert_int_equal(m.incident.attempt, 1);
}

static void ids_and_types(void **state)
{
	struct mapped m;

	(void)state;
	map_json(&source, MESSAGE(""), &m);
	map_is(m.event.type, "brak|grov");
	map_json(&source, "{\"id\":12,\"type\":7,\"from\":\"2026-05-26\"}", &m);
	map_is(m.event.type, "7"); /* the mapping has no 7|grov */
	assert_memory_equal(m.event.id, "12", 2);
	refused("{\"id\":-1,\"type\":7,\"from\":\"2026-05-26\"}", REASON_BAD_VALUE, "id");
	refused("{\"id\":\"\",\"type\":7,\"from\":\"2026-05-26\"}", REASON_BAD_VALUE, "id");
	refused("{\"id\":true,\"type\":7,\"from\":\"2026-05-26\"}", REASON_BAD_VALUE, "id");
	refused("{\"id\":1,\"type\":7.5,\"from\":\"2026-05-26\"}", REASON_BAD_VALUE, "type");
	refused("{\"id\":1,\"type\":\"" /* 161 bytes */
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
		"\"from\":\"2026-05-26\"}",
		REASON_BAD_VALUE, "type");
}

/* The same for types that always have a suffix. */
static int joined_map(const struct source_message *m, struct source_event *event, struct incident *incident,
		      struct err *err)
{
	(void)incident;
	return take_type_joined(m, TYPE, "grov", event, err);
}

static void types_with_a_suffix(void **state)
{
	struct source joined = source;
	struct mapped m;

	(void)state;
	joined.map = joined_map;
	map_json(&source, "{\"id\":1,\"type\":\" Brak\u00a0\",\"from\":\"2026-05-26\"}", &m);
	map_is(m.event.type, "brak|grov"); /* a blank before the bar would hide it */
	map_json(&source, "{\"id\":1,\"type\":\"Stort Brak\",\"from\":\"2026-05-26\"}", &m);
	map_is(m.event.type, "Stort Brak");
	map_json(&joined, "{\"type\":\"Stort  Brak \"}", &m);
	map_is(m.event.type, "stort brak|grov");
	map_json(&joined, "{\"type\":7}", &m);
	map_is(m.event.type, "7|grov");
	map_json(&joined, "{\"type\":\" \"}", &m);
	assert_int_equal(m.err.reason, REASON_BAD_VALUE);
	map_json(&joined,
		 "{\"type\":\"" /* 156 bytes and |grov */
		 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
		 &m);
	assert_int_equal(m.err.reason, REASON_BAD_VALUE);
}

static void happened(const char *json, const char *from, const char *to, enum incident_precision precision)
{
	struct mapped m;
	struct err err;
	int64_t begin, end = INCIDENT_NULL;
	bool day;

	map_json(&source, json, &m);
	if (m.code)
		fail_msg("%s: %s", json, m.err.text);
	assert_int_equal(period_parse(pack_zone(map_pack), from, strlen(from), &begin, &day, &err), 0);
	assert_true(!to || !period_parse(pack_zone(map_pack), to, strlen(to), &end, &day, &err));
	assert_int_equal(m.incident.occurred_from, begin);
	assert_int_equal(m.incident.occurred_to, end);
	assert_int_equal(m.incident.time_precision, precision);
}

#define WHEN(from, to) "{\"id\":1,\"type\":7,\"from\":\"" from "\",\"to\":" to "}"

static void times(void **state)
{
	(void)state;
	happened(WHEN("2026-05-26T19:04:00+02:00", "null"), "2026-05-26T17:04:00Z", NULL, PRECISION_MINUTE);
	happened(WHEN("2026-05-26", "null"), "2026-05-25T22:00:00Z", NULL, PRECISION_DAY);
	happened(WHEN("2026-05-26", "\"2026-05-26\""), "2026-05-26", NULL, PRECISION_DAY);
	happened(WHEN("2026-05-26 10:00", "\"2026-05-26 10:00\""), "2026-05-26 10:00", NULL, PRECISION_MINUTE);
	happened(WHEN("2026-05-26 10:00", "\"2026-05-26\""), "2026-05-26 10:00", "2026-05-26 23:59:59",
		 PRECISION_INTERVAL);
	happened(WHEN("2026-10-24", "\"2026-10-25\""), "2026-10-24", "2026-10-25 23:59:59", PRECISION_INTERVAL);
	refused(WHEN("2026-05-26 10:00", "\"2026-05-26 09:59\""), REASON_BAD_TIME, "to");
	refused(WHEN("2026-05-26 10:00", "\"sen\""), REASON_BAD_TIME, "to");
	refused(WHEN("2026-02-29", "null"), REASON_BAD_TIME, "from");
	refused("{\"id\":1,\"type\":7,\"from\":20260526}", REASON_BAD_TIME, "from");
}

static void points(void **state)
{
	struct mapped m;

	(void)state;
	map_json(&source, MESSAGE(",\"lat\":59.1,\"long\":\"15.2\",\"n\":null"), &m);
	assert_true(m.event.lat == 59.1 && m.event.lon == 15.2 && isnan(m.event.north));
	map_json(&source, MESSAGE(",\"n\":6555000,\"e\":508000.5,\"epsg\":3006"), &m);
	assert_true(m.event.north == 6555000 && m.event.east == 508000.5 && isnan(m.event.lat));
	assert_int_equal(m.event.epsg, 3006);
	map_json(&source, MESSAGE(""), &m);
	assert_true(m.code == 0 && isnan(m.event.lat) && isnan(m.event.north));
	refused(MESSAGE(",\"lat\":59.1"), REASON_BAD_VALUE, "long");
	refused(MESSAGE(",\"e\":59.1"), REASON_BAD_VALUE, "field n");
	refused(MESSAGE(",\"n\":6555000,\"e\":508000"), REASON_BAD_VALUE, "epsg");
	refused(MESSAGE(",\"lat\":\"1e2\",\"long\":1"), REASON_BAD_VALUE, "lat");
	refused(MESSAGE(",\"lat\":1,\"long\":\"1.2.3\""), REASON_BAD_VALUE, "long");
	refused(MESSAGE(",\"lat\":1,\"long\":true"), REASON_BAD_VALUE, "long");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_listed_leaves),
		cmocka_unit_test(ids_and_types),
		cmocka_unit_test(types_with_a_suffix),
		cmocka_unit_test(times),
		cmocka_unit_test(points),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
