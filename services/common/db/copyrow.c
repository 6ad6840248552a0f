#include "db/copyrow.h"

#define Y2000_US INT64_C(946684800000000) /* where PostgreSQL's time begins */

void copyrow_begin(struct buf *b)
{
	buf_append(b, "PGCOPY\n\377\r\n", 11); /* with its NUL */
	buf_be64(b, 0);			       /* flags, header extension */
}

void copyrow_end(struct buf *b)
{
	buf_be16(b, 0xffff);
}

void copyrow_columns(struct buf *b, int count)
{
	buf_be16(b, (uint16_t)count);
}

void copyrow_int2(struct buf *b, int16_t v)
{
	buf_be32(b, 2);
	buf_be16(b, (uint16_t)v);
}

void copyrow_int4(struct buf *b, int32_t v)
{
	buf_be32(b, 4);
	buf_be32(b, (uint32_t)v);
}

void copyrow_int8(struct buf *b, int64_t v)
{
	buf_be32(b, 8);
	buf_be64(b, (uint64_t)v);
}

void copyrow_char(struct buf *b, char v)
{
	buf_be32(b, 1);
	buf_byte(b, (uint8_t)v);
}

void copyrow_uuid(struct buf *b, const uint8_t v[16])
{
	buf_be32(b, 16);
	buf_append(b, v, 16);
}

void copyrow_text(struct buf *b, const char *text, size_t len)
{
	buf_be32(b, (uint32_t)len);
	buf_append(b, text, len);
}

void copyrow_time(struct buf *b, int64_t ms)
{
	copyrow_int8(b, ms * 1000 - Y2000_US);
}
