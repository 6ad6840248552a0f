#include "text/text.h"
#include "base/utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { STACK_CODES = 2 * TEXT_FOLD_MAX };

/* Where folded bytes go: a blank is held back until something follows it, which trims and collapses at once. */
struct out {
	char *bytes;
	size_t len, max;
	bool blank, full;
};

static void put(struct out *out, const char *bytes, size_t len)
{
	size_t blank = out->blank && out->len > 0;

	if (out->full || out->len + blank + len > out->max) {
		out->full = true;
		return;
	}
	if (blank)
		out->bytes[out->len++] = ' ';
	out->blank = false;
	memcpy(out->bytes + out->len, bytes, len);
	out->len += len;
}

/* ASCII, the Latin-1 letters and U+00A0: composed already, and the next character cannot change them unless it is
 * outside this set, which ends the fast path. False: not for the fast path. */
static bool fold_fast(const unsigned char *text, size_t len, struct out *out)
{
	size_t i;
	unsigned char c;

	for (i = 0; i < len && !out->full; i++) {
		c = text[i];
		if (c == ' ' || (c >= '\t' && c <= '\r')) {
			out->blank = true;
		} else if (c > 0 && c < 0x80) {
			c = c >= 'A' && c <= 'Z' ? c + 0x20 : c;
			put(out, (const char *)&c, 1);
		} else if (c == 0xc2 && i + 1 < len && text[i + 1] == 0xa0) {
			out->blank = true;
			i++;
		} else if (c == 0xc3 && i + 1 < len && (text[i + 1] & 0xc0) == 0x80) {
			c = text[++i];
			if (c == 0x9f)
				put(out, "ss", 2);
			else
				put(out, (char[2]){(char)0xc3, (char)(c < 0x9f && c != 0x97 ? c + 0x20 : c)}, 2);
		} else {
			return false;
		}
	}
	return true;
}

/* The Unicode property White_Space (PropList.txt). */
static bool is_blank(int32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xa0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

static void put_codes(const int32_t *codes, long count, struct out *out)
{
	utf8proc_uint8_t bytes[4];
	long i;

	for (i = 0; i < count && !out->full; i++) {
		if (is_blank(codes[i]))
			out->blank = true;
		else
			put(out, (const char *)bytes, (size_t)utf8proc_encode_char(codes[i], bytes));
	}
}

static bool fold_any(const char *text, size_t len, struct out *out)
{
	const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD;
	const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text;
	int32_t few[STACK_CODES], *codes = few;
	long need, count;

	if (!utf8_valid(text, len))
		return false;
	need = utf8proc_decompose(bytes, (utf8proc_ssize_t)len, few, STACK_CODES, options);
	if (need > STACK_CODES) {
		codes = malloc((size_t)need * sizeof(*codes));
		if (!codes)
			return false;
		need = utf8proc_decompose(bytes, (utf8proc_ssize_t)len, codes, need, options);
	}
	count = need < 0 ? -1 : utf8proc_normalize_utf32(codes, need, options);
	if (count >= 0)
		put_codes(codes, count, out);
	if (codes != few)
		free(codes);
	return count >= 0;
}

long text_fold(const char *text, size_t len, char *out, size_t max)
{
	struct out folded = {.bytes = out, .max = max};

	if (!fold_fast((const unsigned char *)text, len, &folded)) {
		folded = (struct out){.bytes = out, .max = max};
		if (!fold_any(text, len, &folded))
			return -1;
	}
	return folded.full ? -1 : (long)folded.len;
}
