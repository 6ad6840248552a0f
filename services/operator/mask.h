/* mask: a text that a person may have written, made fit for an operator's eyes: what looks like a number of a person,
 * of a telephone or an address of e-mail becomes "▒". Names are not told from other words: who prints such texts shows
 * only those that stand in several messages (unknown.c). */
#ifndef OPERATOR_MASK_H
#define OPERATOR_MASK_H

#include <stdbool.h>
#include <stddef.h>

/* text (UTF-8, len bytes) into out, cut at size, terminated, without control characters. true: something was masked or
 * cut, so out is not the text itself. Masked: a word with '@'; five or more digits, parted by nothing but blanks,
 * hyphens, '+', '/', '(' and ')'. */
bool mask_text(const char *text, size_t len, char *out, size_t size);

#endif
