/* The walk alone; hostile bytes come through avroread_test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "avro/avrowalk.h"

static void fills_fields_or_names_the_place(void **state)
{
	static const struct field_spec specs[] = {{"a", false, 0, 0}, {"none", false, 0, 0}};
	static const char json[] = "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\","
				   "\"type\":\"string\"}]}";
	struct avroplan *plan;
	struct field fields[2];
	avro_schema_t schema;
	struct err err = {0};

	(void)state;
	assert_int_equal(avro_schema_from_json_length(json, strlen(json), &schema), 0);
	assert_int_equal(avroplan_open(&plan, schema, specs, 2, &err), 0);
	assert_int_equal(avrowalk_record(plan, "\x04hi", 3, fields, &err), 0);
	assert_int_equal(fields[0].len, 2);
	assert_memory_equal(fields[0].text, "hi", 2);
	assert_int_equal(fields[1].type, FIELD_ABSENT);
	assert_int_equal(avrowalk_record(plan, "\x06hi", 3, fields, &err), -1);
	assert_int_equal(err.reason, REASON_SCHEMA);
	assert_non_null(strstr(err.text, "field a at byte 1"));
	assert_int_equal(avrowalk_record(plan, "\x04hi!", 4, fields, &err), -1);
	avroplan_close(plan);
	avro_schema_decref(schema);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(fills_fields_or_names_the_place)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
