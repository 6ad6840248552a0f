#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "../../services/normalizer-social/map.c"
#include "avro/avroread.h"
#include "normalizer/convert.h"
#include <stdio.h>
#include <string.h>

/* By the municipality's own pack and the real schemas: what is agreed about this source is a decision about secrecy. */
#define APPEND_MS INT64_C(1779900000000) /* 2026-05-27 */
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define ROW(more) "{\"period\":\"2026-04\",\"kommun\":\"1881\",\"grund\":\"missbruk\"" more "}"

static struct pack *pack;
static struct hash_key key;
static struct convert *convert;

static int setup(void **state)
{
	struct convert_options options = {.source = &social_source,
					  .installation_key = &key,
					  .schemas_dir = SOURCE_DIR "/schemas",
					  .bytes_max = 4096};
	struct err err = {0};

	(void)state;
	if (pack_open(&pack, SOURCE_DIR "/schemas", SOURCE_DIR "/deploy/kumla", "social", &err) ||
	    hash_key_init(&key, ZEROS, &err))
		fail_msg("%s", err.text);
	options.pack = pack;
	if (convert_open(&convert, &options, &err))
		fail_msg("%s", err.text);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	convert_close(convert);
	pack_close(pack);
	hash_key_release(&key);
	return 0;
}

static void made(const void *value, size_t len, struct incident *out)
{
	const struct convert_input input = {
		.value = value,
		.value_len = len,
		.append_ms = APPEND_MS,
		.topic = "feed.social",
		.origin = {.topic = {"feed.social", 11}, .partition = 1, .offset = 5, .sequence = 6}};

	convert_message(convert, &input, out);
}

static void counted(const char *json, int64_t count)
{
	struct incident out;

	made(json, strlen(json), &out);
	if (out.operation != INCIDENT_UPSERT)
		fail_msg("%s: %.*s", json, (int)out.detail.len, out.detail.text);
	assert_int_equal(out.count, count);
	assert_int_equal(out.suppressed, count == INCIDENT_NULL);
	assert_memory_equal(out.category.text, "CON", 3);
	assert_null(out.source_id.text);
}

static void refused(const char *json)
{
	struct incident out;

	made(json, strlen(json), &out);
	if (out.operation != INCIDENT_REJECT || out.reason != REASON_PERSONAL_DATA)
		fail_msg("%s: %s %.*s", json, err_reason_name(out.reason), (int)out.detail.len, out.detail.text);
	assert_null(memmem(out.detail.text, out.detail.len, "Olle", 4));
}

static void a_source_of_counts_only(void **state)
{
	(void)state;
	assert_true(social_source.strict);
	assert_false(social_source.keeps_bytes);
	assert_null(social_source.map);
	assert_int_not_equal(social_source.release, RELEASE_PUBLIC);
	assert_int_equal(social_source.field_count, 0);
}

static void every_agreed_reporter_and_no_other(void **state)
{
	static const char *const agreed[] = {"polis", "skola", "forskola", "vard", "socialtjanst", "anhorig", "annan"};
	char json[256];

	(void)state;
	for (size_t i = 0; i < sizeof(agreed) / sizeof(*agreed); i++) {
		snprintf(json, sizeof(json), ROW(",\"anmalare\":\"%s\",\"antal\":7"), agreed[i]);
		counted(json, 7);
	}
	counted(ROW(",\"anmalare\":\"\",\"antal\":7"), 7);
	counted(ROW(",\"anmalare\":null,\"antal\":7"), 7);
	refused(ROW(",\"anmalare\":\"granne\",\"antal\":7"));
	refused(ROW(",\"anmalare\":\"Olle Ek\",\"antal\":7"));
	refused(ROW(",\"anmalare\":\" \",\"antal\":7"));
}

static void small_counts_are_withheld(void **state)
{
	(void)state;
	counted(ROW(",\"antal\":0"), 0);
	counted(ROW(",\"antal\":1"), INCIDENT_NULL);
	counted(ROW(",\"antal\":4"), INCIDENT_NULL);
	counted(ROW(",\"antal\":5"), 5);
	counted(ROW(",\"antal\":\"<5\""), INCIDENT_NULL);
	counted(ROW(",\"antal\":null"), INCIDENT_NULL);
}

static void nothing_about_a_person_gets_through(void **state)
{
	(void)state;
	refused(ROW(",\"antal\":7,\"namn\":\"Olle Ek\""));
	refused(ROW(",\"antal\":7,\"barn\":{\"namn\":\"Olle Ek\"}"));
	refused(ROW(",\"antal\":{\"namn\":\"Olle Ek\"}"));
	refused(ROW(",\"antal\":7,\"omrade\":\"hos Olle Ek\""));
	refused("{\"period\":\"2026-04\",\"kommun\":\"1881\",\"grund\":\"Olle Ek\",\"antal\":7}");
	refused("{\"period\":\"2026-04\",\"kommun\":\"Olle Ek\",\"grund\":\"annat\",\"antal\":7}");
	refused("{\"arende_id\":\"S-1\",\"inkom\":\"2026-04-02\",\"grund\":\"annat\"}");
}

static size_t schema(char *text, size_t max)
{
	FILE *file = fopen(SOURCE_DIR "/schemas/feeds/social.avsc", "rb");
	size_t len;

	assert_non_null(file);
	len = fread(text, 1, max, file);
	assert_int_equal(fclose(file), 0);
	assert_in_range(len, 1, max - 1);
	return len;
}

/* 2026-04, 1881, no area, missbruk, polis, 7, never changed. */
static void avro_by_the_published_schema(void **state)
{
	char text[8192], bytes[64] = "\xC3\x01........\x0E"
				     "2026-04\x08"
				     "1881\0\x10missbruk\x02\x0Apolis\x02\x0E";
	struct avroread *reader;
	struct incident out;
	struct err err = {0};
	uint64_t fingerprint;

	(void)state;
	assert_int_equal(avroread_open(&reader, &err), 0);
	assert_int_equal(avroread_add(reader, text, schema(text, sizeof(text)), &fingerprint, &err), 0);
	avroread_close(reader);
	memcpy(bytes + 2, &fingerprint, sizeof(fingerprint));
	made(bytes, 10 + 8 + 5 + 1 + 9 + 7 + 2 + 1, &out);
	if (out.operation != INCIDENT_UPSERT)
		fail_msg("%.*s", (int)out.detail.len, out.detail.text);
	assert_int_equal(out.count, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_source_of_counts_only),	cmocka_unit_test(every_agreed_reporter_and_no_other),
		cmocka_unit_test(small_counts_are_withheld),	cmocka_unit_test(nothing_about_a_person_gets_through),
		cmocka_unit_test(avro_by_the_published_schema),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
