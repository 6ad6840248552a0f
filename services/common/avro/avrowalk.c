#include "avro/avrowalk.h"
#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

struct cursor {
	const uint8_t *p, *start, *end;
	struct field *fields;
	const struct avroplan *plan;
	uint32_t items;
	struct err *err;
};

static int bad(struct cursor *c, const struct avroplan_step *s, const char *what)
{
	err_message(c->err, REASON_SCHEMA, "Avro field %s at byte %zu: %s", s->name, (size_t)(c->p - c->start), what);
	return -1; /* said here, so that the compiler sees it */
}

/* Zigzag varint (Avro specification, "Primitive Types"). False when cut off or longer than 64 bits.
 */
static bool long_slow(struct cursor *c, int64_t *out)
{
	uint64_t v = 0;
	unsigned shift = 0;
	const uint8_t *p = c->p;

	while (p < c->end && shift < 70) {
		uint8_t byte = *p++;

		if (shift == 63 && byte > 1)
			return false;
		v |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			c->p = p;
			*out = (int64_t)(v >> 1 ^ -(v & 1));
			return true;
		}
		shift += 7;
	}
	return false;
}

static inline bool take_long(struct cursor *c, int64_t *out)
{
	if (c->p < c->end && *c->p < 0x80) {
		uint64_t v = *c->p++;

		*out = (int64_t)(v >> 1 ^ -(v & 1));
		return true;
	}
	return long_slow(c, out);
}

static inline uint64_t load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* Eight bytes that are all ASCII and none of them NUL. */
static inline bool plain8(uint64_t v)
{
	return !((v | (v - UINT64_C(0x0101010101010101))) & UINT64_C(0x8080808080808080));
}

/* Most texts are short and ASCII; the rest is utf8_valid's. */
static inline bool text_valid(const uint8_t *p, size_t len)
{
	size_t i;

	if (len >= 8) {
		for (i = 0; i + 8 <= len; i += 8)
			if (!plain8(load64(p + i)))
				return utf8_valid((const char *)p, len);
		return plain8(load64(p + len - 8)) || utf8_valid((const char *)p, len);
	}
	for (i = 0; i < len; i++)
		if (p[i] - 1u >= 0x7f)
			return utf8_valid((const char *)p, len);
	return true;
}

static inline int take_bytes(struct cursor *c, const struct avroplan_step *s, const uint8_t **bytes, size_t *len)
{
	int64_t n;

	if (!take_long(c, &n))
		return bad(c, s, "no length");
	if (n < 0 || n > c->end - c->p)
		return bad(c, s, "the length runs past the end");
	*bytes = c->p;
	*len = (size_t)n;
	c->p += n;
	return 0;
}

static inline void give_text(struct cursor *c, const struct avroplan_step *s, const void *text, size_t len)
{
	if (s->dest >= 0) {
		struct field *f = &c->fields[s->dest];

		f->type = FIELD_TEXT;
		f->text = text;
		f->len = len;
	}
}

static inline void give_int(struct cursor *c, const struct avroplan_step *s, enum field_type type, int64_t number)
{
	if (s->dest >= 0) {
		struct field *f = &c->fields[s->dest];

		f->type = type;
		f->number = number;
		f->real = (double)number;
	}
}

static inline void give_type(struct cursor *c, const struct avroplan_step *s, enum field_type type)
{
	if (s->dest >= 0)
		c->fields[s->dest].type = type;
}

static int take_real(struct cursor *c, const struct avroplan_step *s)
{
	size_t size = s->op == AVROPLAN_FLOAT ? 4 : 8;
	double real;
	float single;

	_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "Avro's reals are little-endian, and so are we");
	if ((size_t)(c->end - c->p) < size)
		return bad(c, s, "cut off");
	if (size == 4) {
		memcpy(&single, c->p, 4);
		real = single;
	} else {
		memcpy(&real, c->p, 8);
	}
	c->p += size;
	give_type(c, s, FIELD_REAL);
	if (s->dest >= 0)
		c->fields[s->dest].real = real;
	return 0;
}

static int take_text(struct cursor *c, const struct avroplan_step *s)
{
	const uint8_t *bytes;
	size_t len;

	if (take_bytes(c, s, &bytes, &len))
		return -1;
	if (s->op == AVROPLAN_STRING && !text_valid(bytes, len))
		return err_message(c->err, REASON_ENCODING, "Avro field %s before byte %zu: not UTF-8, or a NUL in it",
				   s->name, (size_t)(c->p - c->start));
	give_text(c, s, bytes, len);
	return 0;
}

static int take_number(struct cursor *c, const struct avroplan_step *s)
{
	int64_t number;

	if (!take_long(c, &number))
		return bad(c, s, "no integer");
	if (s->op == AVROPLAN_INT && number != (int32_t)number)
		return bad(c, s, "beyond 32 bits");
	give_int(c, s, FIELD_INT, number);
	return 0;
}

static int take_enum(struct cursor *c, const struct avroplan_step *s)
{
	const struct avroplan_symbol *symbol;
	int64_t index;

	if (!take_long(c, &index))
		return bad(c, s, "no enum index");
	if (index < 0 || index >= s->b)
		return bad(c, s, "the enum index is out of range");
	symbol = &c->plan->symbols[s->a + index];
	give_text(c, s, symbol->text, symbol->len);
	return 0;
}

static int take_fixed(struct cursor *c, const struct avroplan_step *s)
{
	if (s->a > (size_t)(c->end - c->p))
		return bad(c, s, "cut off");
	give_text(c, s, c->p, s->a);
	c->p += s->a;
	return 0;
}

static int take_boolean(struct cursor *c, const struct avroplan_step *s)
{
	if (c->p == c->end || *c->p > 1)
		return bad(c, s, "no boolean");
	give_int(c, s, FIELD_BOOL, *c->p++);
	return 0;
}

static int run(struct cursor *c, uint32_t from, uint32_t count);

static int take_union(struct cursor *c, const struct avroplan_step *s)
{
	int64_t index;

	if (!take_long(c, &index))
		return bad(c, s, "no union branch");
	if (index < 0 || index >= s->b)
		return bad(c, s, "the union branch is out of range");
	return run(c, c->plan->branches[s->a + index].from, c->plan->branches[s->a + index].count);
}

static int take_block(struct cursor *c, const struct avroplan_step *s, int64_t count)
{
	uint32_t items = (uint32_t)(s - c->plan->steps) + 1;
	const uint8_t *key;
	size_t key_len;

	if (count > AVROREAD_ITEMS_MAX - c->items)
		return err_message(c->err, REASON_SCHEMA, "the message has more than %d array and map items",
				   AVROREAD_ITEMS_MAX);
	c->items += (uint32_t)count;
	for (; count > 0; count--) {
		if (s->op == AVROPLAN_MAP) {
			if (take_bytes(c, s, &key, &key_len))
				return -1;
			if (!text_valid(key, key_len))
				return err_message(c->err, REASON_ENCODING, "Avro field %s: a map key is not UTF-8",
						   s->name);
		}
		if (run(c, items, s->a))
			return -1;
	}
	return 0;
}

/* Blocks of items; a negative count is followed by the block's size in bytes (Avro specification,
 * "Arrays"). */
static int take_items(struct cursor *c, const struct avroplan_step *s)
{
	int64_t count, size;

	for (;;) {
		const uint8_t *end = NULL;

		if (!take_long(c, &count))
			return bad(c, s, "no item count");
		if (count == 0)
			break;
		if (count < 0) {
			if (count < -AVROREAD_ITEMS_MAX)
				return bad(c, s, "too many items");
			if (!take_long(c, &size) || size < 0 || size > c->end - c->p)
				return bad(c, s, "the block's size runs past the end");
			end = c->p + size;
			count = -count;
		}
		if (take_block(c, s, count))
			return -1;
		if (end && c->p != end)
			return bad(c, s, "the block is not of the size that it says");
	}
	give_type(c, s, FIELD_OTHER);
	return 0;
}

/* A union of null and a scalar: 1 when it was null, 0 when the value follows. */
static inline int take_nullable(struct cursor *c, const struct avroplan_step *s)
{
	int64_t index;

	if (c->p < c->end && *c->p == s->null_byte) {
		c->p++;
		give_type(c, s, FIELD_NULL);
		return 1;
	}
	if (c->p < c->end && *c->p == s->value_byte) {
		c->p++;
		return 0;
	}
	if (!take_long(c, &index) || index < 0 || index > 1)
		return bad(c, s, "the union branch is out of range");
	if (index == s->null_byte / 2) {
		give_type(c, s, FIELD_NULL);
		return 1;
	}
	return 0;
}

static int take(struct cursor *c, const struct avroplan_step *s)
{
	switch ((enum avroplan_op)s->op) {
	case AVROPLAN_STRING:
	case AVROPLAN_BYTES:
		return take_text(c, s);
	case AVROPLAN_INT:
	case AVROPLAN_LONG:
		return take_number(c, s);
	case AVROPLAN_ENUM:
		return take_enum(c, s);
	case AVROPLAN_BOOLEAN:
		return take_boolean(c, s);
	case AVROPLAN_FLOAT:
	case AVROPLAN_DOUBLE:
		return take_real(c, s);
	case AVROPLAN_FIXED:
		return take_fixed(c, s);
	case AVROPLAN_UNION:
		return take_union(c, s);
	case AVROPLAN_ARRAY:
	case AVROPLAN_MAP:
		return take_items(c, s);
	case AVROPLAN_NULL:
		give_type(c, s, FIELD_NULL);
		return 0;
	case AVROPLAN_OTHER:
		give_type(c, s, FIELD_OTHER);
		return 0;
	}
	return -1;
}

static int run(struct cursor *c, uint32_t from, uint32_t count)
{
	const struct avroplan_step *s = &c->plan->steps[from], *end = s + count;

	for (; s < end; s += 1 + s->skip) {
		if (s->nullable) {
			int null = take_nullable(c, s);

			if (null < 0)
				return -1;
			if (null)
				continue;
		}
		if (take(c, s))
			return -1;
	}
	return 0;
}

int avrowalk_record(const struct avroplan *plan, const void *bytes, size_t len, struct field *fields, struct err *err)
{
	struct cursor c = {.p = bytes,
			   .start = bytes,
			   .end = (const uint8_t *)bytes + len,
			   .fields = fields,
			   .plan = plan,
			   .err = err};
	size_t i;

	for (i = 0; i < plan->count; i++)
		fields[i].type = FIELD_ABSENT;
	if (run(&c, 0, plan->step_count))
		return -1;
	if (c.p != c.end)
		return err_message(err, REASON_SCHEMA, "the Avro record ends at byte %zu of %zu",
				   (size_t)(c.p - c.start), len);
	for (i = 0; i < plan->count; i++)
		if (plan->same[i] >= 0)
			fields[i] = fields[plan->same[i]];
	return 0;
}
