#include "incident/incident_json.h"

#include "hash/hash.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <time.h>

static const char *const json_operations[] = {"upsert", "withdraw", "reject"};
static const char *const json_countable[] = {NULL, "incident", "activity", "info"};
static const char *const json_precision[] = {NULL, "minute", "hour", "day", "interval", "month", "unknown"};
static const char *const json_geo[] = {NULL, "point", "area", "municipality", "county", "none"};
static const char *const json_verified[] = {NULL, "reported", "verified", "unfounded"};
static const char *const json_release[] = {NULL, "public", "internal", "restricted"};

static void json_string(struct buf *out, const char *text, size_t len)
{
	buf_byte(out, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20)
			buf_format(out, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			buf_format(out, "\\%c", c);
		else
			buf_byte(out, c);
	}
	buf_byte(out, '"');
}

static void json_text(struct buf *out, const char *name, struct incident_text text)
{
	if (!text.text)
		return;
	buf_format(out, ",\"%s\":", name);
	json_string(out, text.text, text.len);
}

static void json_symbol(struct buf *out, const char *name, const char *symbol)
{
	if (symbol)
		json_text(out, name, (struct incident_text){symbol, strlen(symbol)});
}

static void json_number(struct buf *out, const char *name, int64_t number)
{
	if (number != INCIDENT_NULL)
		buf_format(out, ",\"%s\":%" PRId64, name, number);
}

static void json_real(struct buf *out, const char *name, double number)
{
	if (isfinite(number))
		buf_format(out, ",\"%s\":%.9g", name, number);
}

static void json_bool(struct buf *out, const char *name, int8_t value)
{
	if (value >= 0)
		buf_format(out, ",\"%s\":%s", name, value ? "true" : "false");
}

static void json_time(struct buf *out, const char *name, int64_t ms)
{
	char text[32];
	struct tm tm;
	time_t seconds;
	int rest;

	if (ms == INCIDENT_NULL)
		return;
	rest = (int)((ms % 1000 + 1000) % 1000);
	seconds = (time_t)((ms - rest) / 1000);
	if (!gmtime_r(&seconds, &tm))
		return;
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	buf_format(out, ",\"%s\":\"%s.%03dZ\"", name, text, rest);
}

static void json_id(struct buf *out, const uint8_t id[16])
{
	char hex[33];

	hash_hex(id, 16, hex);
	buf_format(out, "{\"incident_id\":\"%.8s-%.4s-%.4s-%.4s-%.12s\"", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

static void json_origin(struct buf *out, const struct incident_origin *origin)
{
	buf_format(out, ",\"origin\":{\"topic\":");
	json_string(out, origin->topic.text, origin->topic.text ? origin->topic.len : 0);
	buf_format(out,
		   ",\"partition\":%" PRId32 ",\"epoch\":%" PRId64 ",\"offset\":%" PRId64 ",\"sequence\":%" PRId64 "}",
		   origin->partition, origin->epoch, origin->offset, origin->sequence);
}

static void json_event(struct buf *out, const struct incident *in)
{
	json_text(out, "source_type", in->source_type);
	json_bool(out, "attempt", in->attempt);
	json_text(out, "category", in->category);
	json_text(out, "mapping", in->mapping);
	json_symbol(out, "countable", json_countable[in->countable]);
	json_number(out, "count", in->count);
	json_bool(out, "suppressed", in->suppressed);
	json_time(out, "occurred_from", in->occurred_from);
	json_time(out, "occurred_to", in->occurred_to);
	json_symbol(out, "time_precision", json_precision[in->time_precision]);
	json_time(out, "reported_at", in->reported_at);
	json_time(out, "published_at", in->published_at);
	json_time(out, "received_at", in->received_at);
}

static void json_place(struct buf *out, const struct incident *in)
{
	json_text(out, "municipality", in->municipality);
	json_text(out, "area", in->area);
	json_text(out, "place", in->place);
	json_text(out, "place_type", in->place_type);
	json_real(out, "latitude", in->latitude);
	json_real(out, "longitude", in->longitude);
	json_symbol(out, "geo_precision", json_geo[in->geo_precision]);
}

void incident_json(const struct incident *in, struct buf *out)
{
	json_id(out, in->id);
	json_symbol(out, "operation", json_operations[in->operation]);
	json_symbol(out, "reason", in->reason == REASON_NONE ? NULL : err_reason_name(in->reason));
	json_text(out, "detail", in->detail);
	json_origin(out, &in->origin);
	json_text(out, "source", in->source);
	json_number(out, "revision", in->revision);
	json_text(out, "source_system", in->source_system);
	json_text(out, "source_id", in->source_id);
	json_event(out, in);
	json_place(out, in);
	json_symbol(out, "verified", json_verified[in->verified]);
	json_text(out, "status", in->status);
	json_number(out, "perceived_unsafety", in->perceived_unsafety);
	json_symbol(out, "release", json_release[in->release]);
	json_number(out, "redactions", in->redactions);
	json_text(out, "unit", in->unit);
	if (in->backfill)
		json_bool(out, "backfill", 1);
	buf_append(out, "}\n", 2);
}
