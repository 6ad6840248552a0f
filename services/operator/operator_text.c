/* operator_text: how numbers and names look in a terminal. */
#include "operator.h"

#include <stdio.h>

const char *operator_grouped(int64_t n)
{
	static char texts[16][32];
	static unsigned next;
	char digits[24], *out = texts[next++ % 16];
	size_t len = (size_t)snprintf(digits, sizeof digits, "%lld", (long long)n), at = 0;

	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0 && digits[i - 1] != '-')
			out[at++] = ' ';
		out[at++] = digits[i];
	}
	out[at] = 0;
	return out;
}

int operator_width(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xC0) != 0x80;
	return width;
}
