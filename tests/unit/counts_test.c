#include "normalizer/counts.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "avro/avroread.h"
#include "normalizer/convert.h"
#include "reference_fixture.h"
#include "text/text.h"

#define APPEND_MS INT64_C(1779900000000) /* 2026-05-27 */
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define ROW(more) "{\"period\":\"2026-04\",\"kommun\":\"1881\",\"grund\":\"Skadegörelse\"" more "}"

static const char *const reporters[] = {"polis", "skola", NULL};
static const struct source strict = {.name = "press",
				     .system = "x",
				     .release = RELEASE_RESTRICTED,
				     .strict = true,
				     .counts = {.type = "grund", .also = "anmalare", .also_words = reporters}};
static struct source lenient;

static struct pack *pack;
static struct hash_key key;
static struct convert *convert;

static struct convert *open_convert(const struct source *source, const char *schemas)
{
	const struct convert_options options = {
		.source = source, .pack = pack, .installation_key = &key, .schemas_dir = schemas, .bytes_max = 4096};
	struct convert *made = NULL;
	struct err err = {0};

	if (convert_open(&made, &options, &err) < 0)
		fail_msg("%s", err.text);
	return made;
}

static void open_pack(const char *delivery, const char *conf)
{
	struct err err = {0};

	fixture_open();
	fixture_files();
	fixture_write("delivery.csv", delivery);
	fixture_write("pack.conf", conf);
	if (pack_open(&pack, fixture_dir, fixture_dir, "press", &err) || hash_key_init(&key, ZEROS, &err))
		fail_msg("%s", err.text);
}

static int setup(void **state)
{
	(void)state;
	open_pack("source,kind,from\npress,counts,2026-01\n", FIXTURE_CONF);
	convert = open_convert(&strict, NULL);
	lenient = strict;
	lenient.strict = false;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	convert_close(convert);
	pack_close(pack);
	hash_key_release(&key);
	fixture_close();
	return 0;
}

static void convert_bytes(struct convert *by, const void *value, size_t len, const char *content_type,
			  struct incident *out)
{
	const struct convert_input input = {
		.value = value,
		.value_len = len,
		.append_ms = APPEND_MS,
		.content_type = {content_type, content_type ? strlen(content_type) : 0},
		.topic = "feed.social",
		.origin = {.topic = {"feed.social", 11}, .partition = 1, .offset = 5, .sequence = 6}};

	convert_message(by, &input, out);
}

static void taken(struct convert *by, const char *json, int64_t count)
{
	struct incident out;

	convert_bytes(by, json, strlen(json), NULL, &out);
	if (out.operation != INCIDENT_UPSERT)
		fail_msg("%s: %.*s", json, (int)out.detail.len, out.detail.text);
	assert_int_equal(out.count, count);
	assert_int_equal(out.suppressed, count == INCIDENT_NULL);
	assert_int_equal(out.time_precision, PRECISION_MONTH);
	assert_int_equal(out.occurred_from, INT64_C(1774994400000)); /* 2026-04-01 00:00 in Sweden */
	assert_int_equal(out.countable, COUNTABLE_INCIDENT);
}

static void refused(struct convert *by, const char *json, enum err_reason reason)
{
	struct incident out;

	convert_bytes(by, json, strlen(json), NULL, &out);
	if (out.operation != INCIDENT_REJECT || out.reason != reason)
		fail_msg("%s: %s %.*s", json, err_reason_name(out.reason), (int)out.detail.len, out.detail.text);
	assert_null(memmem(out.detail.text, out.detail.len, "Olle", 4));
}

static void small_counts_are_withheld(void **state)
{
	(void)state;
	taken(convert, ROW(",\"antal\":0"), 0);
	taken(convert, ROW(",\"antal\":1"), INCIDENT_NULL);
	taken(convert, ROW(",\"antal\":4"), INCIDENT_NULL);
	taken(convert, ROW(",\"antal\":5"), 5);
	taken(convert, ROW(",\"antal\":10000"), 10000);
	taken(convert, ROW(",\"antal\":\"<5\""), INCIDENT_NULL);
	taken(convert, ROW(",\"antal\":null"), INCIDENT_NULL);
	refused(convert, ROW(""), REASON_MISSING_FIELD); /* perhaps it was misspelt */
	refused(convert, ROW(",\"antal\":10001"), REASON_BAD_VALUE);
	refused(convert, ROW(",\"antal\":-1"), REASON_BAD_VALUE);
	refused(convert, ROW(",\"antal\":1.5"), REASON_BAD_VALUE);
	refused(convert, ROW(",\"antal\":\"5\""), REASON_BAD_VALUE);
	refused(convert, ROW(",\"antal\":[7]"), REASON_BAD_VALUE);
}

static void the_pack_sets_what_is_small(void **state)
{
	static const char *const conf[] = {FIXTURE_CONF "small_counts = staff 9, press 3\n",
					   FIXTURE_CONF "small_counts = press 12\n"};
	struct convert *other;

	for (int i = 0; i < 2; i++) {
		teardown(state);
		open_pack("source,kind,from\npress,counts,2026-01\n", conf[i]);
		convert = open_convert(&strict, NULL);
		other = open_convert(&lenient, NULL);
		taken(other, ROW(",\"antal\":3"), i ? INCIDENT_NULL : 3);
		taken(other, ROW(",\"antal\":2"), INCIDENT_NULL);
		taken(convert, ROW(",\"antal\":4"), INCIDENT_NULL); /* never less for a strict source */
		taken(convert, ROW(",\"antal\":11"), i ? INCIDENT_NULL : 11);
		convert_close(other);
	}
}

static void months(void **state)
{
	(void)state;
	refused(convert, "{\"period\":\"2026-4\",\"kommun\":\"1881\",\"grund\":\"Skadegörelse\"}", REASON_BAD_TIME);
	refused(convert, "{\"period\":\"2026-00\",\"kommun\":\"1881\",\"grund\":\"Skadegörelse\"}", REASON_BAD_TIME);
	refused(convert, "{\"period\":\"2026-06\",\"kommun\":\"1881\",\"grund\":\"Skadegörelse\"}", REASON_BAD_TIME);
	refused(convert, "{\"period\":\"0026-06\",\"kommun\":\"1881\",\"grund\":\"Skadegörelse\"}", REASON_BAD_TIME);
	refused(convert, "{\"kommun\":\"1881\",\"grund\":\"Skadegörelse\"}", REASON_MISSING_FIELD);
}

static void the_key_is_the_row(void **state)
{
	const char *json = ROW(",\"omrade\":\"Ekeby\",\"anmalare\":\"polis\",\"antal\":7");
	struct incident out;
	uint8_t id[16];

	(void)state;
	convert_bytes(convert, json, strlen(json), NULL, &out);
	incident_make_id(&key, "press", "2026-04|1881|Ekeby|Skadegörelse|polis",
			 strlen("2026-04|1881|Ekeby|Skadegörelse|polis"), id);
	assert_memory_equal(out.id, id, 16);
	assert_memory_equal(out.area.text, "1881-ekeby", 10);
	convert_bytes(convert, ROW(",\"antal\":-1"), strlen(ROW(",\"antal\":-1")), NULL, &out);
	incident_make_id(&key, "press", "2026-04|1881||Skadegörelse|", strlen("2026-04|1881||Skadegörelse|"), id);
	assert_memory_equal(out.id, id, 16);
}

static void a_strict_source_takes_nothing_else(void **state)
{
	struct convert *other = open_convert(&lenient, NULL);

	(void)state;
	refused(convert, ROW(",\"namn\":\"Olle Ek\""), REASON_PERSONAL_DATA);
	refused(convert, ROW(",\"namn\":null"), REASON_PERSONAL_DATA);
	refused(convert, ROW(",\"Antal\":7"), REASON_PERSONAL_DATA);
	refused(convert, ROW(",\"omrade\":{\"namn\":\"Olle\"}"), REASON_PERSONAL_DATA);
	refused(convert, ROW(",\"antal\":[{\"namn\":\"Olle\"}]"), REASON_PERSONAL_DATA);
	refused(convert, ROW(",\"anmalare\":\"Olle Ek\""), REASON_PERSONAL_DATA);
	refused(convert, ROW(",\"omrade\":\"hos Olle\",\"antal\":9"), REASON_PERSONAL_DATA);
	refused(convert, "{\"period\":\"2026-04\",\"kommun\":\"Olle\",\"grund\":\"Skadegörelse\",\"antal\":9}",
		REASON_PERSONAL_DATA);
	refused(convert, "{\"period\":\"2026-04\",\"kommun\":\"1881\",\"grund\":\"Olle\",\"antal\":9}",
		REASON_PERSONAL_DATA);
	taken(convert, ROW(",\"anmalare\":\"\",\"omrade\":\"\",\"antal\":9"), 9); /* empty is missing */
	taken(convert, ROW(",\"anmalare\":\"Polis\",\"omrade\":\"1881-ekeby\",\"antal\":9"), 9);
	taken(other, ROW(",\"namn\":\"Olle Ek\",\"omrade\":\"hos Olle\",\"antal\":9"), 9);
	refused(other, ROW(",\"anmalare\":\"Olle Ek\""), REASON_BAD_VALUE);
	convert_close(other);
}

static void structured(const char *attributes, const char *data, enum err_reason reason)
{
	char json[1024];
	struct incident out;
	int len = snprintf(json, sizeof(json), "{\"specversion\":\"1.0\",\"id\":\"a\",\"type\":\"b\"%s,\"data\":%s}",
			   attributes, data);

	convert_bytes(convert, json, (size_t)len, "application/cloudevents+json", &out);
	if (out.reason != reason)
		fail_msg("%s: %.*s", json, (int)out.detail.len, out.detail.text);
}

static void also_within_a_structured_event(void **state)
{
	(void)state;
	structured(",\"time\":\"2026-05-26T10:00:00Z\"", ROW(",\"antal\":7"), REASON_NONE);
	structured("", ROW(",\"namn\":\"Olle\""), REASON_PERSONAL_DATA);
	structured(",\"subject\":\"Olle Ek\"", ROW(""), REASON_PERSONAL_DATA);
	structured(",\"source\":{\"namn\":\"Olle\"}", ROW(""), REASON_PERSONAL_DATA);
}

#define SCHEMA(more)                                                                                                   \
	"{\"type\":\"record\",\"name\":\"Row\",\"fields\":[{\"name\":\"period\",\"type\":\"string\"},"                 \
	"{\"name\":\"kommun\",\"type\":\"string\"},{\"name\":\"grund\",\"type\":\"string\"},"                          \
	"{\"name\":\"antal\",\"type\":\"int\"}" more "]}"

/* One row of 2026-04, 1881, Skadegörelse, 7, and one empty text more if the schema has it. */
static void avro(const char *schema, enum err_reason reason)
{
	struct avroread *reader;
	struct convert *by;
	struct incident out;
	struct err err = {0};
	uint64_t fingerprint;
	char bytes[64] = "\xC3\x01........\x0E"
			 "2026-04\x08"
			 "1881\x1ASkadegörelse\x0E";
	size_t len = 10 + 8 + 5 + 14 + 1 + (strstr(schema, "extra") != NULL);

	assert_int_equal(avroread_open(&reader, &err), 0);
	assert_int_equal(avroread_add(reader, schema, strlen(schema), &fingerprint, &err), 0);
	avroread_close(reader);
	memcpy(bytes + 2, &fingerprint, 8);
	fixture_write("feeds/row.avsc", schema);
	by = open_convert(&strict, fixture_dir);
	convert_bytes(by, bytes, len, NULL, &out);
	if (out.reason != reason)
		fail_msg("%.*s", (int)out.detail.len, out.detail.text);
	convert_close(by);
}

static void also_in_avro(void **state)
{
	char dir[128];

	(void)state;
	snprintf(dir, sizeof(dir), "%s/feeds", fixture_dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	avro(SCHEMA(""), REASON_NONE);
	avro(SCHEMA(",{\"name\":\"extra\",\"type\":\"string\"}"), REASON_PERSONAL_DATA);
	avro(SCHEMA(",{\"name\":\"omrade\",\"type\":{\"type\":\"record\",\"name\":\"O\",\"fields\":"
		    "[{\"name\":\"extra\",\"type\":\"string\"}]}}"),
	     REASON_PERSONAL_DATA);
	while (fixture_count > 8)
		unlink(fixture_paths[--fixture_count]);
	assert_int_equal(rmdir(dir), 0);
}

static int mixed_map(const struct source_message *m, struct source_event *event, struct incident *incident,
		     struct err *err)
{
	(void)err;
	event->id[0] = '1';
	event->id_len = 1;
	event->type = (struct incident_text){"Skadegörelse", strlen("Skadegörelse")};
	incident->occurred_from = m->fields[1].number;
	incident->time_precision = PRECISION_DAY;
	incident->countable = COUNTABLE_INCIDENT;
	incident->count = 1;
	return 0;
}

/* Counts rows from January 2026 on, events before: no month holds both. */
static void a_month_holds_one_kind(void **state)
{
	static const struct field_spec fields[] = {{.path = "id", .required = true},
						   {.path = "at", .required = true, .type = FIELD_INT},
						   {.path = "tenant", .type = FIELD_PERSONAL}};
	struct source both = {.name = "press",
			      .system = "x",
			      .release = RELEASE_INTERNAL,
			      .counts = {.type = "typ"},
			      .fields = fields,
			      .field_count = 3,
			      .map = mixed_map};
	struct convert *by = open_convert(&both, NULL);
	const char *before = "{\"id\":1,\"at\":1767221999000,\"tenant\":{\"namn\":[\"Olle\"]},\"antal\":null}";
	struct incident out;

	(void)state;
	convert_bytes(by, before, strlen(before), NULL, &out);
	assert_int_equal(out.operation, INCIDENT_UPSERT);
	assert_int_equal(out.redactions, 1);
	refused(by, "{\"id\":1,\"at\":1767222000000}", REASON_MIXED_DELIVERY); /* 2026-01-01 00:00 in Sweden */
	taken(by, "{\"period\":\"2026-04\",\"kommun\":\"1881\",\"typ\":\"Skadegörelse\",\"antal\":6}", 6);
	refused(by, "{\"period\":\"2025-12\",\"kommun\":\"1881\",\"typ\":\"Skadegörelse\",\"antal\":6}",
		REASON_MIXED_DELIVERY);
	convert_close(by);
}

static void a_source_must_stand_in_delivery(void **state)
{
	struct convert_options options = {.source = &strict, .installation_key = &key, .bytes_max = 4096};
	struct convert *none = NULL;
	struct err err = {0};

	teardown(state);
	open_pack("source,kind,from\nstaff,counts,2026-01\n", FIXTURE_CONF);
	options.pack = pack;
	convert = NULL;
	assert_int_equal(convert_open(&none, &options, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_null(none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(small_counts_are_withheld, setup, teardown),
		cmocka_unit_test_setup_teardown(the_pack_sets_what_is_small, setup, teardown),
		cmocka_unit_test_setup_teardown(months, setup, teardown),
		cmocka_unit_test_setup_teardown(the_key_is_the_row, setup, teardown),
		cmocka_unit_test_setup_teardown(a_strict_source_takes_nothing_else, setup, teardown),
		cmocka_unit_test_setup_teardown(also_within_a_structured_event, setup, teardown),
		cmocka_unit_test_setup_teardown(also_in_avro, setup, teardown),
		cmocka_unit_test_setup_teardown(a_month_holds_one_kind, setup, teardown),
		cmocka_unit_test_setup_teardown(a_source_must_stand_in_delivery, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
