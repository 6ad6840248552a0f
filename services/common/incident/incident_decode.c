/* From fields by name to an incident, and what a valid one is: the reading half of incident.h. */
#include "incident/incident.h"

#include <math.h>
#include <string.h>

#define CODE_MAX 32
#define TEXT_MAX 256
#define COUNT_MAX 10000
#define YEAR_2100_MS INT64_C(4102444800000)

/* clang-format off */
#define TEXT(name, long) {name, false, FIELD_TEXT, long}
#define INT(name) {name, false, FIELD_INT, 0}
/* clang-format on */

enum slot {
	S_INCIDENT_ID,
	S_OPERATION,
	S_REASON,
	S_DETAIL,
	S_TOPIC,
	S_PARTITION,
	S_EPOCH,
	S_OFFSET,
	S_SEQUENCE,
	S_SOURCE,
	S_REVISION,
	S_SOURCE_SYSTEM,
	S_SOURCE_ID,
	S_SOURCE_TYPE,
	S_ATTEMPT,
	S_CATEGORY,
	S_MAPPING,
	S_COUNTABLE,
	S_COUNT,
	S_SUPPRESSED,
	S_OCCURRED_FROM,
	S_OCCURRED_TO,
	S_TIME_PRECISION,
	S_REPORTED_AT,
	S_PUBLISHED_AT,
	S_RECEIVED_AT,
	S_MUNICIPALITY,
	S_AREA,
	S_PLACE,
	S_PLACE_TYPE,
	S_LATITUDE,
	S_LONGITUDE,
	S_GEO_PRECISION,
	S_VERIFIED,
	S_STATUS,
	S_PERCEIVED_UNSAFETY,
	S_RELEASE,
	S_REDACTIONS,
	S_UNIT,
	S_BACKFILL,
	S_SLOTS
};

const struct field_spec incident_fields[] = {
	[S_INCIDENT_ID] = {"incident_id", true, FIELD_TEXT, 16},
	[S_OPERATION] = {"operation", true, FIELD_TEXT, CODE_MAX},
	[S_REASON] = TEXT("reason", CODE_MAX),
	[S_DETAIL] = TEXT("detail", INCIDENT_DETAIL_MAX),
	[S_TOPIC] = {"origin.topic", true, FIELD_TEXT, TEXT_MAX},
	[S_PARTITION] = {"origin.partition", true, FIELD_INT, 0},
	[S_EPOCH] = {"origin.epoch", true, FIELD_INT, 0},
	[S_OFFSET] = {"origin.offset", true, FIELD_INT, 0},
	[S_SEQUENCE] = {"origin.sequence", true, FIELD_INT, 0},
	[S_SOURCE] = {"source", true, FIELD_TEXT, CODE_MAX},
	[S_REVISION] = INT("revision"),
	[S_SOURCE_SYSTEM] = TEXT("source_system", TEXT_MAX),
	[S_SOURCE_ID] = TEXT("source_id", TEXT_MAX),
	[S_SOURCE_TYPE] = TEXT("source_type", TEXT_MAX),
	[S_ATTEMPT] = {"attempt", false, FIELD_BOOL, 0},
	[S_CATEGORY] = TEXT("category", CODE_MAX),
	[S_MAPPING] = TEXT("mapping", CODE_MAX),
	[S_COUNTABLE] = TEXT("countable", CODE_MAX),
	[S_COUNT] = INT("count"),
	[S_SUPPRESSED] = {"suppressed", false, FIELD_BOOL, 0},
	[S_OCCURRED_FROM] = INT("occurred_from"),
	[S_OCCURRED_TO] = INT("occurred_to"),
	[S_TIME_PRECISION] = TEXT("time_precision", CODE_MAX),
	[S_REPORTED_AT] = INT("reported_at"),
	[S_PUBLISHED_AT] = INT("published_at"),
	[S_RECEIVED_AT] = INT("received_at"),
	[S_MUNICIPALITY] = TEXT("municipality", CODE_MAX),
	[S_AREA] = TEXT("area", CODE_MAX),
	[S_PLACE] = TEXT("place", TEXT_MAX),
	[S_PLACE_TYPE] = TEXT("place_type", CODE_MAX),
	[S_LATITUDE] = {"latitude", false, FIELD_REAL, 0},
	[S_LONGITUDE] = {"longitude", false, FIELD_REAL, 0},
	[S_GEO_PRECISION] = TEXT("geo_precision", CODE_MAX),
	[S_VERIFIED] = TEXT("verified", CODE_MAX),
	[S_STATUS] = TEXT("status", CODE_MAX),
	[S_PERCEIVED_UNSAFETY] = INT("perceived_unsafety"),
	[S_RELEASE] = TEXT("release", CODE_MAX),
	[S_REDACTIONS] = INT("redactions"),
	[S_UNIT] = TEXT("unit", TEXT_MAX),
	[S_BACKFILL] = {"backfill", false, FIELD_BOOL, 0},
};
const unsigned incident_field_count = S_SLOTS;

_Static_assert(sizeof incident_fields / sizeof *incident_fields <= FIELD_SPECS_MAX, "more fields than a reader takes");

static const char *const operations[] = {"upsert", "withdraw", "reject", NULL};
static const char *const countables[] = {"incident", "activity", "info", NULL};
static const char *const precisions[] = {"minute", "hour", "day", "interval", "month", "unknown", NULL};
static const char *const geos[] = {"point", "area", "municipality", "county", "none", NULL};
static const char *const verifieds[] = {"reported", "verified", "unfounded", NULL};
static const char *const releases[] = {"public", "internal", "restricted", NULL};

static bool empty(const struct field *f)
{
	return f->type == FIELD_ABSENT || f->type == FIELD_NULL;
}

/* Required, and of the type the table says; lengths are incident_check's. */
static int check_types(const struct field *fields, struct err *err)
{
	unsigned i;

	for (i = 0; i < S_SLOTS; i++) {
		const struct field_spec *spec = &incident_fields[i];

		if (empty(&fields[i]) ? spec->required : fields[i].type != spec->type)
			return err_message(err, REASON_SCHEMA, "the record's %s is missing or of another type",
					   spec->path);
	}
	if (fields[S_INCIDENT_ID].len != 16)
		return err_message(err, REASON_SCHEMA, "the record's incident_id is not 16 bytes");
	return 0;
}

static struct incident_text text_of(const struct field *f)
{
	return empty(f) ? (struct incident_text){NULL, 0} : (struct incident_text){f->text, f->len};
}

static int64_t int_of(const struct field *f)
{
	return empty(f) ? INCIDENT_NULL : f->number;
}

static int8_t bool_of(const struct field *f)
{
	return empty(f) ? -1 : (int8_t)f->number;
}

static double real_of(const struct field *f)
{
	return empty(f) ? (double)NAN : f->real;
}

/* 1 and up: the symbol's place; 0: null; -1: no such symbol. */
static int symbol_of(const struct field *f, const char *const *symbols)
{
	int i;

	if (empty(f))
		return 0;
	for (i = 0; symbols[i]; i++)
		if (strlen(symbols[i]) == f->len && !memcmp(symbols[i], f->text, f->len))
			return i + 1;
	return -1;
}

static int decode_enums(const struct field *fields, struct incident *out, struct err *err)
{
	int operation = symbol_of(&fields[S_OPERATION], operations),
	    countable = symbol_of(&fields[S_COUNTABLE], countables);
	int precision = symbol_of(&fields[S_TIME_PRECISION], precisions),
	    geo = symbol_of(&fields[S_GEO_PRECISION], geos);
	int verified = symbol_of(&fields[S_VERIFIED], verifieds), release = symbol_of(&fields[S_RELEASE], releases);
	const struct field *reason = &fields[S_REASON];

	if (operation < 0 || countable < 0 || precision < 0 || geo < 0 || verified < 0 || release < 0)
		return err_message(err, REASON_BAD_VALUE, "the record has a symbol that this version does not know");
	out->reason = empty(reason) ? REASON_NONE : err_reason_find(reason->text, reason->len);
	if (!empty(reason) && out->reason == REASON_NONE)
		return err_message(err, REASON_BAD_VALUE, "the record's reason is not one that this version knows");
	out->operation = (enum incident_operation)(operation - 1);
	out->countable = (enum incident_countable)countable;
	out->time_precision = (enum incident_precision)precision;
	out->geo_precision = (enum incident_geo)geo;
	out->verified = (enum incident_verified)verified;
	out->release = (enum incident_release)release;
	return 0;
}

static void decode_origin(const struct field *fields, struct incident *out)
{
	memcpy(out->id, fields[S_INCIDENT_ID].text, 16);
	out->detail = text_of(&fields[S_DETAIL]);
	out->origin.topic = text_of(&fields[S_TOPIC]);
	out->origin.partition = (int32_t)fields[S_PARTITION].number;
	out->origin.epoch = fields[S_EPOCH].number;
	out->origin.offset = fields[S_OFFSET].number;
	out->origin.sequence = fields[S_SEQUENCE].number;
	out->source = text_of(&fields[S_SOURCE]);
	out->revision = int_of(&fields[S_REVISION]);
	out->backfill = bool_of(&fields[S_BACKFILL]) > 0;
}

static void decode_rest(const struct field *fields, struct incident *out)
{
	out->source_system = text_of(&fields[S_SOURCE_SYSTEM]);
	out->source_id = text_of(&fields[S_SOURCE_ID]);
	out->source_type = text_of(&fields[S_SOURCE_TYPE]);
	out->attempt = bool_of(&fields[S_ATTEMPT]);
	out->category = text_of(&fields[S_CATEGORY]);
	out->mapping = text_of(&fields[S_MAPPING]);
	out->count = int_of(&fields[S_COUNT]);
	out->suppressed = bool_of(&fields[S_SUPPRESSED]);
	out->occurred_from = int_of(&fields[S_OCCURRED_FROM]);
	out->occurred_to = int_of(&fields[S_OCCURRED_TO]);
	out->reported_at = int_of(&fields[S_REPORTED_AT]);
	out->published_at = int_of(&fields[S_PUBLISHED_AT]);
	out->received_at = int_of(&fields[S_RECEIVED_AT]);
	out->municipality = text_of(&fields[S_MUNICIPALITY]);
	out->area = text_of(&fields[S_AREA]);
	out->place = text_of(&fields[S_PLACE]);
	out->place_type = text_of(&fields[S_PLACE_TYPE]);
	out->latitude = real_of(&fields[S_LATITUDE]);
	out->longitude = real_of(&fields[S_LONGITUDE]);
	out->status = text_of(&fields[S_STATUS]);
	out->perceived_unsafety = int_of(&fields[S_PERCEIVED_UNSAFETY]);
	out->redactions = int_of(&fields[S_REDACTIONS]);
	out->unit = text_of(&fields[S_UNIT]);
}

int incident_decode(const struct field *fields, struct incident *out, struct err *err)
{
	struct incident in;

	if (check_types(fields, err) || decode_enums(fields, &in, err))
		return -1;
	decode_origin(fields, &in);
	decode_rest(fields, &in);
	*out = in;
	return 0;
}

/* --- what a valid record is --- */

static int too_long(const char *name, size_t max, struct err *err)
{
	return err_message(err, REASON_TOO_LARGE, "the record's %s is longer than %zu bytes", name, max);
}

static int bad(const char *what, struct err *err)
{
	return err_message(err, REASON_BAD_VALUE, "the record's %s", what);
}

static int missing(const char *name, struct err *err)
{
	return err_message(err, REASON_MISSING_FIELD, "the record has no %s", name);
}

static int check_lengths(const struct incident *in, struct err *err)
{
	const struct {
		const struct incident_text *text;
		enum slot slot;
	} texts[] = {
		{&in->detail, S_DETAIL},
		{&in->origin.topic, S_TOPIC},
		{&in->source, S_SOURCE},
		{&in->source_system, S_SOURCE_SYSTEM},
		{&in->source_id, S_SOURCE_ID},
		{&in->source_type, S_SOURCE_TYPE},
		{&in->category, S_CATEGORY},
		{&in->mapping, S_MAPPING},
		{&in->municipality, S_MUNICIPALITY},
		{&in->area, S_AREA},
		{&in->place, S_PLACE},
		{&in->place_type, S_PLACE_TYPE},
		{&in->status, S_STATUS},
		{&in->unit, S_UNIT},
	};
	size_t i;

	for (i = 0; i < sizeof texts / sizeof *texts; i++) {
		const struct field_spec *spec = &incident_fields[texts[i].slot];

		if (texts[i].text->len > spec->max)
			return too_long(spec->path, spec->max, err);
		if (!texts[i].text->text && texts[i].text->len)
			return bad("null text has a length", err);
	}
	return 0;
}

static int check_origin(const struct incident *in, struct err *err)
{
	const struct incident_origin *o = &in->origin;

	if (!o->topic.len)
		return missing("origin.topic", err);
	if (!in->source.len)
		return missing("source", err);
	if (o->partition < 0 || o->offset < 0 || o->epoch < 0)
		return bad("origin has a negative partition, offset or epoch", err);
	if (o->sequence < 1)
		return bad("origin.sequence is not positive", err);
	return 0;
}

static bool time_ok(int64_t ms)
{
	return ms == INCIDENT_NULL || (ms >= 0 && ms < YEAR_2100_MS);
}

static int check_times(const struct incident *in, struct err *err)
{
	if (!time_ok(in->occurred_from) || !time_ok(in->occurred_to) || !time_ok(in->reported_at) ||
	    !time_ok(in->published_at) || !time_ok(in->received_at) ||
	    (in->revision != INCIDENT_NULL && !time_ok(in->revision / 1000)))
		return err_message(err, REASON_BAD_TIME, "a time of the record is not in the years 1970-2099");
	return 0;
}

static bool within(int64_t value, int64_t low, int64_t high)
{
	return value == INCIDENT_NULL || (value >= low && value <= high);
}

static int check_numbers(const struct incident *in, struct err *err)
{
	if (!within(in->count, 0, COUNT_MAX))
		return bad("count is not in 0..10000", err);
	if (!within(in->perceived_unsafety, 0, 4))
		return bad("perceived_unsafety is not in 0..4", err);
	if (!within(in->redactions, 0, INT32_MAX))
		return bad("redactions is out of range", err);
	if (in->attempt < -1 || in->attempt > 1 || in->suppressed < -1 || in->suppressed > 1)
		return bad("attempt or suppressed is no boolean", err);
	if (isnan(in->latitude) != isnan(in->longitude))
		return bad("latitude and longitude are not both there", err);
	if (!isnan(in->latitude) && !(fabs(in->latitude) <= 90 && fabs(in->longitude) <= 180))
		return bad("latitude or longitude is out of range", err);
	return 0;
}

/* The C value's own enums: a normalizer's bug must not become bytes that no schema has. */
static int check_enums(const struct incident *in, struct err *err)
{
	if (in->operation > INCIDENT_REJECT || in->countable > COUNTABLE_INFO ||
	    in->time_precision > PRECISION_UNKNOWN || in->geo_precision > GEO_NONE ||
	    in->verified > VERIFIED_UNFOUNDED || in->release > RELEASE_RESTRICTED || in->reason >= REASON_COUNT)
		return bad("enum is out of range", err);
	if (in->operation == INCIDENT_REJECT && (in->reason == REASON_NONE || in->reason == REASON_SOURCE_REMOVED))
		return bad("reason does not belong to a reject", err);
	if (in->operation == INCIDENT_WITHDRAW && in->reason != REASON_NONE && in->reason != REASON_SOURCE_REMOVED)
		return bad("reason does not belong to a withdraw", err);
	if (in->operation == INCIDENT_UPSERT && in->reason != REASON_NONE)
		return bad("reason does not belong to an upsert", err);
	return 0;
}

static int check_municipality(struct incident_text code, struct err *err)
{
	size_t i;

	if (code.len != 4 && code.len != 2)
		return bad("municipality is not 4 or 2 digits", err);
	for (i = 0; i < code.len; i++)
		if (code.text[i] < '0' || code.text[i] > '9')
			return bad("municipality is not 4 or 2 digits", err);
	return 0;
}

static int check_upsert(const struct incident *in, struct err *err)
{
	if (in->revision == INCIDENT_NULL)
		return missing("revision", err);
	if (!in->source_type.len)
		return missing("source_type", err);
	if (in->countable == COUNTABLE_NULL)
		return missing("countable", err);
	if (in->occurred_from == INCIDENT_NULL)
		return missing("occurred_from", err);
	if (in->time_precision == PRECISION_NULL)
		return missing("time_precision", err);
	if (in->received_at == INCIDENT_NULL)
		return missing("received_at", err);
	if (!in->municipality.text)
		return missing("municipality", err);
	if (in->count == INCIDENT_NULL && in->suppressed != 1)
		return missing("count, nor is it suppressed", err);
	if (in->count != INCIDENT_NULL && in->suppressed == 1)
		return bad("count stands although it is suppressed", err);
	return 0;
}

int incident_check(const struct incident *in, struct err *err)
{
	if (check_enums(in, err) || check_lengths(in, err) || check_origin(in, err) || check_times(in, err) ||
	    check_numbers(in, err))
		return -1;
	if (in->municipality.text && check_municipality(in->municipality, err))
		return -1;
	return in->operation == INCIDENT_UPSERT ? check_upsert(in, err) : 0;
}
