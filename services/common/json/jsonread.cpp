/* simdjson's DOM reader behind a C face. The DOM, not on-demand, because the whole message is to be
 * validated whatever fields are asked for. simdjson is used in its error-code mode; nothing is
 * thrown across the boundary. */
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

extern "C" {
#include "base/err.h"
#include "base/field.h"
#include "json/jsonread.h"
}

#include <cstring>
#include <new>

namespace dom = simdjson::dom;

/* Specs taken apart once: "location.name" is head "location" and tail "name". Kept while the specs'
 * path pointers are the same. */
struct plan_path {
	const char *path;
	const char *tail; /* NULL: no dot */
	uint32_t head_len, tail_len;
	bool open; /* strictness ends here */
};

struct jsonread {
	dom::parser parser;
	char *copy;
	size_t bytes_max;
	size_t planned;
	bool strict;
	struct plan_path plan[FIELD_SPECS_MAX];
	uint32_t head_hash[FIELD_SPECS_MAX], tail_hash[FIELD_SPECS_MAX];
	std::string_view keys[JSONREAD_KEYS_MAX]; /* of the object whose keys are being compared */
	uint32_t key_hash[JSONREAD_KEYS_MAX];
};

/* What one walk carries: the destination, and the error. */
struct walk {
	struct jsonread *reader;
	struct field *fields;
	struct err *err;
	bool strict; /* an unnamed member is refused */
};

/* What the specs say of a member: those with a path into it, as bits; whether any names it; whether all below may come.
 */
#define MATCH_NAMED (UINT64_C(1) << 62)
#define MATCH_OPEN (UINT64_C(1) << 63)
#define MATCH_INNER (MATCH_NAMED - 1)
static_assert(FIELD_SPECS_MAX <= 62, "a bit for each spec and two more");

/* Cheap, and only a filter before memcmp: length, first and last bytes. */
static inline uint32_t key_hash(const char *s, size_t len)
{
	uint64_t a = 0, b = 0;

	if (len >= 8) {
		memcpy(&a, s, 8);
		memcpy(&b, s + len - 8, 8);
	} else if (len >= 4) {
		memcpy(&a, s, 4);
		memcpy(&b, s + len - 4, 4);
	} else if (len > 0) {
		a = (uint8_t)s[0] | (uint64_t)(uint8_t)s[len / 2] << 8;
		b = (uint8_t)s[len - 1];
	}
	a = (a ^ (b << 23 | b >> 41) ^ len) * 0x9E3779B97F4A7C15u;
	return (uint32_t)(a >> 32);
}

static inline bool same(std::string_view a, const char *b, size_t len)
{
	return a.size() == len && memcmp(a.data(), b, len) == 0;
}

static bool planned(const struct jsonread *r, const struct field_spec *specs, size_t count)
{
	size_t i;

	if (r->planned != count)
		return false;
	for (i = 0; i < count; i++)
		if (r->plan[i].path != specs[i].path)
			return false;
	return true;
}

static void plan(struct jsonread *r, const struct field_spec *specs, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct plan_path *p = &r->plan[i];
		const char *dot = strchr(specs[i].path, '.');

		p->path = specs[i].path;
		p->head_len = (uint32_t)(dot ? (size_t)(dot - p->path) : strlen(p->path));
		p->open = specs[i].type == FIELD_OTHER;
		p->tail = dot ? dot + 1 : nullptr;
		p->tail_len = (uint32_t)(dot ? strlen(dot + 1) : 0);
		r->head_hash[i] = key_hash(p->path, p->head_len);
		r->tail_hash[i] = dot ? key_hash(p->tail, p->tail_len) : 0;
	}
	r->planned = count;
}

/* Strings that JSON's grammar lets through and UTF-8 does not: \u0000 (PostgreSQL refuses NUL) and
 * halves of surrogate pairs, which simdjson 3.0.1 turns into something else. A backslash stands in
 * strings only, so the raw text can be searched without a parser. */
static int hex4(const char *s, const char *end, uint32_t *out)
{
	uint32_t v = 0;
	int i;

	if (end - s < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		char c = s[i];

		if (c >= '0' && c <= '9')
			v = v << 4 | (uint32_t)(c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			v = v << 4 | (uint32_t)((c | 32) - 'a' + 10);
		else
			return -1;
	}
	*out = v;
	return 0;
}

static int check_escapes(const char *text, size_t len, struct err *err)
{
	const char *p = text, *end = text + len;
	uint32_t unit, low;

	while ((p = static_cast<const char *>(memchr(p, '\\', (size_t)(end - p)))) != nullptr) {
		if (end - p < 2)
			break;
		if (p[1] != 'u') {
			p += 2;
			continue;
		}
		if (hex4(p + 2, end, &unit))
			return err_message(err, REASON_SYNTAX, "the escape at byte %zu is not four hex digits",
					   (size_t)(p - text));
		if (unit == 0)
			return err_message(err, REASON_ENCODING, "the text at byte %zu holds a NUL",
					   (size_t)(p - text));
		p += 6;
		if (unit < 0xD800 || unit > 0xDFFF)
			continue;
		if (unit > 0xDBFF || end - p < 6 || p[0] != '\\' || p[1] != 'u' || hex4(p + 2, end, &low) ||
		    low < 0xDC00 || low > 0xDFFF)
			return err_message(err, REASON_ENCODING, "the escape at byte %zu is half a surrogate pair",
					   (size_t)(p - 6 - text));
		p += 6;
	}
	return 0;
}

static int refuse(simdjson::error_code code, struct err *err)
{
	switch (code) {
	case simdjson::UTF8_ERROR:
		return err_message(err, REASON_ENCODING, "the message is not UTF-8");
	case simdjson::CAPACITY:
		return err_message(err, REASON_TOO_LARGE, "the message is larger than this reader takes");
	case simdjson::DEPTH_ERROR:
		return err_message(err, REASON_SYNTAX, "the JSON is nested deeper than %d levels", JSONREAD_DEPTH_MAX);
	case simdjson::NUMBER_ERROR:
		return err_message(err, REASON_BAD_VALUE, "the JSON holds a number that is malformed or out of range");
	case simdjson::MEMALLOC:
		return err_set(err, ERR_RETRY, "out of memory reading JSON");
	default:
		return err_message(err, REASON_SYNTAX, "the message is not JSON: %s", simdjson::error_message(code));
	}
}

static void fill(struct field *f, dom::element value)
{
	int64_t number = 0;
	double real = 0;
	bool truth = false;
	std::string_view text;

	switch (value.type()) {
	case dom::element_type::STRING:
		if (value.get(text) == simdjson::SUCCESS) {
			f->type = FIELD_TEXT;
			f->text = text.data();
			f->len = text.size();
		}
		break;
	case dom::element_type::INT64:
		if (value.get(number) == simdjson::SUCCESS) {
			f->type = FIELD_INT;
			f->number = number;
			f->real = (double)number;
		}
		break;
	case dom::element_type::UINT64:
	case dom::element_type::DOUBLE:
		if (value.get(real) == simdjson::SUCCESS) {
			f->type = FIELD_REAL;
			f->real = real;
		}
		break;
	case dom::element_type::BOOL:
		if (value.get(truth) == simdjson::SUCCESS) {
			f->type = FIELD_BOOL;
			f->number = truth;
		}
		break;
	case dom::element_type::NULL_VALUE:
		f->type = FIELD_NULL;
		break;
	default:
		f->type = FIELD_OTHER;
	}
}

/* No key twice, as they read after unescaping; at most JSONREAD_KEYS_MAX of them. */
static int check_keys(struct walk *w, dom::object object)
{
	struct jsonread *r = w->reader;
	size_t n = 0, i;

	for (dom::key_value_pair member : object) {
		uint32_t hash = key_hash(member.key.data(), member.key.size());

		if (n == JSONREAD_KEYS_MAX)
			return err_message(w->err, REASON_TOO_LARGE, "an object has more than %d keys",
					   JSONREAD_KEYS_MAX);
		for (i = 0; i < n; i++)
			if (r->key_hash[i] == hash && same(r->keys[i], member.key.data(), member.key.size()))
				return err_message(w->err, REASON_SYNTAX,
						   "an object has a key twice (its members %zu and %zu)", i + 1, n + 1);
		r->keys[n] = member.key;
		r->key_hash[n++] = hash;
	}
	return 0;
}

static uint64_t match_root(struct walk *w, std::string_view key, uint32_t hash, dom::element value)
{
	const struct jsonread *r = w->reader;
	uint64_t m = 0;
	size_t i;

	for (i = 0; i < r->planned; i++) {
		if (r->head_hash[i] != hash || !same(key, r->plan[i].path, r->plan[i].head_len))
			continue;
		m |= MATCH_NAMED;
		if (r->plan[i].tail) {
			m |= UINT64_C(1) << i;
			continue;
		}
		m |= r->plan[i].open ? MATCH_OPEN : 0;
		fill(&w->fields[i], value);
	}
	return m;
}

static uint64_t match_inner(struct walk *w, uint64_t inner, std::string_view key, uint32_t hash, dom::element value)
{
	const struct jsonread *r = w->reader;
	uint64_t m = 0;

	for (; inner; inner &= inner - 1) {
		size_t i = (size_t)__builtin_ctzll(inner);

		if (r->tail_hash[i] != hash || !same(key, r->plan[i].tail, r->plan[i].tail_len))
			continue;
		m |= MATCH_NAMED | (r->plan[i].open ? MATCH_OPEN : 0);
		fill(&w->fields[i], value);
	}
	return m;
}

static int walk_value(struct walk *w, dom::element value, unsigned depth, uint64_t inner);

/* depth 1 is the root. inner: the specs whose head is the member that this object is the value of.
 */
static int walk_object(struct walk *w, dom::object object, unsigned depth, uint64_t inner)
{
	if (depth > JSONREAD_DEPTH_MAX)
		return refuse(simdjson::DEPTH_ERROR, w->err);
	if (check_keys(w, object))
		return -1;
	for (dom::key_value_pair member : object) {
		uint64_t m = 0;
		bool strict = w->strict;
		int result;

		if (depth == 1)
			m = match_root(w, member.key, key_hash(member.key.data(), member.key.size()), member.value);
		else if (inner)
			m = match_inner(w, inner, member.key, key_hash(member.key.data(), member.key.size()),
					member.value);
		if (strict && !(m & MATCH_NAMED))
			return err_message(w->err, REASON_PERSONAL_DATA,
					   "the message has a field that is not agreed");
		w->strict = strict && !(m & MATCH_OPEN);
		result = walk_value(w, member.value, depth + 1, m & MATCH_INNER);
		w->strict = strict;
		if (result)
			return result;
	}
	return 0;
}

static int walk_value(struct walk *w, dom::element value, unsigned depth, uint64_t inner)
{
	dom::object object;
	dom::array array;

	if (value.get(object) == simdjson::SUCCESS)
		return walk_object(w, object, depth, inner);
	if (value.get(array) != simdjson::SUCCESS)
		return 0;
	if (depth > JSONREAD_DEPTH_MAX)
		return refuse(simdjson::DEPTH_ERROR, w->err);
	for (dom::element item : array)
		if (walk_value(w, item, depth + 1, 0))
			return -1;
	return 0;
}

/* Copy, parse, validate; fills those fields that the plan names. */
static int read_object(struct jsonread *r, const void *bytes, size_t len, struct field *fields, dom::object *object,
		       struct err *err)
{
	struct walk w = {r, fields, err, r->strict && fields};
	dom::element root;
	simdjson::error_code code;

	if (len > r->bytes_max)
		return err_message(err, REASON_TOO_LARGE, "the message is %zu bytes, the limit is %zu", len,
				   r->bytes_max);
	if (len > 0)
		memcpy(r->copy, bytes, len);
	memset(r->copy + len, 0, simdjson::SIMDJSON_PADDING);
	code = r->parser.parse(r->copy, len, false).get(root);
	/* simdjson refuses some half pairs as a string's syntax: say what they are. */
	if (code == simdjson::STRING_ERROR && check_escapes(r->copy, len, err))
		return -1;
	if (code != simdjson::SUCCESS)
		return refuse(code, err);
	if (root.get(*object) != simdjson::SUCCESS)
		return err_message(err, REASON_SCHEMA, "the message is JSON but no object");
	if (check_escapes(r->copy, len, err))
		return -1;
	return walk_object(&w, *object, 1, 0);
}

/* --- raw text of a member: the document is known to be valid, so finding its end needs no grammar
 * --- */

static const char *skip_blank(const char *p)
{
	while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')
		p++;
	return p;
}

static const char *skip_string(const char *p)
{
	for (p++; *p != '"'; p++)
		if (*p == '\\')
			p++;
	return p + 1;
}

static const char *skip_value(const char *p)
{
	size_t open = 0;

	if (*p == '"')
		return skip_string(p);
	if (*p != '{' && *p != '[') {
		while (*p && !strchr(",]} \t\r\n", *p))
			p++;
		return p;
	}
	do {
		if (*p == '"') {
			p = skip_string(p);
			continue;
		}
		if (*p == '{' || *p == '[')
			open++;
		else if (*p == '}' || *p == ']')
			open--;
		p++;
	} while (open > 0);
	return p;
}

/* Where member number `index` of the object begins: the DOM's order is the text's. */
static const char *member_value(const char *text, size_t index)
{
	const char *p = skip_blank(text) + 1;

	for (;;) {
		p = skip_blank(skip_string(skip_blank(p))); /* the key, up to its colon */
		p = skip_blank(p + 1);
		if (index-- == 0)
			return p;
		p = skip_blank(skip_value(p)) + 1; /* past the comma */
	}
}

/* 1 found, 0 absent, -1. */
static int find_member(struct jsonread *r, const void *bytes, size_t len, const char *name, const char **value,
		       dom::element *element, struct err *err)
{
	dom::object object;
	size_t index = 0, name_len = strlen(name);

	r->planned = 0;
	if (read_object(r, bytes, len, nullptr, &object, err))
		return -1;
	for (dom::key_value_pair member : object) {
		if (same(member.key, name, name_len)) {
			*value = member_value(r->copy, index);
			*element = member.value;
			return 1;
		}
		index++;
	}
	return 0;
}

extern "C" int jsonread_open(struct jsonread **reader, size_t bytes_max, struct err *err)
{
	struct jsonread *r = new (std::nothrow) jsonread();

	if (!r)
		return err_set(err, ERR_RETRY, "out of memory opening a JSON reader");
	r->bytes_max = bytes_max;
	r->copy = static_cast<char *>(malloc(bytes_max + simdjson::SIMDJSON_PADDING));
	/* One more than the limit: simdjson counts the document itself. */
	if (!r->copy || r->parser.allocate(bytes_max, JSONREAD_DEPTH_MAX + 1) != simdjson::SUCCESS) {
		jsonread_close(r);
		return err_set(err, ERR_RETRY, "out of memory opening a JSON reader for %zu bytes", bytes_max);
	}
	*reader = r;
	return 0;
}

extern "C" void jsonread_close(struct jsonread *reader)
{
	if (!reader)
		return;
	free(reader->copy);
	delete reader;
}

extern "C" void jsonread_strict(struct jsonread *reader)
{
	reader->strict = true;
}

extern "C" int jsonread_record(struct jsonread *reader, const void *bytes, size_t len, const struct field_spec *specs,
			       size_t count, struct field *fields, struct err *err)
{
	dom::object object;
	size_t i;

	if (count > FIELD_SPECS_MAX)
		return err_set(err, ERR_CONFIG, "a source names more than %d fields", FIELD_SPECS_MAX);
	if (!planned(reader, specs, count))
		plan(reader, specs, count);
	for (i = 0; i < count; i++)
		fields[i].type = FIELD_ABSENT;
	return read_object(reader, bytes, len, fields, &object, err);
}

extern "C" int jsonread_member(struct jsonread *reader, const void *bytes, size_t len, const char *name,
			       const char **value, size_t *value_len, struct err *err)
{
	const char *start;
	dom::element element;
	int found = find_member(reader, bytes, len, name, &start, &element, err);

	if (found < 0)
		return -1;
	*value = found ? start : nullptr;
	*value_len = found ? (size_t)(skip_value(start) - start) : 0;
	return 0;
}

extern "C" int jsonread_each(struct jsonread *reader, const void *bytes, size_t len, const char *name,
			     int (*each)(void *ctx, const char *element, size_t len, struct err *err), void *ctx,
			     struct err *err)
{
	const char *p, *end;
	dom::element element;
	int found = find_member(reader, bytes, len, name, &p, &element, err);
	int result;

	if (found < 0)
		return -1;
	if (!found)
		return err_message(err, REASON_MISSING_FIELD, "the object has no member %s", name);
	if (!element.is_array())
		return err_message(err, REASON_SCHEMA, "the member %s is no array", name);
	for (p = skip_blank(p + 1); *p != ']'; p = skip_blank(*p == ',' ? p + 1 : p)) {
		end = skip_value(p);
		result = each(ctx, p, (size_t)(end - p), err);
		if (result)
			return result;
		p = skip_blank(end);
	}
	return 0;
}
