/* base64: RFC 4648, 4, with padding (libsodium). */
#ifndef LAGESBILD_BASE64_H
#define LAGESBILD_BASE64_H

#include "base/buf.h"

/* Appends the bytes that len characters of text stand for; -1: it is none, or more than out takes. */
int base64_decode(const char *text, size_t len, struct buf *out);

/* Appends the text, without end. */
int base64_encode(const void *data, size_t len, struct buf *out);

#endif
