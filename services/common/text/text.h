/* text: names and types as people write them, folded so that spellings of the same name are the same bytes.
 *
 * Fold = Unicode NFC, case-folded, trimmed, inner white space collapsed to one blank (Unicode Standard, chapters
 * 3.11, 3.13; by utf8proc, with a fast path of our own for ASCII and the Latin-1 letters). Accents are kept: Habo
 * is not Håbo. */
#ifndef LAGESBILD_TEXT_H
#define LAGESBILD_TEXT_H

#include <stddef.h>

#define TEXT_FOLD_MAX 512

/* Fold len bytes of valid UTF-8 into out (room for max, not terminated). Returns the folded length, or -1 when it
 * does not fit or the text is not UTF-8. */
long text_fold(const char *text, size_t len, char *out, size_t max);

#endif
