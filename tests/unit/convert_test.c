#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "../../services/normalizer-press/map.c"
#include "hash/signature.h"
#include "normalizer/convert.h"
#include "reference_fixture.h"
#include "registry/registry.h"

#define APPEND_MS INT64_C(1779900000000) /* 2026-05-27 */
#define NOTICE(name, type, location)                                                                                   \
	"{\"id\":636459,\"datetime\":\"2026-05-26 19:04:45 +02:00\",\"name\":\"" name                                  \
	"\",\"summary\":\"Olle Ek ringde\","                                                                           \
	"\"url\":\"/x\",\"type\":\"" type "\",\"location\":{\"name\":\"" location "\",\"gps\":\"59.53,15.00\"}}"
#define KUMLA NOTICE("26 maj 17.40, Skadegörelse, Kumla", "Skadegörelse", "Örebro län")
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define ONES "1111111111111111111111111111111111111111111111111111111111111111"

static struct pack *pack;
static struct hash_key key, operator_key;
static struct convert *convert;
static struct source internal;

static struct convert *open_convert(const struct source *source)
{
	const struct convert_options options = {.source = source,
						.pack = pack,
						.installation_key = &key,
						.operator_key = &operator_key,
						.bytes_max = 4096};
	struct convert *made = NULL;
	struct err err = {0};

	assert_int_equal(convert_open(&made, &options, &err), 0);
	return made;
}

static int setup(void **state)
{
	struct err err = {0};

	(void)state;
	fixture_open();
	fixture_files();
	if (pack_open(&pack, fixture_dir, fixture_dir, "press", &err) || hash_key_init(&key, ZEROS, &err) ||
	    hash_key_init(&operator_key, ONES, &err))
		return -1;
	convert = open_convert(&press_source);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	convert_close(convert);
	pack_close(pack);
	hash_key_release(&key);
	hash_key_release(&operator_key);
	fixture_close();
	return 0;
}

static struct incident_text text_of(const char *value)
{
	return (struct incident_text){value, value ? strlen(value) : 0};
}

static struct convert_input message(const char *value, const char *message_key)
{
	return (struct convert_input){
		.value = value,
		.value_len = value ? strlen(value) : 0,
		.key = message_key,
		.key_len = message_key ? strlen(message_key) : 0,
		.append_ms = APPEND_MS,
		.topic = "feed.press",
		.origin = {.topic = text_of("feed.press"), .partition = 1, .offset = 5, .sequence = 6}};
}

static void is(struct incident_text got, const char *wanted)
{
	if (got.len != strlen(wanted) || (got.len && memcmp(got.text, wanted, got.len)))
		fail_msg("%.*s is not %s", (int)got.len, got.text, wanted);
}

static void rejected(const struct convert_input *input, enum err_reason reason)
{
	struct incident out;

	assert_int_equal(convert_message(convert, input, &out), 1);
	assert_int_equal(out.operation, INCIDENT_REJECT);
	if (out.reason != reason)
		fail_msg("%s (%.*s) is not %s", err_reason_name(out.reason), (int)out.detail.len, out.detail.text,
			 err_reason_name(reason));
	assert_true(out.detail.len > 0);
	assert_null(out.source_type.text);
	assert_int_equal(out.origin.sequence, 6);
}

static void a_whole_notice(void **state)
{
	struct convert_input input = message(KUMLA, "636459");
	struct incident out;
	uint8_t id[16];

	(void)state;
	input.ce_time = text_of("2026-05-26T17:10:00.5Z");
	assert_int_equal(convert_message(convert, &input, &out), 0);
	incident_make_id(&key, "press", "636459", 6, id);
	assert_memory_equal(out.id, id, 16);
	assert_int_equal(out.operation, INCIDENT_UPSERT);
	is(out.source, "press");
	is(out.source_system, "polisen.se");
	is(out.source_id, "636459");
	is(out.source_type, "Skadegörelse");
	is(out.category, "DAM");
	is(out.municipality, "1881");
	is(out.mapping, pack_mapping_version(pack));
	assert_null(out.area.text);
	assert_int_equal(out.geo_precision, GEO_MUNICIPALITY);
	assert_int_equal(out.revision, INT64_C(1779815400500000));
	assert_int_equal(out.received_at, APPEND_MS);
	assert_int_equal(out.release, RELEASE_PUBLIC);
	assert_int_equal(out.attempt, 0);
	assert_true(out.latitude != out.latitude);
	assert_false(out.backfill);
}

static void order_of_revisions(void **state)
{
	struct convert_input input = message(KUMLA, NULL);
	struct incident out;

	(void)state;
	assert_int_equal(convert_message(convert, &input, &out), 0);
	assert_int_equal(out.revision, APPEND_MS * 1000);
	input.ce_time = text_of("2026-05-28T17:00:00Z"); /* more than a day ahead */
	rejected(&input, REASON_BAD_TIME);
	input.ce_time = text_of("i dag");
	rejected(&input, REASON_BAD_TIME);
	convert_message(convert, &input, &out);
	assert_int_equal(out.revision, APPEND_MS * 1000);
}

static void withdraws(void **state)
{
	struct convert_input input = message(NULL, "636459");
	struct incident out;
	uint8_t id[16];

	(void)state;
	input.ce_time = text_of("2026-05-26T17:10:00Z");
	assert_int_equal(convert_message(convert, &input, &out), 0);
	incident_make_id(&key, "press", "636459", 6, id);
	assert_memory_equal(out.id, id, 16);
	assert_int_equal(out.operation, INCIDENT_WITHDRAW);
	assert_int_equal(out.reason, REASON_NONE);
	assert_int_equal(out.revision, INT64_C(1779815400000000));
	assert_null(out.source_id.text); /* a key may hold anything */
	assert_null(out.source_type.text);
	input = message(NULL, NULL);
	rejected(&input, REASON_MISSING_FIELD);
}

static void unknown_types_leave_as_a_hash(void **state)
{
	struct convert_input one = message(NOTICE("26 maj 17.40, X, Kumla", "Olle  EK slog", "Kumla"), NULL);
	struct convert_input two = message(NOTICE("26 maj 17.40, X, Kumla", "olle ek SLOG ", "Kumla"), NULL);
	struct incident out;
	char first[32];

	(void)state;
	assert_int_equal(convert_message(convert, &one, &out), 0);
	is(out.category, "UNK");
	assert_int_equal(out.source_type.len, 20);
	assert_memory_equal(out.source_type.text, "UNK:", 4);
	assert_int_equal(out.attempt, -1);
	snprintf(first, sizeof(first), "%.*s", (int)out.source_type.len, out.source_type.text);
	assert_int_equal(convert_message(convert, &two, &out), 0);
	is(out.source_type, first);
	assert_int_equal(convert_counts(convert).unmapped, 2);
}

static void rejects_keep_what_names_them(void **state)
{
	struct convert_input input = message("{\"id\":636459,\"type\":\"x\"}", NULL);
	struct incident out, again;
	uint8_t id[16];

	(void)state;
	incident_make_id(&key, "press", "636459", 6, id);
	rejected(&input, REASON_MISSING_FIELD);
	convert_message(convert, &input, &out);
	assert_memory_equal(out.id, id, 16);
	input = message("{\"id\":", "636459");
	rejected(&input, REASON_SYNTAX);
	convert_message(convert, &input, &out);
	assert_memory_equal(out.id, id, 16);
	input = message(NOTICE("hej", "Brand", "Kumla"), "636459");
	rejected(&input, REASON_BAD_TIME);
	input = message("[", NULL);
	convert_message(convert, &input, &out);
	input.origin.epoch = 77;
	input.origin.sequence = 1;
	convert_message(convert, &input, &again);
	assert_memory_equal(out.id, again.id, 16); /* a second reading is the same message */
	input.origin.offset++;
	convert_message(convert, &input, &again);
	assert_memory_not_equal(out.id, again.id, 16);
}

static void keys(void **state)
{
	char big[5000], long_key[130];
	struct convert_input input = message(KUMLA, "636460");

	(void)state;
	rejected(&input, REASON_BAD_VALUE);
	input = message(KUMLA, "6364\xff");
	rejected(&input, REASON_ENCODING);
	memset(long_key, '6', sizeof(long_key));
	long_key[129] = '\0';
	input = message(KUMLA, long_key);
	rejected(&input, REASON_BAD_VALUE);
	memset(big, ' ', sizeof(big));
	big[4999] = '\0';
	input = message(big, "1");
	rejected(&input, REASON_TOO_LARGE);
}

static void envelopes(void **state)
{
	struct convert_input input =
		message("{\"specversion\":\"1.0\",\"id\":\"a\",\"time\":\"2026-05-26T17:10:00Z\",\"data\":" KUMLA "}",
			"636459");
	struct incident out;

	(void)state;
	input.content_type = text_of("Application/CloudEvents+JSON; charset=utf-8");
	assert_int_equal(convert_message(convert, &input, &out), 0);
	is(out.source_id, "636459");
	assert_int_equal(out.revision, INT64_C(1779815400000000));
	input = message(KUMLA, NULL);
	input.content_type = text_of("application/json");
	assert_int_equal(convert_message(convert, &input, &out), 0);
	input.content_type = text_of("application/avro"); /* the bytes decide */
	assert_int_equal(convert_message(convert, &input, &out), 0);
	input.content_type = text_of("image/png");
	rejected(&input, REASON_SCHEMA);
	input.content_type = text_of("application/cloudevents-batch+json");
	rejected(&input, REASON_SCHEMA);
	input.content_type = text_of("application/cloudevents+avro");
	rejected(&input, REASON_SCHEMA);
	input.content_type = text_of("application/cloudevents+json");
	rejected(&input, REASON_MISSING_FIELD);
	input = message("{\"specversion\":\"1.0\"}", NULL);
	input.content_type = text_of("application/cloudevents+json");
	rejected(&input, REASON_MISSING_FIELD);
}

static void placed(const char *notice, const char *municipality, const char *area, const char *place,
		   enum incident_geo geo)
{
	struct convert_input input = message(notice, NULL);
	struct incident out;

	assert_int_equal(convert_message(convert, &input, &out), 0);
	is(out.municipality, municipality);
	is(out.area, area);
	is(out.place, place);
	assert_int_equal(out.geo_precision, geo);
}

static void places(void **state)
{
	(void)state;
	placed(NOTICE("26 maj 17.40, B, Kumla", "B", "Malmö"), "1881", "", "", GEO_MUNICIPALITY);
	placed(NOTICE("26 maj 17.40, B, Örebro län", "B", "Kumla"), "1881", "", "", GEO_MUNICIPALITY);
	placed(NOTICE("26 maj 17.40, B, Örebro län", "B", "Malmö"), "18", "", "", GEO_COUNTY);
	placed(NOTICE("26 maj 17.40, B, Örebro", "B", "Örebro"), "1880", "", "", GEO_MUNICIPALITY);
	placed(NOTICE("26 maj 17.40, B, ", "B", "Örebro län"), "18", "", "", GEO_COUNTY);
	placed(NOTICE("26 maj 17.40, B, Mars", "B", "Venus"), "00", "", "", GEO_NONE);
	placed(NOTICE("26 maj 17.40, B, Ekeby", "B", "Örebro län"), "1881", "1881-ekeby", "", GEO_AREA);
	placed(NOTICE("26 maj 17.40, B, Ekeby", "B", "Skåne län"), "12", "", "", GEO_COUNTY); /* there are many Ekeby */
	placed(NOTICE("26 maj 17.40, B, fängelset", "B", "Kumla"), "1881", "1881-centrum", "Kumlaanstalten", GEO_AREA);
}

static int point_map(const struct source_message *m, struct source_event *event, struct incident *incident,
		     struct err *err)
{
	int result = press_source.map(m, event, incident, err);

	event->lat = 59.1277;
	event->lon = 15.1434;
	return result;
}

static int swapped_map(const struct source_message *m, struct source_event *event, struct incident *incident,
		       struct err *err)
{
	int result = press_source.map(m, event, incident, err);

	event->lat = 15.1434;
	event->lon = 59.1277;
	return result;
}

static void points_and_release(void **state)
{
	struct convert_input input = message(KUMLA, NULL);
	struct incident out;
	struct convert *other;

	(void)state;
	internal = press_source;
	internal.map = point_map;
	other = open_convert(&internal);
	assert_int_equal(convert_message(other, &input, &out), 0);
	is(out.area, "1881-centrum");
	assert_int_equal(out.geo_precision, GEO_POINT);
	assert_true(out.latitude > 59.12 && out.longitude < 15.15);
	convert_close(other);
	internal.release = RELEASE_INTERNAL;
	other = open_convert(&internal);
	assert_int_equal(convert_message(other, &input, &out), 0);
	is(out.area, "1881-centrum");
	assert_int_equal(out.geo_precision, GEO_AREA);
	assert_true(out.latitude != out.latitude);
	assert_null(out.source_id.text);
	assert_int_equal(out.time_precision, PRECISION_HOUR);
	assert_int_equal(out.occurred_from % 3600000, 0);
	convert_close(other);
	internal.map = swapped_map;
	other = open_convert(&internal);
	assert_int_equal(convert_message(other, &input, &out), 1);
	assert_non_null(memmem(out.detail.text, out.detail.len, "swapped", 7));
	convert_close(other);
}

static void sign(struct convert_input *input, char *signature)
{
	const struct signature_text text = {.topic = {input->topic, strlen(input->topic)},
					    .key = {input->key, input->key_len},
					    .revision = {input->revision.text, input->revision.len},
					    .backfill = {input->backfill.text, input->backfill.len},
					    .reason = {input->reason.text, input->reason.len},
					    .value = {input->value, input->value_len}};

	signature_make(&operator_key, &text, signature);
	input->signature = text_of(signature);
}

static void signed_headers(void **state)
{
	struct convert_input input = message(KUMLA, "636459");
	struct incident out;
	char signature[SIGNATURE_SIZE];

	(void)state;
	input.revision = text_of("1779800000000001");
	input.backfill = text_of("1");
	sign(&input, signature);
	assert_int_equal(convert_message(convert, &input, &out), 0);
	assert_int_equal(out.revision, INT64_C(1779800000000001));
	assert_true(out.backfill);
	assert_int_equal(convert_counts(convert).unsigned_ignored, 0);
	input.revision = text_of("1779800000000002"); /* not what was signed */
	assert_int_equal(convert_message(convert, &input, &out), 0);
	assert_int_equal(out.revision, APPEND_MS * 1000);
	assert_false(out.backfill);
	input.signature = text_of(NULL);
	assert_int_equal(convert_message(convert, &input, &out), 0);
	assert_int_equal(convert_counts(convert).unsigned_ignored, 2);
}

static void signed_removal(void **state)
{
	struct convert_input input = message(NULL, "636459");
	struct incident out;
	char signature[SIGNATURE_SIZE];

	(void)state;
	input.reason = text_of("source-removed");
	assert_int_equal(convert_message(convert, &input, &out), 0);
	assert_int_equal(out.reason, REASON_NONE);
	sign(&input, signature);
	assert_int_equal(convert_message(convert, &input, &out), 0);
	assert_int_equal(out.operation, INCIDENT_WITHDRAW);
	assert_int_equal(out.reason, REASON_SOURCE_REMOVED);
}

/* What stands where a purge took a message out; by its signature only. */
static void signed_purge(void **state)
{
	struct convert_input input = message(NULL, NULL);
	struct incident out;
	char signature[SIGNATURE_SIZE];

	(void)state;
	input.reason = text_of("purged");
	assert_int_equal(convert_message(convert, &input, &out), 1);
	assert_int_equal(out.reason, REASON_MISSING_FIELD);
	sign(&input, signature);
	assert_int_equal(convert_message(convert, &input, &out), 1);
	assert_int_equal(out.operation, INCIDENT_REJECT);
	assert_int_equal(out.reason, REASON_PURGED);
}

/* Framed for a registry: without one a reject; with one that is away neither a reject nor anything else. */
static void registries(void **state)
{
	const struct registry_options closed = {.url = "http://127.0.0.1:1"};
	struct convert_input input = {.value = "\0\0\0\0\1x", .value_len = 6, .append_ms = APPEND_MS};
	struct convert_options options = {
		.source = &press_source, .pack = pack, .installation_key = &key, .bytes_max = 4096};
	struct convert *with = NULL;
	struct incident out;
	struct err err = {0};

	(void)state;
	assert_int_equal(convert_message(convert, &input, &out), 1);
	assert_int_equal(out.reason, REASON_UNKNOWN_SCHEMA);
	assert_int_equal(registry_open(&options.registry, &closed, &err), 0);
	assert_int_equal(convert_open(&with, &options, &err), 0);
	assert_int_equal(convert_message(with, &input, &out), -1);
	assert_int_equal(convert_failure(with)->kind, ERR_RETRY);
	assert_int_equal(convert_counts(with).messages, 0);
	assert_int_equal(convert_counts(with).rejected, 0);
	convert_close(with);
	registry_close(options.registry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_whole_notice, setup, teardown),
		cmocka_unit_test_setup_teardown(order_of_revisions, setup, teardown),
		cmocka_unit_test_setup_teardown(withdraws, setup, teardown),
		cmocka_unit_test_setup_teardown(signed_purge, setup, teardown),
		cmocka_unit_test_setup_teardown(unknown_types_leave_as_a_hash, setup, teardown),
		cmocka_unit_test_setup_teardown(rejects_keep_what_names_them, setup, teardown),
		cmocka_unit_test_setup_teardown(keys, setup, teardown),
		cmocka_unit_test_setup_teardown(envelopes, setup, teardown),
		cmocka_unit_test_setup_teardown(places, setup, teardown),
		cmocka_unit_test_setup_teardown(points_and_release, setup, teardown),
		cmocka_unit_test_setup_teardown(signed_headers, setup, teardown),
		cmocka_unit_test_setup_teardown(signed_removal, setup, teardown),
		cmocka_unit_test_setup_teardown(registries, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
