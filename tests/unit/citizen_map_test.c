#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "../../services/normalizer-citizen/map.c"
#include "reference_fixture.h"
#include "map_fixture.h"

#define REQUEST(more)                                                                                                  \
	"{\"service_request_id\":\"FA-1\",\"service_code\":\"klotter\",\"requested_datetime\":\"2026-05-26T19:04:00+"  \
	"02:00\"" more "}"

static int setup(void **state)
{
	(void)state;
	map_open("citizen", "klotter,DAM\n");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	map_close();
	return 0;
}

static void at(const char *address, const char *area)
{
	char json[512];
	struct mapped m;

	snprintf(json, sizeof(json), REQUEST(",\"address\":\"%s\""), address);
	map_json(&citizen_source, json, &m);
	assert_int_equal(m.code, 0);
	map_is(m.event.places[0], area);
	map_is(m.event.places[1], "1881");
	assert_null(m.event.municipality.text); /* the address may name another town */
}

static void of_an_address_only_what_is_behind_the_last_comma(void **state)
{
	(void)state;
	at("Ekeby", "Ekeby");
	at("Storgatan 4, Ekeby", " Ekeby");
	at("hos Olle, Storgatan 4,Ekeby", "Ekeby");
	at("Storgatan 4,", "");
	at("", "");
}

static void a_point_stands_alone(void **state)
{
	struct mapped m;

	(void)state;
	map_json(&citizen_source, REQUEST(",\"lat\":59.1,\"long\":15.2,\"address\":\"Ekeby\""), &m);
	assert_int_equal(m.code, 0);
	assert_true(m.event.lat == 59.1 && m.event.lon == 15.2);
	map_is(m.event.places[0], "Ekeby");
	assert_null(m.event.places[1].text); /* it may lie across the border */
	map_json(&citizen_source, REQUEST(",\"n\":6555000,\"e\":508000,\"epsg\":3006"), &m);
	assert_true(m.event.north == 6555000 && m.event.epsg == 3006);
	assert_null(m.event.places[1].text);
	map_json(&citizen_source, REQUEST(",\"lat\":59.1"), &m);
	assert_int_equal(m.code, -1);
	assert_int_equal(m.err.reason, REASON_BAD_VALUE);
	map_json(&citizen_source, REQUEST(""), &m);
	assert_int_equal(m.code, 0);
	map_is(m.event.places[1], "1881");
}

static void felt(const char *value, int64_t rating, int redactions)
{
	char json[256];
	struct mapped m;

	snprintf(json, sizeof(json), REQUEST(",\"otrygghet\":%s"), value);
	map_json(&citizen_source, json, &m);
	assert_int_equal(m.code, 0);
	assert_int_equal(m.incident.perceived_unsafety, rating);
	assert_int_equal(m.event.redactions, redactions);
}

static void how_unsafe_it_felt(void **state)
{
	(void)state;
	felt("0", 0, 0);
	felt("4", 4, 0);
	felt("null", INCIDENT_NULL, 0);
	felt("5", INCIDENT_NULL, 1);
	felt("-1", INCIDENT_NULL, 1);
	felt("\"Olle\"", INCIDENT_NULL, 1);
}

static void times_and_status(void **state)
{
	struct mapped m;

	(void)state;
	map_json(&citizen_source, REQUEST(",\"updated_datetime\":\"2026-07-01T10:00:00Z\",\"status\":\"Closed\""), &m);
	assert_int_equal(m.code, 0);
	assert_int_equal(m.incident.occurred_from, INT64_C(1779815040000));
	assert_int_equal(m.event.created_us, INT64_C(1779815040000000));
	assert_int_equal(m.event.updated_us, INT64_C(1782900000000000));
	map_is(m.incident.status, "closed");
	assert_int_equal(m.incident.verified, VERIFIED_REPORTED); /* closed says nothing of the truth of it */
	assert_int_equal(m.incident.countable, COUNTABLE_INCIDENT);
}

static void the_schemas_say_the_same(void **state)
{
	(void)state;
	map_schemas(&citizen_source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_an_address_only_what_is_behind_the_last_comma),
		cmocka_unit_test(a_point_stands_alone),
		cmocka_unit_test(how_unsafe_it_felt),
		cmocka_unit_test(times_and_status),
		cmocka_unit_test(the_schemas_say_the_same),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
