#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "../../services/normalizer-rescue/map.c"
#include "reference_fixture.h"
#include "map_fixture.h"

#define RESPONSE(kind, more)                                                                                           \
	"{\"larmnummer\":\"2026001234\",\"insatstyp\":\"" kind "\",\"handelsetyp_id\":1,"                              \
	"\"larm_tid\":\"2026-05-26 19:04\",\"kommun\":\"1881\"" more "}"

static int setup(void **state)
{
	(void)state;
	map_open("rescue", "1,DAM\n1|misstankt,ROB\n2,DAM\n14,INF\n");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	map_close();
	return 0;
}

static void only_the_first_response_counts(void **state)
{
	struct mapped m;

	(void)state;
	map_json(&rescue_source, RESPONSE("forsta", ""), &m);
	assert_int_equal(m.code, 0);
	assert_int_equal(m.incident.countable, COUNTABLE_INCIDENT);
	map_json(&rescue_source, RESPONSE("Forstarkning", ""), &m);
	assert_int_equal(m.incident.countable, COUNTABLE_ACTIVITY);
	map_json(&rescue_source, RESPONSE("befal", ""), &m);
	assert_int_equal(m.incident.countable, COUNTABLE_ACTIVITY);
	map_json(&rescue_source, RESPONSE("annan", ""), &m);
	assert_int_equal(m.code, -1);
	assert_int_equal(m.err.reason, REASON_BAD_VALUE);
	assert_int_equal(m.event.id_len, 10); /* the reject is about this response */
}

static void suspicion_is_part_of_the_type_where_the_mapping_has_it(void **state)
{
	struct mapped m;

	(void)state;
	map_json(&rescue_source, RESPONSE("forsta", ",\"anlagd\":\"misstankt\""), &m);
	map_is(m.event.type, "1|misstankt");
	map_json(&rescue_source, RESPONSE("forsta", ",\"anlagd\":\"nej\""), &m);
	map_is(m.event.type, "1");
	map_json(&rescue_source,
		 "{\"larmnummer\":7,\"insatstyp\":\"forsta\",\"handelsetyp_id\":2,\"anlagd\":\"misstankt\","
		 "\"larm_tid\":\"2026-05-26 19:04\",\"kommun\":\"1881\"}",
		 &m);
	map_is(m.event.type, "2");
	assert_int_equal(m.event.id_len, 1);
}

static void times_and_place(void **state)
{
	struct mapped m;

	(void)state;
	map_json(&rescue_source,
		 RESPONSE("forsta",
			  ",\"uppdaterad\":\"2026-07-01T10:00:00Z\",\"plats\":\"Ekeby\",\"plats_typ\":\"Skola\","
			  "\"n\":6555000,\"e\":508000,\"epsg\":3006"),
		 &m);
	assert_int_equal(m.code, 0);
	assert_int_equal(m.incident.occurred_from, INT64_C(1779815040000));
	assert_int_equal(m.incident.time_precision, PRECISION_MINUTE);
	assert_int_equal(m.event.created_us, INT64_C(1779815040000000));
	assert_int_equal(m.event.updated_us, INT64_C(1782900000000000));
	map_is(m.event.municipality, "1881");
	map_is(m.event.places[0], "Ekeby");
	map_is(m.incident.place_type, "skola");
	assert_true(m.event.north == 6555000 && m.event.epsg == 3006);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_first_response_counts),
		cmocka_unit_test(suspicion_is_part_of_the_type_where_the_mapping_has_it),
		cmocka_unit_test(times_and_place),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
