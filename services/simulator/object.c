#include "object.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void object_begin(struct object *o, struct buf *out, const struct period_zone *zone)
{
	o->out = out;
	o->zone = zone;
	o->first = true;
	buf_byte(out, '{');
}

void object_end(struct object *o)
{
	buf_byte(o->out, '}');
}

static void member(struct object *o, const char *name)
{
	if (!o->first)
		buf_byte(o->out, ',');
	o->first = false;
	buf_quote(o->out, name, strlen(name));
	buf_byte(o->out, ':');
}

void object_open(struct object *o, const char *name)
{
	member(o, name);
	buf_byte(o->out, '{');
	o->first = true;
}

void object_close(struct object *o)
{
	buf_byte(o->out, '}');
	o->first = false;
}

void object_text(struct object *o, const char *name, const char *text)
{
	if (!text)
		return;
	member(o, name);
	buf_quote(o->out, text, strlen(text));
}

void object_int(struct object *o, const char *name, int64_t value)
{
	member(o, name);
	buf_format(o->out, "%lld", (long long)value);
}

void object_real(struct object *o, const char *name, double value, int digits)
{
	member(o, name);
	buf_format(o->out, "%.*f", digits, value);
}

void object_bool(struct object *o, const char *name, bool value)
{
	member(o, name);
	buf_format(o->out, "%s", value ? "true" : "false");
}

void object_write_time(const struct period_zone *zone, int64_t ms, enum object_time form, char out[OBJECT_TIME_SIZE])
{
	int32_t offset;
	int minutes, hours, n;
	struct period_civil c;
	char sign;

	if (form == OBJECT_UTC) {
		time_t t = (time_t)(ms / 1000);
		struct tm tm;

		gmtime_r(&t, &tm);
		strftime(out, OBJECT_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
		return;
	}
	offset = period_offset_s(zone, ms) / 60;
	minutes = abs(offset) % 60;
	hours = abs(offset) / 60;
	sign = offset < 0 ? '-' : '+';
	period_local(zone, ms, &c);
	n = snprintf(out, OBJECT_TIME_SIZE, "%04d-%02d-%02d", c.year, c.month, c.day);
	if (form == OBJECT_DATE)
		return;
	out += n;
	n = OBJECT_TIME_SIZE - n;
	if (form == OBJECT_PRESS)
		snprintf(out, (size_t)n, " %d:%02d:%02d %c%02d:%02d", c.hour, c.minute, c.second, sign, hours, minutes);
	else if (form == OBJECT_MINUTE)
		snprintf(out, (size_t)n, " %02d:%02d", c.hour, c.minute);
	else if (form == OBJECT_LOCAL)
		snprintf(out, (size_t)n, " %02d:%02d:%02d", c.hour, c.minute, c.second);
	else
		snprintf(out, (size_t)n, "T%02d:%02d:%02d%c%02d:%02d", c.hour, c.minute, c.second, sign, hours,
			 minutes);
}

void object_time(struct object *o, const char *name, int64_t ms, enum object_time form)
{
	char text[OBJECT_TIME_SIZE];

	object_write_time(o->zone, ms, form, text);
	object_text(o, name, text);
}
