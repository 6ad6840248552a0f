/* deadletter: the decoder. Bytes from a topic are hostile: every length is checked against what is left. */
#include "incident/deadletter.h"

#include <string.h>

struct cursor {
	const uint8_t *at, *end;
	bool bad;
};

static int64_t take_long(struct cursor *c)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte;

		if (c->at == c->end)
			break;
		byte = *c->at++;
		v |= (uint64_t)(byte & 0x7F) << shift;
		if (byte < 0x80)
			return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
	}
	c->bad = true;
	return 0;
}

static struct incident_text take_bytes(struct cursor *c)
{
	int64_t len = take_long(c);
	const char *at = (const char *)c->at;

	if (c->bad || len < 0 || len > c->end - c->at) {
		c->bad = true;
		return (struct incident_text){NULL, 0};
	}
	c->at += len;
	return (struct incident_text){at, (size_t)len};
}

static struct incident_text take_bytes_or_null(struct cursor *c)
{
	int64_t branch = take_long(c);

	if (branch == 1)
		return take_bytes(c);
	c->bad = c->bad || branch != 0;
	return (struct incident_text){NULL, 0};
}

/* Our encoder writes one block, its count positive; anything else is none of ours. */
static size_t take_headers(struct cursor *c, struct deadletter_header *headers)
{
	int64_t count = take_long(c);

	if (count == 0)
		return 0;
	if (count < 0 || count > DEADLETTER_HEADERS_MAX) {
		c->bad = true;
		return 0;
	}
	for (int64_t i = 0; i < count && !c->bad; i++) {
		struct incident_text value;

		headers[i].name = take_bytes(c);
		value = take_bytes_or_null(c);
		headers[i].value = value.text;
		headers[i].value_len = value.len;
	}
	c->bad = c->bad || take_long(c) != 0;
	return (size_t)count;
}

static void take_all(struct cursor *c, struct deadletter *letter, struct deadletter_header *headers)
{
	struct incident_text text = take_bytes(c);
	int64_t partition;

	letter->reason = text.text ? err_reason_find(text.text, text.len) : REASON_NONE;
	letter->detail = take_bytes(c);
	letter->topic = take_bytes(c);
	partition = take_long(c);
	c->bad = c->bad || partition < 0 || partition > INT32_MAX;
	letter->partition = (int32_t)partition;
	letter->offset = take_long(c);
	letter->epoch = take_long(c);
	letter->append_time = take_long(c);
	letter->headers = headers;
	letter->header_count = take_headers(c, headers);
	text = take_bytes_or_null(c);
	letter->key = text.text;
	letter->key_len = text.len;
	text = take_bytes_or_null(c);
	letter->value = text.text;
	letter->value_len = text.len;
}

int deadletter_decode(const void *bytes, size_t len, struct deadletter_header headers[DEADLETTER_HEADERS_MAX],
		      struct deadletter *out, struct err *err)
{
	uint64_t fingerprint = deadletter_fingerprint();
	struct cursor c = {(const uint8_t *)bytes + 10, (const uint8_t *)bytes + len, false};
	struct deadletter letter = {0};

	if (len < 10 || memcmp(bytes, "\xC3\x01", 2) || memcmp((const uint8_t *)bytes + 2, &fingerprint, 8))
		return err_message(err, REASON_UNKNOWN_SCHEMA, "The record is no dead letter of ours.");
	take_all(&c, &letter, headers);
	if (c.bad || c.at != c.end)
		return err_message(err, REASON_SCHEMA, "The dead letter's bytes do not fit its schema.");
	*out = letter;
	return 0;
}
