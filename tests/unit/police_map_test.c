#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "../../services/normalizer-police/map.c"
#include "reference_fixture.h"
#include "map_fixture.h"

#define REPORT(more)                                                                                                   \
	"{\"report_id\":\"K1\",\"type\":\"1203\",\"occurred_from\":\"2026-05-22 16:00\","                              \
	"\"reported_at\":\"2026-05-26 18:30\",\"kommun\":\"1881\"" more "}"

static int setup(void **state)
{
	(void)state;
	map_open("police", "12*,DAM\n");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	map_close();
	return 0;
}

static void a_report(void **state)
{
	struct mapped m;

	(void)state;
	map_json(&police_source, REPORT(",\"status\":\"reported\""), &m);
	assert_int_equal(m.code, 0);
	map_is(m.event.type, "1203");
	map_is(m.incident.status, "reported");
	assert_int_equal(m.incident.verified, VERIFIED_REPORTED);
	assert_int_equal(m.incident.time_precision, PRECISION_MINUTE);
	assert_int_equal(m.incident.reported_at, INT64_C(1779813000000));
	assert_int_equal(m.event.created_us, INT64_C(1779813000000000));
	assert_int_equal(m.event.updated_us, INCIDENT_NULL);
	assert_int_equal(m.event.redactions, 0);
}

static void unfounded_and_unknown_states(void **state)
{
	struct mapped m;

	(void)state;
	map_json(&police_source, REPORT(",\"status\":\"Unfounded\""), &m);
	assert_int_equal(m.incident.verified, VERIFIED_UNFOUNDED);
	map_json(&police_source, REPORT(",\"status\":\"Olle Ek anhållen\""), &m);
	assert_int_equal(m.code, 0);
	assert_null(m.incident.status.text);
	assert_int_equal(m.event.redactions, 1);
}

static void an_interval(void **state)
{
	struct mapped m;

	(void)state;
	map_json(&police_source, REPORT(",\"occurred_to\":\"2026-05-25 07:30\""), &m);
	assert_int_equal(m.incident.time_precision, PRECISION_INTERVAL);
	assert_int_equal(m.incident.occurred_to - m.incident.occurred_from, INT64_C(63) * 3600000 + 1800000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report),
		cmocka_unit_test(unfounded_and_unknown_states),
		cmocka_unit_test(an_interval),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
