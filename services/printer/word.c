#include "word.h"

#include "base/run.h"
#include "process.h"
#include <stdio.h>

#define SECONDS 30
#define BYTES_MAX (32u << 20)

/* It reads everything before it writes: one after the other does. Debian 12's pandoc has no templates under --sandbox;
 * what it could fetch, pictures, chromium_html has taken out. */
int word_make(const char *program, const char *directory, const struct buf *html, struct buf *out, struct err *err)
{
	char name[300];
	/* The heading is the document's title, so the parts' are of the first level. */
	char *argv[] = {name, "-f", "html", "-t", "docx", "--shift-heading-level-by=-1", "-o", "-", NULL};
	struct process p = {0};
	struct buf rest;
	int64_t deadline_ms = run_monotonic_ms() + SECONDS * 1000;
	int rc;

	snprintf(name, sizeof name, "%s", program);
	if (process_start(&p, argv, 0, 1, *directory ? directory : "/tmp", err))
		return -1;
	buf_init(&rest, BYTES_MAX);
	rc = process_write(&p, html->data, html->len, deadline_ms, err);
	process_close_in(&p);
	if (rc == 0)
		rc = process_read(&p, -1, deadline_ms, out, &rest, err);
	buf_release(&rest);
	if (process_end(&p, rc != 0) != 0 && rc == 0)
		rc = err_set(err, ERR_RETRY, "%.60s made no document.", program);
	return rc;
}
