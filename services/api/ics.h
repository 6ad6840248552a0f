/* ics: meetings as iCalendar (RFC 5545), pure. Lines end with CRLF and are folded at 75 octets, never inside a UTF-8
 * character; in texts what the format uses itself is escaped, and control characters are left out. */
#ifndef API_ICS_H
#define API_ICS_H

#include "base/buf.h"

struct ics_event {
	const char *uid, *stamp; /* stamp: when it was last changed, 20270202T120000Z */
	const char *starts;	 /* wall time in Sweden, 20270202T130000 */
	int64_t minutes, sequence;
	bool cancelled;
	const char *summary, *place, *description; /* UTF-8; place "": none */
};

/* Begin (with the calendar's name and Sweden's time zone), any number of events, end. */
void ics_begin(struct buf *out, const char *name);
void ics_event(struct buf *out, const struct ics_event *e);
void ics_end(struct buf *out);

/* One line: a name and a text. */
void ics_text(struct buf *out, const char *name, const char *text);

#endif
