#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "../../services/normalizer-staff/map.c"
#include "reference_fixture.h"
#include "map_fixture.h"

#define REPORT(what, when, more)                                                                                       \
	"{\"rapport_id\":\"R1\",\"handelse\":\"" what "\",\"nar\":\"" when "\",\"plats\":\"Torget\"" more "}"
#define UNIT ",\"enhet\":\"gata-park\""

static int setup(void **state)
{
	(void)state;
	map_open("staff", "inget,INF\nklotter,DAM\n");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	map_close();
	return 0;
}

static void nothing_to_report_is_information(void **state)
{
	struct mapped m;

	(void)state;
	map_json(&staff_source, REPORT("Inget ", "2026-05-26", UNIT), &m);
	assert_int_equal(m.code, 0);
	assert_int_equal(m.incident.countable, COUNTABLE_INFO);
	map_json(&staff_source, REPORT("klotter", "2026-05-26", UNIT), &m);
	assert_int_equal(m.incident.countable, COUNTABLE_INCIDENT);
	assert_int_equal(m.incident.verified, VERIFIED_VERIFIED);
	map_json(&staff_source, REPORT("inget nytt", "2026-05-26", UNIT), &m);
	assert_int_equal(m.incident.countable, COUNTABLE_INCIDENT);
}

static void a_unit_never_a_person(void **state)
{
	struct mapped m;

	(void)state;
	map_json(&staff_source, REPORT("klotter", "2026-05-26", ",\"enhet\":\"Gata och PARK\""), &m);
	map_is(m.incident.unit, "gata-park");
	assert_int_equal(m.event.redactions, 0);
	map_json(&staff_source, REPORT("klotter", "2026-05-26", ",\"enhet\":\"Olle Ek\""), &m);
	assert_int_equal(m.code, 0);
	assert_null(m.incident.unit.text);
	assert_int_equal(m.event.redactions, 1);
	map_json(&staff_source, REPORT("klotter", "2026-05-26", ""), &m);
	assert_int_equal(m.code, -1);
	assert_int_equal(m.err.reason, REASON_MISSING_FIELD);
}

static void times_and_place(void **state)
{
	struct mapped m;

	(void)state;
	map_json(&staff_source, REPORT("klotter", "2026-05-26 19:04", UNIT ",\"otrygghet\":4"), &m);
	assert_int_equal(m.code, 0);
	assert_int_equal(m.incident.occurred_from, INT64_C(1779815040000));
	assert_int_equal(m.incident.time_precision, PRECISION_MINUTE);
	assert_int_equal(m.incident.perceived_unsafety, 4);
	assert_int_equal(m.event.created_us, INCIDENT_NULL); /* nar is no creation time: the append time orders them */
	map_is(m.event.municipality, "1881");
	map_is(m.event.places[0], "Torget");
	map_json(&staff_source, REPORT("klotter", "2026-05-26", UNIT ",\"uppdaterad\":\"2026-07-01T10:00:00Z\""), &m);
	assert_int_equal(m.incident.time_precision, PRECISION_DAY);
	assert_int_equal(m.event.updated_us, INT64_C(1782900000000000));
}

static void the_schemas_say_the_same(void **state)
{
	(void)state;
	map_schemas(&staff_source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_to_report_is_information),
		cmocka_unit_test(a_unit_never_a_person),
		cmocka_unit_test(times_and_place),
		cmocka_unit_test(the_schemas_say_the_same),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
