#include "mask.h"

#include <string.h>

#define MARK "▒"
#define DIGITS_SHOWN 4

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The length of the number that begins here: digits and what people put between them; 0 when it has few digits. */
static size_t number(const char *text, size_t len)
{
	size_t digits = 0, end = 0;

	for (size_t i = 0; i < len && (is_digit(text[i]) || strchr(" -+/()", text[i])); i++)
		if (is_digit(text[i])) {
			digits++;
			end = i + 1;
		}
	return digits > DIGITS_SHOWN ? end : 0;
}

static size_t word(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && text[n] != ' ' && text[n] != ',' && text[n] != ';')
		n++;
	return n;
}

/* A word with '@' that begins here. */
static size_t address(const char *text, size_t len)
{
	size_t n = word(text, len);

	return memchr(text, '@', n) ? n : 0;
}

bool mask_text(const char *text, size_t len, char *out, size_t size)
{
	bool changed = false, begins = true;
	size_t n = 0;

	for (size_t i = 0; i < len;) {
		size_t hidden = is_digit(text[i]) || text[i] == '+' ? number(text + i, len - i) : 0;
		size_t step = 1;

		if (!hidden && begins)
			hidden = address(text + i, len - i);
		while (i + step < len && ((unsigned char)text[i + step] & 0xC0) == 0x80)
			step++; /* a whole character */
		if (n + (hidden ? sizeof MARK : step + 1) > size) {
			changed = true;
			break;
		}
		if (hidden) {
			memcpy(out + n, MARK, sizeof MARK - 1);
			n += sizeof MARK - 1;
			i += hidden;
			changed = true;
			begins = false;
			continue;
		}
		begins = text[i] == ' ' || text[i] == ',' || text[i] == ';';
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7F) {
			out[n++] = ' ';
			changed = true;
		} else {
			memcpy(out + n, text + i, step);
			n += step;
		}
		i += step;
	}
	out[n] = 0;
	return changed;
}
