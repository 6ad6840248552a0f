#include "normalizer/convert.h"

#include "avro/avroread.h"
#include "base/utf8.h"
#include "geo/project.h"
#include "json/jsonread.h"
#include "normalizer/counts.h"
#include "normalizer/envelope.h"
#include "normalizer/place.h"
#include "normalizer/revision.h"
#include "registry/registry.h"
#include "text/text.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONVERT_ID_MAX sizeof(((struct source_event *)0)->id)
#define CONVERT_HOUR_MS INT64_C(3600000)
#define CONVERT_UNKNOWN "UNK"

struct convert {
	struct convert_options options;
	struct jsonread *reader, *wrapper; /* wrapper: of structured CloudEvents, whose data the reader reads */
	struct avroread *avro;
	struct project *project;
	struct convert_counts counts;
	struct err failure;

	/* The source's fields, then those of a counts row: both are read in one pass, and then the fields say which it
	 * is. */
	struct field_spec specs[FIELD_SPECS_MAX];
	size_t spec_count;
	uint64_t personal; /* a bit for each of the source's fields that is only counted */

	/* Of the message in hand; what an incident's views point into. */
	struct field fields[FIELD_SPECS_MAX];
	struct source_event event;
	struct envelope envelope;
	struct revision_headers headers;
	int64_t time_us;     /* ce_time, or the structured envelope's time */
	struct err time_err; /* kind ERR_NONE: ce_time is absent or right */
	bool identified;     /* the incident's id is the message's own */
	char type[sizeof(CONVERT_UNKNOWN ":") + 16];
	char detail[INCIDENT_DETAIL_MAX];
};

static int convert_schemas(struct convert *convert, const char *dir, struct err *err)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/feeds", dir);
	if (avroread_add_dir(convert->avro, path, true, err) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/old", dir);
	return avroread_add_dir(convert->avro, path, true, err);
}

static int convert_specs(struct convert *convert, struct err *err)
{
	const struct source *source = convert->options.source;
	size_t rows = source->counts.type ? COUNTS_FIELDS_MAX : 0;

	if (source->field_count + rows == 0 || source->field_count + rows > FIELD_SPECS_MAX)
		return err_set(err, ERR_CONFIG, "Source %s asks for no field or too many.", source->name);
	if (!pack_delivery(convert->options.pack))
		return err_set(err, ERR_CONFIG, "delivery.csv does not say what source %s delivers.", source->name);
	for (size_t i = 0; i < source->field_count; i++) {
		convert->specs[i] = source->fields[i];
		convert->personal |= (uint64_t)(source->fields[i].type == FIELD_PERSONAL) << i;
	}
	convert->spec_count = source->field_count;
	if (rows)
		convert->spec_count += counts_specs(&source->counts, convert->specs + source->field_count);
	return 0;
}

int convert_open(struct convert **out, const struct convert_options *options, struct err *err)
{
	struct convert *convert = calloc(1, sizeof(*convert));

	if (!convert)
		return err_set(err, ERR_CONFIG, "No memory for the converter.");
	convert->options = *options;
	if (convert_specs(convert, err) || jsonread_open(&convert->reader, options->bytes_max, err) ||
	    jsonread_open(&convert->wrapper, options->bytes_max, err) || avroread_open(&convert->avro, err) ||
	    project_open(&convert->project, err) ||
	    (options->schemas_dir && convert_schemas(convert, options->schemas_dir, err))) {
		convert_close(convert);
		return -1;
	}
	if (options->source->strict) {
		jsonread_strict(convert->reader);
		jsonread_strict(convert->wrapper);
		avroread_strict(convert->avro);
	}
	*out = convert;
	return 0;
}

void convert_close(struct convert *convert)
{
	if (!convert)
		return;
	project_close(convert->project);
	avroread_close(convert->avro);
	jsonread_close(convert->wrapper);
	jsonread_close(convert->reader);
	free(convert);
}

struct convert_counts convert_counts(const struct convert *convert)
{
	return convert->counts;
}

static struct incident_text convert_text(const char *text)
{
	return (struct incident_text){text, strlen(text)};
}

const struct err *convert_failure(const struct convert *convert)
{
	return &convert->failure;
}

struct convert_unknowns convert_unknowns(const struct convert *convert, const struct incident *in)
{
	struct convert_unknowns u = {{0}, {0}};

	if (in->operation != INCIDENT_UPSERT || convert->options.source->strict)
		return u;
	if (in->source_type.len > 4 && memcmp(in->source_type.text, CONVERT_UNKNOWN ":", 4) == 0)
		u.type = convert->event.type;
	u.place = place_unknown(convert->options.pack, &convert->event);
	return u;
}

/* ---- identity */

/* The id that every record of this feed message gets when the agency's own cannot be read: of its
 * place in the feed, without epoch and sequence, so that a second reading gives the same. */
static void convert_origin_id(const struct incident_origin *origin, uint8_t id[16])
{
	char place[320];
	uint8_t digest[32];
	int len = snprintf(
		place, sizeof(place), "%.*s/%d/%lld", (int)(origin->topic.len < 256 ? origin->topic.len : 256),
		origin->topic.text ? origin->topic.text : "", (int)origin->partition, (long long)origin->offset);

	hash_sha256(place, (size_t)len, digest);
	memcpy(id, digest, 16);
}

static void convert_make_id(struct convert *convert, const char *id, size_t len, struct incident *out)
{
	incident_make_id(convert->options.installation_key, convert->options.source->name, id, len, out->id);
	convert->identified = true;
}

/* The key is the agency's id: 1 when it is one, 0 when there is none, -1 when it cannot be one. */
static int convert_key(const struct convert_input *input, struct err *err)
{
	if (!input->key || input->key_len == 0)
		return 0;
	if (input->key_len > CONVERT_ID_MAX)
		return err_message(err, REASON_BAD_VALUE, "The key is longer than %zu bytes.", CONVERT_ID_MAX);
	if (!utf8_valid(input->key, input->key_len))
		return err_message(err, REASON_ENCODING, "The key is not UTF-8.");
	return 1;
}

/* The key says which event an unreadable message is about; without one only its place in the feed
 * tells it from others. */
static void convert_fallback_id(struct convert *convert, const struct convert_input *input, struct incident *out)
{
	if (convert_key(input, &(struct err){0}) > 0)
		convert_make_id(convert, input->key, input->key_len, out);
	else
		convert_origin_id(&input->origin, out->id);
}

static int convert_identity(struct convert *convert, const struct convert_input *input, struct incident *out,
			    struct err *err)
{
	const struct source_event *event = &convert->event;

	convert_make_id(convert, event->id, event->id_len, out);
	if (input->key_len && (input->key_len != event->id_len || memcmp(input->key, event->id, event->id_len)))
		return err_message(err, REASON_BAD_VALUE, "The key is not the message's own id.");
	return 0;
}

/* ---- one message */

static int convert_revision(struct convert *convert, const struct convert_input *input, struct incident *out,
			    struct err *err)
{
	const int64_t candidates[] = {convert->headers.revision_us, convert->event.updated_us,
				      convert->event.created_us, convert->time_us};

	return revision_choose(candidates, sizeof(candidates) / sizeof(candidates[0]), input->append_ms, &out->revision,
			       err);
}

/* An unknown type leaves as a keyed hash only: it may hold anything a person wrote. */
static void convert_unknown(struct convert *convert, const char *folded, size_t len, struct incident *out)
{
	const char *source = convert->options.source->name;
	const struct hash_part parts[] = {{source, strlen(source) + 1}, {folded, len}};
	uint8_t digest[32];
	char hex[17];

	hash_hmac(convert->options.installation_key, parts, 2, digest);
	hash_hex(digest, 8, hex);
	snprintf(convert->type, sizeof(convert->type), CONVERT_UNKNOWN ":%s", hex);
	out->source_type = convert_text(convert->type);
	out->category = convert_text(CONVERT_UNKNOWN);
	convert->counts.unmapped++;
}

static int convert_type(struct convert *convert, struct incident *out, struct err *err)
{
	const struct pack *pack = convert->options.pack;
	const struct incident_text *type = &convert->event.type;
	const struct pack_type *known = pack_type_find(pack, type->text, type->len);
	char folded[TEXT_FOLD_MAX];
	long len;

	out->mapping = convert_text(pack_mapping_version(pack));
	if (known) {
		out->source_type = convert_text(known->key);
		out->category = convert_text(known->category);
		out->attempt = known->attempt;
		return 0;
	}
	if (convert->options.source->strict)
		return err_message(err, REASON_PERSONAL_DATA, "The type is none of the mapping's.");
	len = text_fold(type->text, type->len, folded, sizeof(folded));
	if (len <= 0)
		return err_message(err, REASON_BAD_VALUE, "The type is blank or too long.");
	convert_unknown(convert, folded, (size_t)len, out);
	return 0;
}

static void convert_to_hour(int64_t *ms)
{
	if (*ms != INCIDENT_NULL)
		*ms -= ((*ms % CONVERT_HOUR_MS) + CONVERT_HOUR_MS) % CONVERT_HOUR_MS;
}

/* What a source that is not public may say of its times: the hour, not the minute. */
static void convert_coarsen(struct incident *out)
{
	convert_to_hour(&out->occurred_from);
	convert_to_hour(&out->occurred_to);
	convert_to_hour(&out->reported_at);
	convert_to_hour(&out->published_at);
	if (out->time_precision == PRECISION_MINUTE)
		out->time_precision = PRECISION_HOUR;
}

static void convert_fill(struct convert *convert, struct incident *out)
{
	const struct source *source = convert->options.source;

	out->source_system = convert_text(source->system);
	out->release = source->release;
	if (source->release == RELEASE_PUBLIC)
		out->source_id = (struct incident_text){convert->event.id, convert->event.id_len};
	else
		convert_coarsen(out);
	out->redactions = convert->event.redactions;
	out->backfill = convert->headers.backfill;
	convert->counts.redactions += (uint64_t)convert->event.redactions;
}

static int convert_read(struct convert *convert, const struct convert_input *input, struct err *err)
{
	struct envelope *envelope = &convert->envelope;

	if (envelope_open(convert->wrapper, input->content_type, input->value, input->value_len, envelope, err) < 0)
		return -1;
	if (avroread_framed(envelope->data, envelope->len))
		return avroread_record(convert->avro, envelope->data, envelope->len, convert->specs,
				       convert->spec_count, convert->fields, err);
	if (registry_framed(envelope->data, envelope->len))
		return registry_record(convert->options.registry, envelope->data, envelope->len, convert->specs,
				       convert->spec_count, convert->fields, err);
	return jsonread_record(convert->reader, envelope->data, envelope->len, convert->specs, convert->spec_count,
			       convert->fields, err);
}

/* The first field of every source is the agency's id (source.h): a message whose other fields are
 * wrong is still known. */
static void convert_early_id(struct convert *convert, struct incident *out)
{
	const struct field *id = &convert->fields[0];
	char digits[24];

	if (id->type == FIELD_TEXT && id->len > 0 && id->len <= CONVERT_ID_MAX)
		convert_make_id(convert, id->text, id->len, out);
	else if (id->type == FIELD_INT)
		convert_make_id(convert, digits,
				(size_t)snprintf(digits, sizeof(digits), "%lld", (long long)id->number), out);
}

static bool convert_is_row(const struct convert *convert)
{
	const struct source *source = convert->options.source;

	return !source->map || (source->counts.type && counts_is(convert->fields + source->field_count));
}

/* What was there and is never looked at. */
static void convert_personal(struct convert *convert)
{
	for (uint64_t left = convert->personal; left; left &= left - 1) {
		const struct field *field = &convert->fields[__builtin_ctzll(left)];

		convert->event.redactions += field->type != FIELD_ABSENT && field->type != FIELD_NULL;
	}
}

/* An event by the source's own map, a row by the one of all sources. */
static int convert_kind(struct convert *convert, bool row, int64_t received_ms, struct incident *out, struct err *err)
{
	const struct source *source = convert->options.source;
	size_t first = row ? source->field_count : 0;
	size_t count = row ? convert->spec_count - first : source->field_count;
	const struct source_message message = {.fields = convert->fields + first,
					       .specs = convert->specs + first,
					       .pack = convert->options.pack,
					       .received_ms = received_ms};

	if (row)
		counts_id(&source->counts, message.fields, &convert->event);
	if (field_check(message.specs, count, message.fields, err) < 0) {
		if (!row)
			convert_early_id(convert, out);
		return -1;
	}
	return row ? counts_map(source, &message, &convert->event, out, err)
		   : source->map(&message, &convert->event, out, err);
}

static int convert_map(struct convert *convert, const struct convert_input *input, struct incident *out,
		       struct err *err)
{
	const struct source *source = convert->options.source;
	struct source_event *event = &convert->event;
	bool row = convert_is_row(convert);
	int result;

	convert_personal(convert);
	result = convert_kind(convert, row, input->append_ms, out, err);
	if (event->id_len > 0 && convert_identity(convert, input, out, result < 0 ? &(struct err){0} : err) < 0)
		return -1;
	if (result < 0)
		return -1;
	if (event->id_len == 0)
		return err_message(err, REASON_MISSING_FIELD, "The agency's own id is empty.");
	return source->counts.type ? counts_agreed(convert->options.pack, row, out->occurred_from, err) : 0;
}

/* The time of the envelope, wherever it stood; checked late, so that a reject for it carries the
 * message's id. */
static int convert_time(struct convert *convert, struct err *err)
{
	const struct incident_text *time = &convert->envelope.time;

	if (convert->time_err.kind != ERR_NONE) {
		*err = convert->time_err;
		return -1;
	}
	if (!time->text)
		return 0;
	return revision_envelope_time(pack_zone(convert->options.pack), *time, &convert->time_us, err);
}

static int convert_place(struct convert *convert, struct incident *out, struct err *err)
{
	const struct source *source = convert->options.source;
	const struct pack *pack = convert->options.pack;
	struct source_event *event = &convert->event;

	if (source->strict && !place_known(pack, event))
		return err_message(err, REASON_PERSONAL_DATA, "The municipality or area is none of the register's.");
	if (place_project(convert->project, event, err) < 0)
		return -1;
	return place_fill(pack, event, source->release == RELEASE_PUBLIC, out, err);
}

static int convert_upsert(struct convert *convert, const struct convert_input *input, struct incident *out,
			  struct err *err)
{
	if (convert_read(convert, input, err) || convert_map(convert, input, out, err) || convert_time(convert, err) ||
	    convert_revision(convert, input, out, err) || convert_type(convert, out, err) ||
	    convert_place(convert, out, err))
		return -1;
	convert_fill(convert, out);
	return incident_check(out, err);
}

/* The key leaves as the incident's id only, also where ids are public: nothing has looked whether
 * it is one, and anybody can write a name into a key. */
static int convert_withdraw(struct convert *convert, const struct convert_input *input, struct incident *out,
			    struct err *err)
{
	if (input->key_len == 0)
		return err_message(err, REASON_MISSING_FIELD, "A message without a value must have a key to withdraw.");
	convert_make_id(convert, input->key, input->key_len, out);
	if (convert_time(convert, err) || convert_revision(convert, input, out, err))
		return -1;
	out->operation = INCIDENT_WITHDRAW;
	out->reason = convert->headers.reason;
	out->source_system = convert_text(convert->options.source->system);
	out->backfill = convert->headers.backfill;
	return incident_check(out, err);
}

static int convert_one(struct convert *convert, const struct convert_input *input, struct incident *out,
		       struct err *err)
{
	if (input->value_len > convert->options.bytes_max)
		return err_message(err, REASON_TOO_LARGE, "The message is longer than %zu bytes.",
				   convert->options.bytes_max);
	if (convert_key(input, err) < 0)
		return -1;
	return input->value ? convert_upsert(convert, input, out, err) : convert_withdraw(convert, input, out, err);
}

/* Only what is needed to find the message and what it replaces remains; the rest of a wrong message
 * is not to be trusted. */
static void convert_reject(struct convert *convert, const struct err *why, struct incident *out)
{
	struct incident reject;
	size_t len = strlen(why->text);

	incident_init(&reject);
	memcpy(reject.id, out->id, sizeof(reject.id));
	reject.operation = INCIDENT_REJECT;
	reject.reason = why->reason;
	reject.origin = out->origin;
	reject.source = out->source;
	reject.revision = out->revision;
	reject.received_at = out->received_at;
	if (len > sizeof(convert->detail))
		len = sizeof(convert->detail);
	memcpy(convert->detail, why->text, len);
	reject.detail = (struct incident_text){convert->detail, utf8_prefix(convert->detail, len, 256)};
	*out = reject;
	convert->counts.rejected++;
	convert->counts.reasons[why->reason]++;
}

static void convert_start(struct convert *convert, const struct convert_input *input, struct incident *out)
{
	struct source_event *event = &convert->event;

	incident_init(out);
	out->origin = input->origin;
	out->source = convert_text(convert->options.source->name);
	out->received_at = input->append_ms;
	event->id_len = 0;
	event->type = (struct incident_text){NULL, 0};
	memset(event->places, 0, sizeof(event->places));
	event->municipality = event->type;
	event->lat = event->lon = event->north = event->east = NAN;
	event->updated_us = event->created_us = convert->time_us = INCIDENT_NULL;
	event->redactions = 0;
	convert->identified = false;
	convert->envelope.time = (struct incident_text){NULL, 0};
	convert->time_err.kind = ERR_NONE;
	if (revision_envelope_time(pack_zone(convert->options.pack), input->ce_time, &convert->time_us,
				   &convert->time_err) < 0)
		convert->time_us = INCIDENT_NULL;
	revision_read_headers(convert->options.operator_key, input, &convert->headers);
	convert->counts.messages++;
	convert->counts.unsigned_ignored += convert->headers.ignored;
}

int convert_message(struct convert *convert, const struct convert_input *input, struct incident *out)
{
	struct err why = {0};

	convert_start(convert, input, out);
	if (convert_one(convert, input, out, &why) == 0)
		return 0;
	if (why.kind != ERR_MESSAGE) {
		convert->counts.messages--; /* it will be read again */
		convert->counts.unsigned_ignored -= convert->headers.ignored;
		convert->failure = why;
		return -1;
	}
	if (!convert->identified)
		convert_fallback_id(convert, input, out);
	/* A reject's revision is the message's own as far as it was read: later than the append
	 * time's day it cannot be. */
	if (out->revision == INCIDENT_NULL && convert_revision(convert, input, out, &(struct err){0}) < 0)
		out->revision = input->append_ms * 1000;
	convert_reject(convert, &why, out);
	return 1;
}
