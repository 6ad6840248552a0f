/* object: one flat JSON object, written into a buffer. Texts are escaped; members whose text is NULL are left out. */
#ifndef SIMULATOR_OBJECT_H
#define SIMULATOR_OBJECT_H

#include "base/buf.h"
#include "base/period.h"
#include <stdbool.h>

struct object {
	struct buf *out; /* not owned */
	const struct period_zone *zone;
	bool first;
};

/* How an agency writes its times; all say the same instant. */
enum object_time {
	OBJECT_OFFSET, /* 2025-05-02T23:41:07+02:00 */
	OBJECT_UTC,    /* 2025-05-02T21:41:07Z */
	OBJECT_LOCAL,  /* 2025-05-02 23:41:07, wall time */
	OBJECT_MINUTE, /* 2025-05-02 23:41, wall time: the seconds are lost */
	OBJECT_DATE,   /* 2025-05-02: only the day is left */
	OBJECT_PRESS,  /* 2025-05-02 9:41:07 +02:00, as the police's API */
};

#define OBJECT_TIME_SIZE 48

void object_begin(struct object *o, struct buf *out, const struct period_zone *zone);
void object_end(struct object *o);
void object_text(struct object *o, const char *name, const char *text);
void object_int(struct object *o, const char *name, int64_t value);
void object_real(struct object *o, const char *name, double value, int digits);
void object_bool(struct object *o, const char *name, bool value);
void object_time(struct object *o, const char *name, int64_t ms, enum object_time form);
/* An object within: its members follow, then object_close. */
void object_open(struct object *o, const char *name);
void object_close(struct object *o);

/* The bytes of a time in one of the forms; the zone is not needed for OBJECT_UTC. */
void object_write_time(const struct period_zone *zone, int64_t ms, enum object_time form, char out[OBJECT_TIME_SIZE]);

#endif
