#include "incident/deadletter.h"
#include "avro/fingerprint.h"
#include "base/utf8.h"
#include "schema.h"

#include <assert.h>
#include <string.h>

const char *const deadletter_schema = schema_deadletter;

uint64_t deadletter_fingerprint(void)
{
	static _Atomic uint64_t cached;
	uint64_t fingerprint = cached;
	struct err err;

	if (!fingerprint) {
		int failed = fingerprint_schema(deadletter_schema, strlen(deadletter_schema), &fingerprint, &err);

		assert(!failed); /* the text is our own, compiled in */
		cached = fingerprint;
	}
	return fingerprint;
}

static void put_long(struct buf *out, int64_t number)
{
	uint64_t v = (uint64_t)number << 1 ^ (uint64_t)(number >> 63);

	for (; v >= 0x80; v >>= 7)
		buf_byte(out, (uint8_t)(v | 0x80));
	buf_byte(out, (uint8_t)v);
}

static void put_bytes(struct buf *out, const void *bytes, size_t len)
{
	put_long(out, (int64_t)len);
	if (len)
		buf_append(out, bytes, len);
}

static void put_bytes_or_null(struct buf *out, const void *bytes, size_t len)
{
	buf_byte(out, bytes ? 2 : 0);
	if (bytes)
		put_bytes(out, bytes, len);
}

static void put_text(struct buf *out, struct incident_text text)
{
	size_t len = text.text && utf8_valid(text.text, text.len)
			     ? utf8_prefix(text.text, text.len, INCIDENT_DETAIL_MAX)
			     : 0;

	put_bytes(out, text.text, len);
}

/* Whether a header goes along; *room is what is left of the limit on bytes. */
static bool fits(const struct deadletter_header *header, size_t *room)
{
	size_t value_len = header->value ? header->value_len : 0;

	if (!header->name.text || !utf8_valid(header->name.text, header->name.len))
		return false;
	if (header->name.len > *room || value_len > *room - header->name.len)
		return false;
	*room -= header->name.len + value_len;
	return true;
}

/* An array in one block, its count first: so the headers are chosen before the first is written. */
static size_t put_headers(struct buf *out, const struct deadletter *letter)
{
	bool chosen[DEADLETTER_HEADERS_MAX];
	size_t room = DEADLETTER_HEADER_BYTES_MAX, count = letter->header_count, kept = 0, i;

	if (count > DEADLETTER_HEADERS_MAX)
		count = DEADLETTER_HEADERS_MAX;
	for (i = 0; i < count; i++) {
		chosen[i] = fits(&letter->headers[i], &room);
		kept += chosen[i];
	}
	if (kept)
		put_long(out, (int64_t)kept);
	for (i = 0; i < count; i++) {
		if (!chosen[i])
			continue;
		put_bytes(out, letter->headers[i].name.text, letter->headers[i].name.len);
		put_bytes_or_null(out, letter->headers[i].value, letter->headers[i].value_len);
	}
	put_long(out, 0);
	return letter->header_count - kept;
}

size_t deadletter_encode(const struct deadletter *letter, struct buf *out)
{
	uint64_t fingerprint = deadletter_fingerprint();
	const char *reason = err_reason_name(letter->reason);
	size_t left_out;

	buf_append(out, "\xC3\x01", 2);
	buf_append(out, &fingerprint, sizeof fingerprint); /* little-endian, as we are */
	put_bytes(out, reason, strlen(reason));
	put_text(out, letter->detail);
	put_text(out, letter->topic);
	put_long(out, letter->partition);
	put_long(out, letter->offset);
	put_long(out, letter->epoch);
	put_long(out, letter->append_time);
	left_out = put_headers(out, letter);
	put_bytes_or_null(out, letter->key, letter->key_len);
	put_bytes_or_null(out, letter->value, letter->value_len);
	return left_out;
}
