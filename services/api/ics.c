#include "ics.h"

#include <string.h>

#define OCTETS_MAX 75 /* of a line, without its CRLF */

static void line(struct buf *out, const char *text)
{
	buf_append(out, text, strlen(text));
	buf_append(out, "\r\n", 2);
}

/* Bytes that stay together: on the next line, when this one has no room. */
static void put(struct buf *out, size_t *octets, const char *bytes, size_t len)
{
	if (*octets + len > OCTETS_MAX) {
		buf_append(out, "\r\n ", 3);
		*octets = 1;
	}
	buf_append(out, bytes, len);
	*octets += len;
}

static size_t character(const char *p)
{
	size_t len = 1;

	while (((unsigned char)p[len] & 0xc0) == 0x80)
		len++;
	return len;
}

void ics_text(struct buf *out, const char *name, const char *text)
{
	size_t octets = 0, len;

	put(out, &octets, name, strlen(name));
	put(out, &octets, ":", 1);
	for (const char *p = text; *p; p += len) {
		len = character(p);
		if (*p == '\n')
			put(out, &octets, "\\n", 2);
		else if (strchr("\\;,", *p))
			put(out, &octets, (const char[]){'\\', *p}, 2);
		else if ((unsigned char)*p >= ' ' && *p != 0x7f)
			put(out, &octets, p, len);
	}
	buf_append(out, "\r\n", 2);
}

void ics_begin(struct buf *out, const char *name)
{
	/* The European Union's summer time: the same days since 1996, long before the first meeting. */
	static const char *const head[] = {
		"BEGIN:VCALENDAR",
		"VERSION:2.0",
		"PRODID:-//Lagesbild//SV",
		"CALSCALE:GREGORIAN",
		"METHOD:PUBLISH",
		"REFRESH-INTERVAL;VALUE=DURATION:PT6H",
		"X-PUBLISHED-TTL:PT6H",
		"BEGIN:VTIMEZONE",
		"TZID:Europe/Stockholm",
		"BEGIN:STANDARD",
		"DTSTART:19961027T030000",
		"RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
		"TZOFFSETFROM:+0200",
		"TZOFFSETTO:+0100",
		"TZNAME:CET",
		"END:STANDARD",
		"BEGIN:DAYLIGHT",
		"DTSTART:19960331T020000",
		"TZOFFSETFROM:+0100",
		"RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
		"TZOFFSETTO:+0200",
		"TZNAME:CEST",
		"END:DAYLIGHT",
		"END:VTIMEZONE",
	};

	for (size_t i = 0; i < sizeof head / sizeof *head; i++) {
		line(out, head[i]);
		if (i == 6) { /* the calendar's own properties stand before its parts */
			ics_text(out, "NAME", name);
			ics_text(out, "X-WR-CALNAME", name);
		}
	}
}

void ics_event(struct buf *out, const struct ics_event *e)
{
	line(out, "BEGIN:VEVENT");
	ics_text(out, "UID", e->uid);
	ics_text(out, "DTSTAMP", e->stamp);
	ics_text(out, "LAST-MODIFIED", e->stamp);
	buf_format(out, "SEQUENCE:%lld\r\n", (long long)e->sequence);
	ics_text(out, "DTSTART;TZID=Europe/Stockholm", e->starts);
	buf_format(out, "DURATION:PT%lldM\r\n", (long long)e->minutes);
	line(out, e->cancelled ? "STATUS:CANCELLED" : "STATUS:CONFIRMED");
	ics_text(out, "SUMMARY", e->summary);
	if (*e->place)
		ics_text(out, "LOCATION", e->place);
	ics_text(out, "DESCRIPTION", e->description);
	line(out, "END:VEVENT");
}

void ics_end(struct buf *out)
{
	line(out, "END:VCALENDAR");
}
