/* publish: events of an archive to their feed topic, with CloudEvents headers and, as imported
 * history, the operator's signature. */
#ifndef COLLECTOR_PUBLISH_H
#define COLLECTOR_PUBLISH_H

#include "archive.h"
#include "hash/hash.h"
#include <stdbool.h>

struct publish_plan {
	const char *source, *prefix; /* prefix: before the topic's name */
	const struct hash_key *key;  /* NULL: as if live, unsigned */
	bool no_key;		     /* no Kafka key: spread over the partitions */
	int64_t rate;		     /* messages a second; 0: as fast as Kafka takes them */
};

struct publish;

int publish_open(struct publish **publish, const struct publish_plan *plan, struct err *err) MUST_CHECK;
void publish_close(struct publish *publish);

/* Send one event with `shift` added to its numeric id. 0, or -1: ERR_MESSAGE (this event cannot be
 * sent), else the end. */
int publish_event(struct publish *publish, const struct archive_event *event, int64_t shift,
		  struct err *err) MUST_CHECK;

/* Wait until Kafka has acknowledged all. */
int publish_finish(struct publish *publish, struct err *err) MUST_CHECK;

uint64_t publish_acknowledged(const struct publish *publish);

#endif
