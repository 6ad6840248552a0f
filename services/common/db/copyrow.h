/* copyrow: rows as COPY ... (FORMAT binary) takes them, appended to a buffer (PostgreSQL documentation, COPY, "Binary
 * Format"). Out of memory shows as the buffer's overflow. */
#ifndef LAGESBILD_COPYROW_H
#define LAGESBILD_COPYROW_H

#include "base/buf.h"
#include <stddef.h>
#include <stdint.h>

/* Before the first row and after the last. */
void copyrow_begin(struct buf *b);
void copyrow_end(struct buf *b);

/* A row: its number of columns, then each column by one of these, in the order of the statement. */
void copyrow_columns(struct buf *b, int count);
void copyrow_int2(struct buf *b, int16_t v);
void copyrow_int4(struct buf *b, int32_t v);
void copyrow_int8(struct buf *b, int64_t v);
void copyrow_char(struct buf *b, char v); /* "char" */
void copyrow_uuid(struct buf *b, const uint8_t v[16]);
void copyrow_text(struct buf *b, const char *text, size_t len);
void copyrow_time(struct buf *b, int64_t ms); /* timestamptz, from ms since 1970 */

#endif
