#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <avro.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "avro/avroread.h"
#include "hash/hash.h"
#include "incident/incident.h"

#define TEXT(s) ((struct incident_text){s, sizeof(s) - 1})

static struct avroread *reader;
static struct incident full; /* every field set */

static void fill(struct incident *in)
{
	incident_init(in);
	memcpy(in->id,
	       "\x00\x01\x02\x80\xff"
	       "56789abcdef",
	       16);
	in->detail = TEXT("f\xc3\xa4lt 3");
	in->origin = (struct incident_origin){TEXT("feed.press"), 3, 1780000000000, 1234567, 99};
	in->source = TEXT("press");
	in->revision = 1780000000000000;
	in->source_system = TEXT("polisen.se");
	in->source_id = TEXT("636459");
	in->source_type = TEXT("Skadeg\xc3\xb6relse");
	in->attempt = 0;
	in->category = TEXT("SKA");
	in->mapping = TEXT("0123456789abcdef");
	in->countable = COUNTABLE_INFO;
	in->count = 7;
	in->suppressed = 0;
	in->occurred_from = 1779810000000;
	in->occurred_to = 1779810001000;
	in->time_precision = PRECISION_UNKNOWN;
	in->reported_at = 1779810002000;
	in->published_at = 1779810003000;
	in->received_at = 1779810004000;
	in->municipality = TEXT("1881");
	in->area = TEXT("1881-centrum");
	in->place = TEXT("Kumla torg");
	in->place_type = TEXT("torg");
	in->latitude = 59.12;
	in->longitude = -15.5;
	in->geo_precision = GEO_NONE;
	in->verified = VERIFIED_UNFOUNDED;
	in->status = TEXT("closed");
	in->perceived_unsafety = 4;
	in->release = RELEASE_RESTRICTED;
	in->redactions = 2;
	in->unit = TEXT("");
	in->backfill = true;
}

static struct buf encode(const struct incident *in)
{
	struct buf out;

	buf_init(&out, 65536);
	incident_encode(in, &out);
	assert_false(out.overflow);
	return out;
}

/* Decode an exact-size heap copy; the texts in out point into *copy, which the caller frees. */
static int decode(const void *bytes, size_t len, struct incident *out, uint8_t **copy, struct err *err)
{
	struct field fields[FIELD_SPECS_MAX];

	*copy = malloc(len ? len : 1);
	memcpy(*copy, bytes, len);
	memset(err, 0, sizeof *err);
	if (avroread_record(reader, *copy, len, incident_fields, incident_field_count, fields, err))
		return -1;
	return incident_decode(fields, out, err);
}

static void assert_same_bytes(const struct incident *in, const struct buf *bytes)
{
	struct buf again = encode(in);

	assert_int_equal(again.len, bytes->len);
	assert_memory_equal(again.data, bytes->data, bytes->len);
	buf_release(&again);
}

static void round_trip(const struct incident *in)
{
	struct buf bytes = encode(in);
	struct incident out;
	uint8_t *copy;
	struct err err;

	assert_int_equal(decode(bytes.data, bytes.len, &out, &copy, &err), 0);
	assert_memory_equal(out.id, in->id, 16);
	assert_int_equal(out.operation, in->operation);
	assert_int_equal(out.origin.sequence, in->origin.sequence);
	assert_true(out.revision == in->revision && out.occurred_from == in->occurred_from && out.count == in->count);
	assert_int_equal(out.reason, in->reason);
	assert_int_equal(out.release, in->release);
	assert_true(incident_content_hash(&out) == incident_content_hash(in));
	assert_same_bytes(&out, &bytes);
	free(copy);
	buf_release(&bytes);
}

static void round_trips(void **state)
{
	struct incident in;
	int i;

	(void)state;
	round_trip(&full);
	incident_init(&in);
	in.origin.topic = TEXT("feed.x");
	in.source = TEXT("x");
	round_trip(&in);
	for (i = 1; i < REASON_COUNT; i++) {
		in.operation = i == REASON_SOURCE_REMOVED ? INCIDENT_WITHDRAW : INCIDENT_REJECT;
		in.reason = (enum err_reason)i;
		round_trip(&in);
	}
	in.origin.offset = INT64_MAX;
	in.origin.epoch = INT64_MIN;
	in.origin.partition = INT32_MIN;
	in.revision = INT64_MIN + 1;
	in.latitude = -0.0;
	round_trip(&in);
}

static void assert_json(const char *json, const char *part)
{
	if (!strstr(json, part))
		fail_msg("%s is not in %s", part, json);
}

/* Avro-C's own reader takes our bytes, and its own writer makes the same ones of what it read. */
static void avro_c_agrees(void **state)
{
	struct buf bytes = encode(&full);
	avro_schema_t schema;
	avro_value_iface_t *iface;
	avro_value_t value;
	avro_reader_t in = avro_reader_memory((const char *)bytes.data + 10, (int64_t)bytes.len - 10);
	char out[4096], *json;
	avro_writer_t writer = avro_writer_memory(out, sizeof out);

	(void)state;
	assert_int_equal(avro_schema_from_json_length(incident_schema, strlen(incident_schema), &schema), 0);
	iface = avro_generic_class_from_schema(schema);
	assert_int_equal(avro_generic_value_new(iface, &value), 0);
	assert_int_equal(avro_value_read(in, &value), 0);
	assert_int_equal(avro_value_write(writer, &value), 0);
	assert_int_equal(avro_writer_tell(writer), bytes.len - 10);
	assert_memory_equal(out, bytes.data + 10, bytes.len - 10);
	assert_int_equal(avro_value_to_json(&value, 1, &json), 0);
	assert_json(json, "\"operation\": \"upsert\"");
	assert_json(json, "\"sequence\": 99");
	assert_json(json, "\"revision\": {\"long\": 1780000000000000}");
	assert_json(json, "\"source_type\": {\"string\": \"Skadeg\\u00F6relse\"}");
	assert_json(json, "\"longitude\": {\"double\": -15.5}");
	assert_json(json, "\"backfill\": true");
	assert_json(json, "unfounded");
	free(json);
	avro_value_decref(&value);
	avro_value_iface_decref(iface);
	avro_schema_decref(schema);
	avro_reader_free(in);
	avro_writer_free(writer);
	buf_release(&bytes);
}

static void assert_message(const struct err *err)
{
	assert_int_equal(err->kind, ERR_MESSAGE);
	assert_true(err->reason > REASON_NONE && err->reason < REASON_COUNT && err->text[0]);
}

static void every_truncation_is_refused(void **state)
{
	struct buf bytes = encode(&full);
	struct incident out;
	uint8_t *copy;
	struct err err;
	size_t len;

	(void)state;
	for (len = 0; len < bytes.len; len++) {
		assert_int_equal(decode(bytes.data, len, &out, &copy, &err), -1);
		assert_message(&err);
		free(copy);
	}
	buf_byte(&bytes, 0);
	assert_int_equal(decode(bytes.data, bytes.len, &out, &copy, &err), -1);
	assert_int_equal(err.reason, REASON_SCHEMA);
	free(copy);
	buf_release(&bytes);
}

static void every_flipped_byte_is_valid_or_refused(void **state)
{
	struct buf bytes = encode(&full);
	struct incident out;
	uint8_t *copy;
	struct err err;
	size_t i;
	int x;

	(void)state;
	for (i = 0; i < bytes.len; i++)
		for (x = 1; x < 256; x++) {
			bytes.data[i] ^= (uint8_t)x;
			if (decode(bytes.data, bytes.len, &out, &copy, &err))
				assert_message(&err);
			else if (!incident_check(&out, &err))
				assert_true(incident_content_hash(&out) != 0);
			else
				assert_message(&err);
			bytes.data[i] ^= (uint8_t)x;
			free(copy);
		}
	buf_release(&bytes);
}

static void overflow_is_told(void **state)
{
	struct buf small;

	(void)state;
	buf_init(&small, 100);
	incident_encode(&full, &small);
	assert_true(small.overflow);
	buf_release(&small);
}

static void refuses(struct incident in, enum err_reason reason)
{
	struct err err = {0};

	assert_int_equal(incident_check(&in, &err), -1);
	assert_int_equal(err.kind, ERR_MESSAGE);
	assert_string_equal(err_reason_name(err.reason), err_reason_name(reason));
}

#define REFUSES(change, reason)                                                                                        \
	do {                                                                                                           \
		struct incident copy_ = full;                                                                          \
		copy_.change;                                                                                          \
		refuses(copy_, reason);                                                                                \
	} while (0)

static void checks_required_and_lengths(void **state)
{
	static char long_text[500];
	struct err err;

	(void)state;
	memset(long_text, 'x', sizeof long_text);
	assert_int_equal(incident_check(&full, &err), 0);
	REFUSES(revision = INCIDENT_NULL, REASON_MISSING_FIELD);
	REFUSES(source_type = TEXT(""), REASON_MISSING_FIELD);
	REFUSES(countable = COUNTABLE_NULL, REASON_MISSING_FIELD);
	REFUSES(occurred_from = INCIDENT_NULL, REASON_MISSING_FIELD);
	REFUSES(time_precision = PRECISION_NULL, REASON_MISSING_FIELD);
	REFUSES(received_at = INCIDENT_NULL, REASON_MISSING_FIELD);
	REFUSES(municipality.text = NULL, REASON_BAD_VALUE); /* with a length: a bug */
	REFUSES(municipality = ((struct incident_text){NULL, 0}), REASON_MISSING_FIELD);
	REFUSES(origin.topic.len = 0, REASON_MISSING_FIELD);
	REFUSES(source.len = 0, REASON_MISSING_FIELD);
	REFUSES(count = INCIDENT_NULL, REASON_MISSING_FIELD);
	REFUSES(area = ((struct incident_text){long_text, 33}), REASON_TOO_LARGE);
	REFUSES(source_type = ((struct incident_text){long_text, 257}), REASON_TOO_LARGE);
	REFUSES(detail = ((struct incident_text){long_text, 481}), REASON_TOO_LARGE);
}

static void checks_ranges(void **state)
{
	struct incident in = full;
	struct err err;

	(void)state;
	REFUSES(occurred_from = -1, REASON_BAD_TIME);
	REFUSES(occurred_from = 4102444800000, REASON_BAD_TIME);
	REFUSES(revision = INT64_MAX, REASON_BAD_TIME);
	REFUSES(count = -1, REASON_BAD_VALUE);
	REFUSES(count = 10001, REASON_BAD_VALUE);
	REFUSES(suppressed = 1, REASON_BAD_VALUE);
	REFUSES(perceived_unsafety = 5, REASON_BAD_VALUE);
	REFUSES(redactions = -1, REASON_BAD_VALUE);
	REFUSES(latitude = NAN, REASON_BAD_VALUE);
	REFUSES(latitude = INFINITY, REASON_BAD_VALUE);
	REFUSES(longitude = 180.5, REASON_BAD_VALUE);
	REFUSES(municipality = TEXT("18x1"), REASON_BAD_VALUE);
	REFUSES(municipality = TEXT("188"), REASON_BAD_VALUE);
	REFUSES(origin.sequence = 0, REASON_BAD_VALUE);
	REFUSES(origin.offset = -1, REASON_BAD_VALUE);
	REFUSES(origin.partition = -1, REASON_BAD_VALUE);
	REFUSES(reason = REASON_SYNTAX, REASON_BAD_VALUE);
	REFUSES(operation = INCIDENT_REJECT, REASON_BAD_VALUE);
	REFUSES(release = (enum incident_release)9, REASON_BAD_VALUE);
	in.count = INCIDENT_NULL;
	in.suppressed = 1;
	assert_int_equal(incident_check(&in, &err), 0);
	incident_init(&in);
	in.origin = full.origin;
	in.source = full.source;
	in.operation = INCIDENT_REJECT;
	in.reason = REASON_SYNTAX;
	assert_int_equal(incident_check(&in, &err), 0);
}

#define SAME_HASH(change)                                                                                              \
	do {                                                                                                           \
		struct incident copy_ = full;                                                                          \
		copy_.change;                                                                                          \
		assert_true(incident_content_hash(&copy_) == base);                                                    \
	} while (0)
#define OTHER_HASH(change)                                                                                             \
	do {                                                                                                           \
		struct incident copy_ = full;                                                                          \
		copy_.change;                                                                                          \
		assert_true(incident_content_hash(&copy_) != base);                                                    \
	} while (0)

static void content_hash(void **state)
{
	uint64_t base = incident_content_hash(&full);

	(void)state;
	SAME_HASH(detail = TEXT("other"));
	SAME_HASH(origin.offset = 1);
	SAME_HASH(revision = 1);
	SAME_HASH(category = TEXT("X"));
	SAME_HASH(mapping = TEXT("X"));
	SAME_HASH(received_at = 1);
	SAME_HASH(redactions = 9);
	SAME_HASH(backfill = false);
	OTHER_HASH(source_type = TEXT("St\xc3\xb6ld"));
	OTHER_HASH(source_id = TEXT("1"));
	OTHER_HASH(attempt = 1);
	OTHER_HASH(countable = COUNTABLE_INCIDENT);
	OTHER_HASH(count = 8);
	OTHER_HASH(suppressed = -1);
	OTHER_HASH(occurred_from = 1);
	OTHER_HASH(occurred_to = INCIDENT_NULL);
	OTHER_HASH(time_precision = PRECISION_DAY);
	OTHER_HASH(reported_at = 1);
	OTHER_HASH(published_at = 1);
	OTHER_HASH(municipality = TEXT("1880"));
	OTHER_HASH(area = TEXT(""));
	OTHER_HASH(place = ((struct incident_text){NULL, 0}));
	OTHER_HASH(place_type = TEXT("x"));
	OTHER_HASH(latitude = nextafter(full.latitude, 90));
	OTHER_HASH(longitude = NAN);
	OTHER_HASH(geo_precision = GEO_NULL);
	OTHER_HASH(verified = VERIFIED_VERIFIED);
	OTHER_HASH(status = TEXT("open"));
	OTHER_HASH(perceived_unsafety = 0);
	OTHER_HASH(release = RELEASE_PUBLIC);
	OTHER_HASH(unit = ((struct incident_text){NULL, 0}));
	OTHER_HASH(operation = INCIDENT_WITHDRAW);
}

static void order_is_total(void **state)
{
	struct incident_order a = {.revision = 1, .received_at = 1, .offset = 1, .epoch = 1, .partition = 1}, b = a;

	(void)state;
	assert_int_equal(incident_order_compare(&a, &b), 0);
	b.epoch = 2;
	assert_true(incident_order_compare(&a, &b) < 0 && incident_order_compare(&b, &a) > 0);
	a.offset = 2;
	assert_true(incident_order_compare(&a, &b) > 0);
	b.partition = 2;
	assert_true(incident_order_compare(&a, &b) < 0);
	a.received_at = 2;
	assert_true(incident_order_compare(&a, &b) > 0);
	b.revision = 2;
	assert_true(incident_order_compare(&a, &b) < 0);
	a.revision = INCIDENT_NULL;
	assert_true(incident_order_compare(&a, &b) < 0);
}

static void id_is_keyed(void **state)
{
	static const char hex[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
	struct hash_key key;
	struct hash_part part = {"press\0"
				 "636459",
				 12};
	uint8_t whole[32], id[16], other[16];
	struct err err;

	(void)state;
	assert_int_equal(hash_key_init(&key, hex, &err), 0);
	incident_make_id(&key, "press", "636459", 6, id);
	hash_hmac(&key, &part, 1, whole);
	assert_memory_equal(id, whole, 16);
	incident_make_id(&key, "press6", "36459", 5, other);
	assert_memory_not_equal(id, other, 16);
	hash_key_release(&key);
}

static int open_reader(void **state)
{
	struct err err;
	uint64_t fingerprint;

	(void)state;
	fill(&full);
	if (avroread_open(&reader, &err) ||
	    avroread_add(reader, incident_schema, strlen(incident_schema), &fingerprint, &err))
		return -1;
	return fingerprint == incident_fingerprint() ? 0 : -1;
}

static int close_reader(void **state)
{
	(void)state;
	avroread_close(reader);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trips),
		cmocka_unit_test(avro_c_agrees),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(every_flipped_byte_is_valid_or_refused),
		cmocka_unit_test(overflow_is_told),
		cmocka_unit_test(checks_required_and_lengths),
		cmocka_unit_test(checks_ranges),
		cmocka_unit_test(content_hash),
		cmocka_unit_test(order_is_total),
		cmocka_unit_test(id_is_keyed),
	};

	return cmocka_run_group_tests(tests, open_reader, close_reader);
}
