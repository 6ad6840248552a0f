/* event: what the simulator means, before it is written down: one thing that happened, as one agency sees it, in its
 * current version; and what makes an agency: a table of types, a table of what happens to its events afterwards, and
 * how it writes them.
 *
 * To add a source: a file source_<name>.c with a struct source, and a line in source.c. */
#ifndef SIMULATOR_EVENT_H
#define SIMULATOR_EVENT_H

#include "object.h"
#include "rng.h"
#include "world.h"
#include <stdint.h>

enum { EVENT_KEY_SIZE = 160 };

/* What one version does to the event that the version before did not say. */
enum event_change {
	CHANGE_NONE,
	CHANGE_UPDATED, /* closed, or another remark: counted as before */
	CHANGE_TYPE,	/* another type, so perhaps another category */
	CHANGE_PLACE,
	CHANGE_MONTH,	  /* the time of the event moved back, perhaps into another month */
	CHANGE_VERIFIED,  /* somebody was there and found it so */
	CHANGE_UNFOUNDED, /* nothing was there: stays, not counted */
	CHANGE_COUNT,	  /* a counts row sent anew */
	CHANGE_WITHDRAWN, /* a null value */
};

struct event {
	int64_t sent_ms; /* when the agency made this version: its revision; whole seconds, as all times here */
	int64_t at_ms;	 /* when it is published: the same, but of an echo */
	int64_t occurred_ms;
	int64_t created_ms; /* when the agency's system made it */
	uint64_t salt;	    /* decides the details of how it is written, the same for every version */
	uint32_t number;    /* the n-th of its source, from 1: what the id is made of */
	uint32_t personal;  /* 0, or the n-th planted personal text */
	int32_t count;	    /* of a counts row */
	uint16_t type;	    /* index into source.types */
	uint16_t spot;	    /* index into world.spots */
	uint8_t source;
	uint8_t version; /* 0: as first sent */
	uint8_t unit;
	int8_t unsafety; /* 0..4, -1: not said */
	uint8_t strange; /* personal: enum event_strange */
	bool verified, unfounded, withdrawn;
	bool second;   /* rescue: a reinforcement of an incident that is already there */
	bool echo;     /* the same message sent once more: means nothing new */
	bool ranged;   /* says from when to when, so no hour */
	bool day_only; /* its time is a date */
};

/* Where a personal text stands besides the free text. */
enum event_strange { STRANGE_NOT, STRANGE_TYPE, STRANGE_PLACE };

/* When in the week and the day a type happens. */
enum event_hours { HOURS_FLAT, HOURS_NIGHTLIFE, HOURS_EVENING, HOURS_DAY, HOURS_SCHOOL, HOURS_TRAFFIC, HOURS_HOME };

struct event_type {
	const char *name;     /* as the agency writes it */
	const char *extra;    /* a second part of it: rescue's anlagd, social's anmalare; else NULL */
	const char *category; /* what the picture must count it as */
	const char *reported; /* housing: the category while nobody has been there; else NULL */
	double monthly;	      /* how many a month, in a municipality of 22,000 */
	enum event_hours hours;
	double summer;		 /* 0.3: 30 % more in July than in the mean, 30 % fewer in January */
	double eve, school_free; /* factor on such days; 0 counts as 1 */
};

/* After a version has been sent: with which probability another follows, and when. */
struct event_follow {
	enum event_change change;
	double chance, mean_days;
};

struct source {
	const char *name, *kind; /* kind: events or counts, as delivery.csv says it */
	const struct event_type *types;
	size_t type_count;
	const struct event_follow *follows;
	size_t follow_count;
	double lag_hours;	       /* mean from the event to the first message */
	double late_chance, late_days; /* and some come much later: up to so many days */
	bool own_revision;	       /* its messages say when they were changed (not press) */
	void (*draw)(struct rng *r, const struct world *w, struct event *e); /* details of a new event; NULL: none */
	size_t (*key)(const struct event *e, const struct world *w, char out[EVENT_KEY_SIZE]);
	/* text: a planted personal text, or NULL. */
	void (*write)(const struct event *e, const struct world *w, const char *text, struct object *o);
};

enum {
	SOURCE_PRESS,
	SOURCE_POLICE,
	SOURCE_RESCUE,
	SOURCE_SOCIAL,
	SOURCE_HOUSING,
	SOURCE_CITIZEN,
	SOURCE_STAFF,
	SOURCES
};
extern const struct source *const sources[SOURCES];

/* Index by name; -1: none. Index of a type by name and extra (NULL: any); it is a bug when there is none. */
int source_find(const char *name, size_t len);
unsigned source_type(int source, const char *name, const char *extra);

/* What every write needs. */
const struct event_type *event_type(const struct event *e);
/* Its type and its place as written: the personal text where that has strayed into them. */
const char *event_type_text(const struct event *e, const char *text);
const char *event_place_text(const struct event *e, const struct world *w, const char *text);
const struct world_spot *event_spot(const struct event *e, const struct world *w);
void event_details(const struct event *e, struct rng *r); /* a stream for this event's details */
/* A point inside the spot's circle. False: the spot has none, or this event is told by name. */
bool event_point(const struct event *e, const struct world *w, double chance, double *lat, double *lon);

#endif
