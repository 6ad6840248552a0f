#include "backup_record.h"

#include <string.h>

static void put_bytes(struct buf *out, const void *data, size_t len)
{
	buf_be32(out, data ? (uint32_t)len : UINT32_MAX);
	if (data && len)
		buf_append(out, data, len);
}

void backup_record_encode(const struct kafka_record *record, int64_t offset, struct buf *out)
{
	size_t at = out->len, len;
	size_t count = record->header_count < BACKUP_HEADERS_MAX ? record->header_count : BACKUP_HEADERS_MAX;

	buf_be32(out, 0);
	buf_be64(out, (uint64_t)offset);
	buf_be64(out, (uint64_t)record->create_ms);
	put_bytes(out, record->key, record->key_len);
	put_bytes(out, record->value, record->value_len);
	buf_be32(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		put_bytes(out, record->headers[i].name, strlen(record->headers[i].name));
		buf_byte(out, 0);
		put_bytes(out, record->headers[i].value, record->headers[i].len);
	}
	if (out->overflow)
		return;
	len = out->len - at - 4;
	for (size_t i = 0; i < 4; i++)
		out->data[at + i] = (uint8_t)(len >> (8 * (3 - i)));
}

struct reader {
	const uint8_t *at, *end;
	bool bad;
};

static uint64_t get(struct reader *r, size_t bytes)
{
	uint64_t n = 0;

	if ((size_t)(r->end - r->at) < bytes) {
		r->bad = true;
		return 0;
	}
	while (bytes--)
		n = n << 8 | *r->at++;
	return n;
}

/* NULL for null, and for what is bad. */
static const void *get_bytes(struct reader *r, size_t *len)
{
	uint32_t n = (uint32_t)get(r, 4);
	const void *data = r->at;

	*len = 0;
	if (r->bad || n == UINT32_MAX)
		return NULL;
	if ((size_t)(r->end - r->at) < n) {
		r->bad = true;
		return NULL;
	}
	r->at += n;
	*len = n;
	return data;
}

int backup_record_decode(const uint8_t *bytes, size_t len, struct kafka_record *record,
			 struct kafka_record_header *headers, int64_t *offset, struct err *err)
{
	struct reader r = {bytes, bytes + len, false};
	struct kafka_record out = {.headers = headers};
	int64_t at = (int64_t)get(&r, 8);
	size_t n;

	out.create_ms = (int64_t)get(&r, 8);
	out.key = get_bytes(&r, &out.key_len);
	out.value = get_bytes(&r, &out.value_len);
	out.header_count = get(&r, 4);
	if (out.header_count > BACKUP_HEADERS_MAX)
		r.bad = true;
	for (size_t i = 0; !r.bad && i < out.header_count; i++) {
		headers[i].name = get_bytes(&r, &n);
		if (get(&r, 1) != 0 || !headers[i].name || memchr(headers[i].name, 0, n))
			r.bad = true;
		headers[i].value = get_bytes(&r, &headers[i].len);
	}
	if (r.bad || r.at != r.end || at < 0)
		return err_set(err, ERR_CONFIG, "A record of the backup is not as it was written.");
	*record = out;
	*offset = at;
	return 0;
}
