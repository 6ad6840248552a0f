/* word: HTML to a file for word processors (Office Open XML), by pandoc. */
#ifndef PRINTER_WORD_H
#define PRINTER_WORD_H

#include "base/buf.h"
#include "base/err.h"

/* program: pandoc; directory: where its folder is made, as chromium_options says. Appends to out. */
int word_make(const char *program, const char *directory, const struct buf *html, struct buf *out,
	      struct err *err) MUST_CHECK;

#endif
