/* archive: an archive of a feed, NDJSON lines {"observed_at": unix seconds, "event": {...}}, read
 * line by line.
 *
 * The event's bytes are given as they stand in the line. A line that is broken or too long is no
 * failure of the archive: it is reported by its number, and the next one is read. */
#ifndef COLLECTOR_ARCHIVE_H
#define COLLECTOR_ARCHIVE_H

#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

#define ARCHIVE_LINE_MAX 1000000

struct archive;

struct archive_event {
	int64_t observed_at; /* unix seconds */
	const char *value;   /* the event's own JSON; a view until the next call */
	size_t value_len;
	const char *id; /* the event's id as text, a view into value */
	size_t id_len;
	int64_t number; /* the id as a number, or -1 when it is a text */
	uint64_t line;	/* its number, from 1 */
};

int archive_open(struct archive **archive, const char *path, struct err *err) MUST_CHECK; /* "-": standard input */
void archive_close(struct archive *archive);

/* The next event: 1; 0 at the end; -1: ERR_MESSAGE for a broken line (event->line is set; go on),
 * else the file cannot be read. */
int archive_next(struct archive *archive, struct archive_event *event, struct err *err) MUST_CHECK;

#endif
