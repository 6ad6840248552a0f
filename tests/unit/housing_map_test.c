#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "../../services/normalizer-housing/map.c"
#include "reference_fixture.h"
#include "map_fixture.h"

#define CASE(typ, more)                                                                                                \
	"{\"arende_id\":\"KB-1\",\"typ\":\"" typ                                                                       \
	"\",\"inkom\":\"2026-05-26 19:04\",\"fastighet_omrade\":\"Ekeby\"" more "}"

static int setup(void **state)
{
	(void)state;
	map_open("housing", "brak|verifierad,ROB\nbrak|rapporterad,DAM\n");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	map_close();
	return 0;
}

static void told(const char *more, const char *type, enum incident_verified verified)
{
	char json[512];
	struct mapped m;

	snprintf(json, sizeof(json), CASE("brak", "%s"), more);
	map_json(&housing_source, json, &m);
	if (m.code)
		fail_msg("%s: %s", json, m.err.text);
	map_is(m.event.type, type);
	assert_int_equal(m.incident.verified, verified);
	assert_int_equal(m.incident.countable, COUNTABLE_INCIDENT);
	assert_int_equal(m.incident.count, 1);
}

static void verified_is_another_type_than_reported(void **state)
{
	(void)state;
	told(",\"verifierad\":true", "brak|verifierad", VERIFIED_VERIFIED);
	told(",\"verifierad\":\"ja\"", "brak|verifierad", VERIFIED_VERIFIED);
	told(",\"verifierad\":1", "brak|verifierad", VERIFIED_VERIFIED);
	told(",\"verifierad\":null", "brak|rapporterad", VERIFIED_REPORTED);
	told(",\"verifierad\":\"nej\"", "brak|rapporterad", VERIFIED_REPORTED);
	told("", "brak|rapporterad", VERIFIED_REPORTED);
	told(",\"status\":\"avslutat\"", "brak|rapporterad", VERIFIED_REPORTED);
}

static void groundless_does_not_count_whoever_was_there(void **state)
{
	(void)state;
	told(",\"status\":\"obefogat\"", "brak|rapporterad", VERIFIED_UNFOUNDED);
	told(",\"status\":\" OBEFOGAT\",\"verifierad\":true", "brak|verifierad", VERIFIED_UNFOUNDED);
}

/* The mapping's rows all have a suffix, so a row that comes later must find the unknown type by one. */
static void unknown_types_keep_the_suffix(void **state)
{
	struct mapped m;

	(void)state;
	map_json(&housing_source, CASE("Spring  i trappan ", ""), &m);
	map_is(m.event.type, "spring i trappan|rapporterad");
	map_json(&housing_source, CASE("brak|verifierad", ""), &m);
	map_is(m.event.type, "brak|verifierad|rapporterad");
	map_json(&housing_source, CASE(" ", ""), &m);
	assert_int_equal(m.err.reason, REASON_BAD_VALUE);
	assert_int_equal(m.event.id_len, 4); /* the reject is about this case */
}

static void times_and_place(void **state)
{
	struct mapped m;

	(void)state;
	map_json(&housing_source, CASE("brak", ",\"uppdaterad\":\"2026-07-01T10:00:00Z\",\"status\":\"Olle\""), &m);
	assert_int_equal(m.code, 0);
	assert_int_equal(m.incident.occurred_from, INT64_C(1779815040000));
	assert_int_equal(m.incident.time_precision, PRECISION_MINUTE);
	assert_int_equal(m.event.created_us, INT64_C(1779815040000000));
	assert_int_equal(m.event.updated_us, INT64_C(1782900000000000));
	map_is(m.event.municipality, "1881");
	map_is(m.event.places[0], "Ekeby");
	assert_null(m.incident.status.text);
	assert_int_equal(m.event.redactions, 1);
}

static void the_schemas_say_the_same(void **state)
{
	(void)state;
	map_schemas(&housing_source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verified_is_another_type_than_reported),
		cmocka_unit_test(groundless_does_not_count_whoever_was_there),
		cmocka_unit_test(unknown_types_keep_the_suffix),
		cmocka_unit_test(times_and_place),
		cmocka_unit_test(the_schemas_say_the_same),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
