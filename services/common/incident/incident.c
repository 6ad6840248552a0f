#include "incident/incident.h"
#include "avro/fingerprint.h"
#include "hash/hash.h"
#include "schema.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX 256
#define HASH_MAX 4096
#define FIXED_PART_MAX 512 /* everything of a record but the bytes of its texts */

const char *const incident_schema = schema_incident;

/* A field's number in the schema, counted from 0 with origin as one: part of every content hash, so
 * never renumbered. */
enum number {
	N_INCIDENT_ID,
	N_OPERATION,
	N_REASON,
	N_DETAIL,
	N_ORIGIN,
	N_SOURCE,
	N_REVISION,
	N_SOURCE_SYSTEM,
	N_SOURCE_ID,
	N_SOURCE_TYPE,
	N_ATTEMPT,
	N_CATEGORY,
	N_MAPPING,
	N_COUNTABLE,
	N_COUNT,
	N_SUPPRESSED,
	N_OCCURRED_FROM,
	N_OCCURRED_TO,
	N_TIME_PRECISION,
	N_REPORTED_AT,
	N_PUBLISHED_AT,
	N_RECEIVED_AT,
	N_MUNICIPALITY,
	N_AREA,
	N_PLACE,
	N_PLACE_TYPE,
	N_LATITUDE,
	N_LONGITUDE,
	N_GEO_PRECISION,
	N_VERIFIED,
	N_STATUS,
	N_PERCEIVED_UNSAFETY,
	N_RELEASE,
	N_REDACTIONS,
	N_UNIT,
	N_BACKFILL,
};

void incident_init(struct incident *in)
{
	memset(in, 0, sizeof *in);
	in->revision = in->count = in->occurred_from = in->occurred_to = INCIDENT_NULL;
	in->reported_at = in->published_at = in->received_at = INCIDENT_NULL;
	in->perceived_unsafety = in->redactions = INCIDENT_NULL;
	in->attempt = in->suppressed = -1;
	in->latitude = in->longitude = NAN;
}

uint64_t incident_fingerprint(void)
{
	static _Atomic uint64_t cached;
	uint64_t fingerprint = cached;
	struct err err;

	if (!fingerprint) {
		int failed = fingerprint_schema(incident_schema, strlen(incident_schema), &fingerprint, &err);

		assert(!failed); /* the text is our own, compiled in */
		cached = fingerprint;
	}
	return fingerprint;
}

/* --- encoding: the schema by hand; p runs in memory that was reserved for the longest record of
 * these texts --- */

static uint8_t *put_long(uint8_t *p, int64_t number)
{
	uint64_t v = (uint64_t)number << 1 ^ (uint64_t)(number >> 63);

	while (v >= 0x80) {
		*p++ = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	*p++ = (uint8_t)v;
	return p;
}

static uint8_t *put_text(uint8_t *p, struct incident_text text)
{
	p = put_long(p, (int64_t)text.len);
	if (text.len)
		memcpy(p, text.text, text.len);
	return p + text.len;
}

/* The ones below write a union of null and a value: branch 0 is null, branch 1 (byte 2) the value.
 */
static uint8_t *put_text_or_null(uint8_t *p, struct incident_text text)
{
	*p++ = text.text ? 2 : 0;
	return text.text ? put_text(p, text) : p;
}

static uint8_t *put_long_or_null(uint8_t *p, int64_t number)
{
	*p++ = number == INCIDENT_NULL ? 0 : 2;
	return number == INCIDENT_NULL ? p : put_long(p, number);
}

static uint8_t *put_enum_or_null(uint8_t *p, unsigned value)
{
	*p++ = value ? 2 : 0;
	if (value)
		*p++ = (uint8_t)((value - 1) << 1);
	return p;
}

static uint8_t *put_bool_or_null(uint8_t *p, int8_t value)
{
	*p++ = value < 0 ? 0 : 2;
	if (value >= 0)
		*p++ = value > 0;
	return p;
}

static uint8_t *put_double_or_null(uint8_t *p, double value)
{
	*p++ = isnan(value) ? 0 : 2;
	if (isnan(value))
		return p;
	memcpy(p, &value, sizeof value);
	return p + sizeof value;
}

static size_t texts_len(const struct incident *in)
{
	return in->detail.len + in->origin.topic.len + in->source.len + in->source_system.len + in->source_id.len +
	       in->source_type.len + in->category.len + in->mapping.len + in->municipality.len + in->area.len +
	       in->place.len + in->place_type.len + in->status.len + in->unit.len;
}

static uint8_t *put_head(uint8_t *p, const struct incident *in)
{
	uint64_t fingerprint = incident_fingerprint();
	const char *reason = err_reason_name(in->reason);
	struct incident_text reason_text = {in->reason == REASON_NONE ? NULL : reason, strlen(reason)};

	*p++ = 0xC3;
	*p++ = 0x01;
	memcpy(p, &fingerprint, 8);
	memcpy(p + 8, in->id, 16);
	p += 24;
	*p++ = (uint8_t)(in->operation << 1);
	p = put_text_or_null(p, reason_text);
	p = put_text_or_null(p, in->detail);
	p = put_text(p, in->origin.topic);
	p = put_long(p, in->origin.partition);
	p = put_long(p, in->origin.epoch);
	p = put_long(p, in->origin.offset);
	return put_long(p, in->origin.sequence);
}

void incident_encode(const struct incident *in, struct buf *out)
{
	uint8_t *p;

	if (!buf_reserve(out, FIXED_PART_MAX + texts_len(in)))
		return;
	p = put_head(out->data + out->len, in);
	p = put_text(p, in->source);
	p = put_long_or_null(p, in->revision);
	p = put_text_or_null(p, in->source_system);
	p = put_text_or_null(p, in->source_id);
	p = put_text_or_null(p, in->source_type);
	p = put_bool_or_null(p, in->attempt);
	p = put_text_or_null(p, in->category);
	p = put_text_or_null(p, in->mapping);
	p = put_enum_or_null(p, in->countable);
	p = put_long_or_null(p, in->count);
	p = put_bool_or_null(p, in->suppressed);
	p = put_long_or_null(p, in->occurred_from);
	p = put_long_or_null(p, in->occurred_to);
	p = put_enum_or_null(p, in->time_precision);
	p = put_long_or_null(p, in->reported_at);
	p = put_long_or_null(p, in->published_at);
	p = put_long_or_null(p, in->received_at);
	p = put_text_or_null(p, in->municipality);
	p = put_text_or_null(p, in->area);
	p = put_text_or_null(p, in->place);
	p = put_text_or_null(p, in->place_type);
	p = put_double_or_null(p, in->latitude);
	p = put_double_or_null(p, in->longitude);
	p = put_enum_or_null(p, in->geo_precision);
	p = put_enum_or_null(p, in->verified);
	p = put_text_or_null(p, in->status);
	p = put_long_or_null(p, in->perceived_unsafety);
	p = put_enum_or_null(p, in->release);
	p = put_long_or_null(p, in->redactions);
	p = put_text_or_null(p, in->unit);
	*p++ = in->backfill;
	out->len = (size_t)(p - out->data);
}

/* --- content hash --- */

/* What is hashed: for each field that says something, its number, then 8 bytes, or a 2-byte length
 * and the text. */
struct content {
	uint8_t data[HASH_MAX];
	size_t len;
};

static void add_long(struct content *c, enum number number, uint64_t value)
{
	c->data[c->len] = (uint8_t)number;
	memcpy(c->data + c->len + 1, &value, 8);
	c->len += 9;
}

static void add_number(struct content *c, enum number number, int64_t value)
{
	if (value != INCIDENT_NULL)
		add_long(c, number, (uint64_t)value);
}

static void add_enum(struct content *c, enum number number, unsigned value)
{
	if (value)
		add_long(c, number, value);
}

static void add_bool(struct content *c, enum number number, int8_t value)
{
	if (value >= 0)
		add_long(c, number, (uint64_t)value);
}

/* By its bits: the same bytes in the record, the same hash. */
static void add_double(struct content *c, enum number number, double value)
{
	uint64_t bits;

	if (isnan(value))
		return;
	memcpy(&bits, &value, sizeof bits);
	add_long(c, number, bits);
}

static void add_text(struct content *c, enum number number, struct incident_text text)
{
	if (!text.text)
		return;
	assert(text.len <= TEXT_MAX); /* incident_check has seen it; ten of these fit HASH_MAX */
	c->data[c->len++] = (uint8_t)number;
	c->data[c->len++] = (uint8_t)text.len;
	c->data[c->len++] = (uint8_t)(text.len >> 8);
	memcpy(c->data + c->len, text.text, text.len);
	c->len += text.len;
}

uint64_t incident_content_hash(const struct incident *in)
{
	struct content c;

	c.len = 0;
	c.data[c.len++] = N_INCIDENT_ID;
	memcpy(c.data + c.len, in->id, sizeof in->id);
	c.len += sizeof in->id;
	add_text(&c, N_SOURCE, in->source);
	if (in->operation != INCIDENT_UPSERT)
		return hash_content(c.data, c.len);
	add_text(&c, N_SOURCE_SYSTEM, in->source_system);
	add_text(&c, N_SOURCE_ID, in->source_id);
	add_text(&c, N_SOURCE_TYPE, in->source_type);
	add_bool(&c, N_ATTEMPT, in->attempt);
	add_enum(&c, N_COUNTABLE, in->countable);
	add_number(&c, N_COUNT, in->count);
	add_bool(&c, N_SUPPRESSED, in->suppressed);
	add_number(&c, N_OCCURRED_FROM, in->occurred_from);
	add_number(&c, N_OCCURRED_TO, in->occurred_to);
	add_enum(&c, N_TIME_PRECISION, in->time_precision);
	add_number(&c, N_REPORTED_AT, in->reported_at);
	add_number(&c, N_PUBLISHED_AT, in->published_at);
	add_text(&c, N_MUNICIPALITY, in->municipality);
	add_text(&c, N_AREA, in->area);
	add_text(&c, N_PLACE, in->place);
	add_text(&c, N_PLACE_TYPE, in->place_type);
	add_double(&c, N_LATITUDE, in->latitude);
	add_double(&c, N_LONGITUDE, in->longitude);
	add_enum(&c, N_GEO_PRECISION, in->geo_precision);
	add_enum(&c, N_VERIFIED, in->verified);
	add_text(&c, N_STATUS, in->status);
	add_number(&c, N_PERCEIVED_UNSAFETY, in->perceived_unsafety);
	add_enum(&c, N_RELEASE, in->release);
	add_text(&c, N_UNIT, in->unit);
	return hash_content(c.data, c.len);
}

/* --- order and identity --- */

struct incident_order incident_order(const struct incident *in)
{
	return (struct incident_order){.revision = in->revision,
				       .received_at = in->received_at,
				       .offset = in->origin.offset,
				       .epoch = in->origin.epoch,
				       .partition = in->origin.partition};
}

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

int incident_order_compare(const struct incident_order *a, const struct incident_order *b)
{
	int result = compare(a->revision, b->revision);

	if (!result)
		result = compare(a->received_at, b->received_at);
	if (!result)
		result = compare(a->partition, b->partition);
	if (!result)
		result = compare(a->offset, b->offset);
	return result ? result : compare(a->epoch, b->epoch);
}

void incident_make_id(const struct hash_key *key, const char *source, const char *id, size_t id_len, uint8_t out[16])
{
	struct hash_part parts[] = {{source, strlen(source)}, {"", 1}, {id, id_len}};
	uint8_t full[32];

	hash_hmac(key, parts, 3, full);
	memcpy(out, full, 16);
}

void incident_origin_id(const struct incident_origin *origin, uint8_t id[16])
{
	char place[320];
	uint8_t digest[32];
	int len = snprintf(
		place, sizeof(place), "%.*s/%d/%lld", (int)(origin->topic.len < 256 ? origin->topic.len : 256),
		origin->topic.text ? origin->topic.text : "", (int)origin->partition, (long long)origin->offset);

	hash_sha256(place, (size_t)len, digest);
	memcpy(id, digest, 16);
}
