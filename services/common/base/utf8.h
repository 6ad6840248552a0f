/* utf8: is it UTF-8 (RFC 3629: no overlongs, no surrogates, at most U+10FFFF) without NUL. */
#ifndef LAGESBILD_UTF8_H
#define LAGESBILD_UTF8_H

#include <stdbool.h>
#include <stddef.h>

bool utf8_valid(const char *text, size_t len); /* false for any NUL too: PostgreSQL refuses it */

/* The longest prefix of at most max bytes that ends at a character's end. text must be valid. */
size_t utf8_prefix(const char *text, size_t len, size_t max);

#endif
