#include "avro/fingerprint.h"
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#define CRC64_EMPTY UINT64_C(0xC15D213AA4D7A795)
#define CANONICAL_MAX (4u << 20)
#define NAME_MAX_BYTES 256

/* A namespace in force: a view into the schema's JSON; len 0: none. */
struct space {
	const char *text;
	size_t len;
};

static int write_schema(const json_t *schema, struct space space, unsigned depth, struct buf *out, struct err *err);

uint64_t fingerprint_crc64(const void *data, size_t len)
{
	static uint64_t table[256];
	static bool filled;
	const uint8_t *p = data;
	uint64_t crc = CRC64_EMPTY;
	size_t i;

	if (!filled) {
		for (i = 0; i < 256; i++) {
			uint64_t v = i;
			int bit;

			for (bit = 0; bit < 8; bit++)
				v = (v >> 1) ^ (CRC64_EMPTY & -(v & 1));
			table[i] = v;
		}
		filled = true;
	}
	for (i = 0; i < len; i++)
		crc = (crc >> 8) ^ table[(uint8_t)(crc ^ p[i])];
	return crc;
}

static bool primitive(const char *name)
{
	static const char *const names[] = {"null", "boolean", "int", "long", "float", "double", "bytes", "string"};
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* [A-Za-z_][A-Za-z0-9_]*, where dots: several of them with dots between. */
static bool valid_name(const char *s, bool dots)
{
	bool start = true;

	if (strlen(s) > NAME_MAX_BYTES)
		return false;
	for (; *s; s++) {
		bool letter = (*s >= 'A' && *s <= 'Z') || (*s >= 'a' && *s <= 'z') || *s == '_';

		if (*s == '.' && dots && !start) {
			start = true;
			continue;
		}
		if (!letter && (start || *s < '0' || *s > '9'))
			return false;
		start = false;
	}
	return !start;
}

static void put(struct buf *out, const char *text)
{
	buf_append(out, text, strlen(text));
}

static void put_fullname(struct buf *out, struct space space, const char *name)
{
	buf_byte(out, '"');
	if (space.len && !strchr(name, '.')) {
		buf_append(out, space.text, space.len);
		buf_byte(out, '.');
	}
	put(out, name);
	buf_byte(out, '"');
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* {"name":<fullname>, of a record, enum or fixed; *space becomes the namespace that holds inside
 * it. */
static int put_named(const json_t *schema, struct space *space, struct buf *out, struct err *err)
{
	const char *name = text_of(schema, "name"), *given = text_of(schema, "namespace"), *dot;

	if (!name || !valid_name(name, true))
		return err_set(err, ERR_CONFIG, "an Avro schema has a named type without a valid name");
	if (given && *given && !valid_name(given, true))
		return err_set(err, ERR_CONFIG, "the namespace of the Avro type %s is no Avro name", name);
	dot = strrchr(name, '.');
	if (dot) {
		space->text = name;
		space->len = (size_t)(dot - name);
	} else if (given) {
		space->text = given;
		space->len = strlen(given);
	}
	put(out, "{\"name\":");
	put_fullname(out, *space, name);
	return 0;
}

static int write_fields(const json_t *fields, struct space space, unsigned depth, struct buf *out, struct err *err)
{
	size_t i;
	json_t *field;

	if (!json_is_array(fields))
		return err_set(err, ERR_CONFIG, "an Avro record has no fields");
	put(out, ",\"type\":\"record\",\"fields\":[");
	json_array_foreach(fields, i, field)
	{
		const char *name = text_of(field, "name");

		if (!name || !valid_name(name, false))
			return err_set(err, ERR_CONFIG, "field %zu of an Avro record has no valid name", i);
		put(out, i ? ",{\"name\":\"" : "{\"name\":\"");
		put(out, name);
		put(out, "\",\"type\":");
		if (write_schema(json_object_get(field, "type"), space, depth, out, err))
			return -1;
		buf_byte(out, '}');
	}
	put(out, "]}");
	return 0;
}

static int write_symbols(const json_t *symbols, struct buf *out, struct err *err)
{
	size_t i;
	json_t *symbol;

	if (!json_is_array(symbols))
		return err_set(err, ERR_CONFIG, "an Avro enum has no symbols");
	put(out, ",\"type\":\"enum\",\"symbols\":[");
	json_array_foreach(symbols, i, symbol)
	{
		if (!json_is_string(symbol) || !valid_name(json_string_value(symbol), false))
			return err_set(err, ERR_CONFIG, "symbol %zu of an Avro enum is no Avro name", i);
		put(out, i ? ",\"" : "\"");
		put(out, json_string_value(symbol));
		buf_byte(out, '"');
	}
	put(out, "]}");
	return 0;
}

static int write_fixed(const json_t *size, struct buf *out, struct err *err)
{
	if (!json_is_integer(size) || json_integer_value(size) < 0)
		return err_set(err, ERR_CONFIG, "an Avro fixed has no valid size");
	buf_format(out, ",\"type\":\"fixed\",\"size\":%lld}", (long long)json_integer_value(size));
	return 0;
}

static int write_complex(const json_t *schema, const char *type, struct space space, unsigned depth, struct buf *out,
			 struct err *err)
{
	bool array = !strcmp(type, "array");

	if (array || !strcmp(type, "map")) {
		put(out, array ? "{\"type\":\"array\",\"items\":" : "{\"type\":\"map\",\"values\":");
		if (write_schema(json_object_get(schema, array ? "items" : "values"), space, depth, out, err))
			return -1;
		buf_byte(out, '}');
		return 0;
	}
	if (!strcmp(type, "record") || !strcmp(type, "error"))
		return put_named(schema, &space, out, err) ||
				       write_fields(json_object_get(schema, "fields"), space, depth, out, err)
			       ? -1
			       : 0;
	if (!strcmp(type, "enum"))
		return put_named(schema, &space, out, err) ||
				       write_symbols(json_object_get(schema, "symbols"), out, err)
			       ? -1
			       : 0;
	if (!strcmp(type, "fixed"))
		return put_named(schema, &space, out, err) || write_fixed(json_object_get(schema, "size"), out, err)
			       ? -1
			       : 0;
	if (!valid_name(type, true))
		return err_set(err, ERR_CONFIG, "an Avro schema has a type that is no Avro name");
	put_fullname(out, space, type);
	return 0;
}

static int write_union(const json_t *branches, struct space space, unsigned depth, struct buf *out, struct err *err)
{
	size_t i;
	json_t *branch;

	buf_byte(out, '[');
	json_array_foreach(branches, i, branch)
	{
		if (i)
			buf_byte(out, ',');
		if (write_schema(branch, space, depth, out, err))
			return -1;
	}
	buf_byte(out, ']');
	return 0;
}

static int write_schema(const json_t *schema, struct space space, unsigned depth, struct buf *out, struct err *err)
{
	const json_t *type = json_is_object(schema) ? json_object_get(schema, "type") : schema;

	if (++depth > FINGERPRINT_DEPTH_MAX)
		return err_set(err, ERR_CONFIG, "an Avro schema is nested deeper than %d levels",
			       FINGERPRINT_DEPTH_MAX);
	if (json_is_array(type))
		return write_union(type, space, depth, out, err);
	if (json_is_object(type))
		return write_schema(type, space, depth, out, err);
	if (!json_is_string(type))
		return err_set(err, ERR_CONFIG, "an Avro schema lacks a type");
	if (primitive(json_string_value(type))) {
		put_fullname(out, (struct space){NULL, 0}, json_string_value(type));
		return 0;
	}
	return write_complex(json_is_object(schema) ? schema : NULL, json_string_value(type), space, depth, out, err);
}

int fingerprint_canonical(const char *json, size_t len, struct buf *out, struct err *err)
{
	json_error_t where;
	json_t *schema = json_loadb(json, len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &where);
	int result;

	if (!schema)
		return err_set(err, ERR_CONFIG, "an Avro schema is not JSON (line %d, column %d)", where.line,
			       where.column);
	result = write_schema(schema, (struct space){NULL, 0}, 0, out, err);
	json_decref(schema);
	if (!result && out->overflow)
		result = err_set(err, ERR_CONFIG, "an Avro schema's canonical form is too long");
	return result;
}

int fingerprint_schema(const char *json, size_t len, uint64_t *fingerprint, struct err *err)
{
	struct buf canonical;
	int result;

	buf_init(&canonical, CANONICAL_MAX);
	result = fingerprint_canonical(json, len, &canonical, err);
	if (!result)
		*fingerprint = fingerprint_crc64(canonical.data, canonical.len);
	buf_release(&canonical);
	return result;
}
