#include "normalizer/envelope.h"

#include <string.h>
#include <strings.h>

#define ENVELOPE_JSON "application/cloudevents+json"

/* The first two are read; the others are what a strict reader lets through besides (not subject: anybody can write a
 * name into it). */
static const struct field_spec envelope_fields[] = {
	{.path = "specversion", .required = true, .type = FIELD_TEXT, .max = 16},
	{.path = "time", .type = FIELD_TEXT, .max = sizeof(((struct envelope *)0)->time_bytes)},
	{.path = "id"},
	{.path = "source"},
	{.path = "type"},
	{.path = "datacontenttype"},
	{.path = "dataschema"},
	{.path = "traceparent"},
	{.path = "tracestate"},
	{.path = "data", .type = FIELD_OTHER},
};
#define ENVELOPE_READ 2
#define ENVELOPE_FIELDS (sizeof(envelope_fields) / sizeof(envelope_fields[0]))

static bool envelope_prefix(struct incident_text type, const char *prefix)
{
	size_t len = strlen(prefix);

	return type.len >= len && !strncasecmp(type.text, prefix, len);
}

/* The media type without its parameters and blanks. */
static struct incident_text envelope_media(struct incident_text type)
{
	size_t len = 0;

	while (type.len && (*type.text == ' ' || *type.text == '\t')) {
		type.text++;
		type.len--;
	}
	while (len < type.len && !strchr("; \t", type.text[len]))
		len++;
	type.len = len;
	return type;
}

/* Producers name Avro and JSON in many ways; which of the two it is, the bytes say. */
static bool envelope_known(struct incident_text media)
{
	static const char *const known[] = {"application/json",
					    "text/json",
					    "application/avro",
					    "avro/binary",
					    "application/vnd.apache.avro",
					    "application/vnd.kafka.avro.v1",
					    "application/octet-stream"};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (media.len == strlen(known[i]) && envelope_prefix(media, known[i]))
			return true;
	return media.len > 5 && (!strncasecmp(media.text + media.len - 5, "+json", 5) ||
				 !strncasecmp(media.text + media.len - 5, "+avro", 5));
}

static int envelope_structured(struct jsonread *reader, const void *value, size_t len, struct envelope *out,
			       struct err *err)
{
	struct field fields[ENVELOPE_FIELDS];
	const char *data;
	size_t data_len;

	if (jsonread_record(reader, value, len, envelope_fields, ENVELOPE_FIELDS, fields, err) ||
	    field_check(envelope_fields, ENVELOPE_READ, fields, err))
		return -1;
	out->time = (struct incident_text){NULL, 0};
	if (fields[1].type == FIELD_TEXT) {
		memcpy(out->time_bytes, fields[1].text, fields[1].len);
		out->time = (struct incident_text){out->time_bytes, fields[1].len};
	}
	if (jsonread_member(reader, value, len, "data", &data, &data_len, err))
		return -1;
	if (!data)
		return err_message(err, REASON_MISSING_FIELD, "The CloudEvents envelope has no data.");
	out->data = data;
	out->len = data_len;
	return 0;
}

int envelope_open(struct jsonread *reader, struct incident_text content_type, const void *value, size_t len,
		  struct envelope *out, struct err *err)
{
	struct incident_text media = content_type.text ? envelope_media(content_type) : content_type;

	if (envelope_prefix(media, "application/cloudevents-batch"))
		return err_message(err, REASON_SCHEMA, "A batch of CloudEvents cannot be one message.");
	if (envelope_prefix(media, "application/cloudevents")) {
		if (!envelope_prefix(media, ENVELOPE_JSON) || media.len != strlen(ENVELOPE_JSON))
			return err_message(err, REASON_SCHEMA, "The structured CloudEvents format is not JSON.");
		return envelope_structured(reader, value, len, out, err);
	}
	if (media.len && !envelope_known(media))
		return err_message(err, REASON_SCHEMA, "The content type is neither JSON nor Avro.");
	out->data = value;
	out->len = len;
	out->time = (struct incident_text){NULL, 0};
	return 0;
}
