#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 256 };

void buf_init(struct buf *b, size_t max)
{
	/* One byte beyond cap is always there for vsnprintf's terminator. */
	assert(max < SIZE_MAX / 2);
	*b = (struct buf){.max = max};
}

void buf_release(struct buf *b)
{
	free(b->data);
	*b = (struct buf){.max = b->max};
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->overflow = false;
}

bool buf_reserve(struct buf *b, size_t more)
{
	size_t cap;
	uint8_t *data;

	if (b->overflow)
		return false;
	if (b->data && more <= b->cap - b->len)
		return true;
	if (more > b->max - b->len) {
		b->overflow = true;
		return false;
	}
	cap = b->cap * 2 > FIRST_CAP ? b->cap * 2 : FIRST_CAP;
	if (cap < b->len + more)
		cap = b->len + more;
	if (cap > b->max)
		cap = b->max;
	data = realloc(b->data, cap + 1);
	if (!data) {
		b->overflow = true;
		return false;
	}
	b->data = data;
	b->cap = cap;
	return true;
}

void buf_append(struct buf *b, const void *data, size_t len)
{
	if (len == 0 || !buf_reserve(b, len))
		return;
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

void buf_byte(struct buf *b, uint8_t byte)
{
	if (!buf_reserve(b, 1))
		return;
	b->data[b->len++] = byte;
}

void buf_format(struct buf *b, const char *format, ...)
{
	va_list args, again;
	int need;

	if (!buf_reserve(b, 0))
		return;
	va_start(args, format);
	va_copy(again, args);
	need = vsnprintf((char *)b->data + b->len, b->cap - b->len + 1, format, args);
	va_end(args);
	if (need < 0) {
		b->overflow = true;
	} else if ((size_t)need <= b->cap - b->len) {
		b->len += (size_t)need;
	} else if (buf_reserve(b, (size_t)need)) {
		vsnprintf((char *)b->data + b->len, (size_t)need + 1, format, again);
		b->len += (size_t)need;
	}
	va_end(again);
}

void buf_be16(struct buf *b, uint16_t v)
{
	uint8_t bytes[2] = {(uint8_t)(v >> 8), (uint8_t)v};

	buf_append(b, bytes, sizeof(bytes));
}

void buf_be32(struct buf *b, uint32_t v)
{
	uint8_t bytes[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};

	buf_append(b, bytes, sizeof(bytes));
}

void buf_be64(struct buf *b, uint64_t v)
{
	uint8_t bytes[8];
	int i;

	for (i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(v >> (56 - 8 * i));
	buf_append(b, bytes, sizeof(bytes));
}

void buf_quote(struct buf *b, const char *text, size_t len)
{
	buf_byte(b, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\')
			buf_byte(b, '\\');
		if (c < 0x20)
			buf_format(b, "\\u%04x", c);
		else
			buf_byte(b, c);
	}
	buf_byte(b, '"');
}
