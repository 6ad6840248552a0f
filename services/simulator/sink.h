/* sink: where the simulator's messages go: the feed topics, or one file a source. */
#ifndef SIMULATOR_SINK_H
#define SIMULATOR_SINK_H

#include "base/err.h"
#include "event.h"
#include "feed/feed.h"
#include <stdio.h>

struct sink_message {
	int source;
	const char *key;
	size_t key_len;
	const char *value; /* NULL: withdraw */
	size_t value_len;
	int64_t at_ms;
	bool raw; /* broken: may be no JSON */
};

struct sink {
	FILE *files[SOURCES]; /* or NULL */
	struct feed *feed;    /* or NULL */
	int topics[SOURCES];
	struct buf line;
	uint64_t sent;
};

/* For the sources of the mask. dir is made when it is not there. */
int sink_open_files(struct sink *sink, const char *dir, unsigned wanted, struct err *err) MUST_CHECK;
int sink_open_topics(struct sink *sink, const struct feed_plan *plan, unsigned wanted, struct err *err) MUST_CHECK;
void sink_close(struct sink *sink);

/* A file gets a line {"key":…,"time":…,"value":the message itself, or null}; of a broken message
 * {"key":…,"time":…,"hex":its bytes}. */
int sink_send(struct sink *sink, const struct sink_message *message, struct err *err) MUST_CHECK;

/* All is written, or acknowledged by Kafka. */
int sink_finish(struct sink *sink, struct err *err) MUST_CHECK;

#endif
