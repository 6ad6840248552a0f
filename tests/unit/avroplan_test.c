#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "avro/avroplan.h"

static const struct field_spec specs[] = {{"b", false, 0, 0}, {"o.t", false, 0, 0}, {"b", false, 0, 0}};

/* Records lie flat, a union with null is one step, and each step knows its field. */
static void lays_out_flat(void **state)
{
	static const char json[] = "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"o\",\"type\":{\"type\":"
				   "\"record\",\"name\":\"O\",\"fields\":[{\"name\":\"t\",\"type\":\"string\"}]}},"
				   "{\"name\":\"b\",\"type\":[\"null\",\"long\"]}]}";
	struct avroplan *plan;
	avro_schema_t schema;
	struct err err;

	(void)state;
	assert_int_equal(avro_schema_from_json_length(json, strlen(json), &schema), 0);
	assert_int_equal(avroplan_open(&plan, schema, specs, 3, &err), 0);
	assert_int_equal(plan->step_count, 4);
	assert_int_equal(plan->steps[0].op, AVROPLAN_OTHER);
	assert_int_equal(plan->steps[2].op, AVROPLAN_STRING);
	assert_int_equal(plan->steps[2].dest, 1);
	assert_int_equal(plan->steps[3].op, AVROPLAN_LONG);
	assert_int_equal(plan->steps[3].nullable, 1);
	assert_int_equal(plan->steps[3].dest, 0);
	assert_int_equal(plan->same[0], -1);
	assert_int_equal(plan->same[2], 0);
	avroplan_close(plan);
	avroplan_close(NULL);
	avro_schema_decref(schema);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lays_out_flat)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
