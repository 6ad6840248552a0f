/* chromium: headless Chromium, told what to do by the DevTools protocol over a pipe
 * (https://chromedevtools.github.io/devtools-protocol/): JSON texts ended by a NUL, its descriptors 3 and 4. One
 * browser a document, with a folder of its own that is removed afterwards. */
#ifndef PRINTER_CHROMIUM_H
#define PRINTER_CHROMIUM_H

#include "base/buf.h"
#include "base/err.h"
#include <stdbool.h>

struct chromium_options {
	const char *program;   /* chromium */
	const char *directory; /* where its folder is made; "": TMPDIR, or /tmp */
	bool sandbox;	       /* its own; false where the system gives it none (as root) */
};

struct page {
	const char *url;
	const char *key; /* sent as Authorization: Bearer; NULL: nobody */
	int seconds;	 /* in which it must be ready */
};

/* Prints a page as PDF (A4, tagged, its outline, page numbers), once it says that it is ready:
 * document.documentElement.dataset.ready. ERR_CONFIG: there is no such program; ERR_RETRY: what the page or the browser
 * did not do, in one sentence. out is appended to. */
int chromium_pdf(const struct chromium_options *o, const struct page *page, struct buf *out,
		 struct err *err) MUST_CHECK;

/* The same page as HTML for a word processor: heading and text and tables, no controls, no drawings. */
int chromium_html(const struct chromium_options *o, const struct page *page, struct buf *out,
		  struct err *err) MUST_CHECK;

#endif
