/* buf: a byte buffer that grows to a stated limit and is reused; the caller owns the struct, release frees the
 * bytes. */
#ifndef LAGESBILD_BUF_H
#define LAGESBILD_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	uint8_t *data;
	size_t len, cap, max;
	bool overflow; /* an append would have passed max (or memory): what is in the buffer must not be used */
};

void buf_init(struct buf *b, size_t max); /* no allocation yet */
void buf_release(struct buf *b);
void buf_clear(struct buf *b);		      /* keeps the memory, clears overflow */
bool buf_reserve(struct buf *b, size_t more); /* room for more bytes; false sets overflow */
void buf_append(struct buf *b, const void *data, size_t len);
void buf_byte(struct buf *b, uint8_t byte);
void buf_format(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A JSON string (RFC 8259), quoted; text is UTF-8. */
void buf_quote(struct buf *b, const char *text, size_t len);

/* Network byte order, as PostgreSQL's binary format wants it. */
void buf_be16(struct buf *b, uint16_t v);
void buf_be32(struct buf *b, uint32_t v);
void buf_be64(struct buf *b, uint64_t v);

#endif
