/* replay: what the parts of the command share: replay.c (arguments, preview, file), replay_stretch.c (which messages),
 * replay_send.c (through the normalizer, and what came of it), replay_merge.c and replay_topic.c (into another topic),
 * replay_build.c (into a rebuild). */
#ifndef OPERATOR_REPLAY_PRIVATE_H
#define OPERATOR_REPLAY_PRIVATE_H

#include "replay.h"

#define REPLAY_STRETCHES_MAX 1000 /* what a normalizer takes */
#define REPLAY_INTERRUPTED 130	  /* as a shell says of a command that ^C has ended */

struct replay_stretch {
	int32_t partition;
	int64_t from, to; /* to: not included */
};

struct replay {
	/* What was asked for. */
	const char *source, *from, *to, *key, *file, *to_topic, *into, *rate_text, *speed_text;
	int64_t partition, wait_s; /* partition -1: all */
	bool yes, json, mapped, show;
	int64_t rate; /* messages a second; 0: not asked for */
	double speed; /* times the original pace; 0: as fast as it goes */

	char topic[200];
	struct db *db;
	struct kafka_reader *reader;
	struct preview *preview;
	struct mapper *mapper; /* NULL: the messages are not mapped */
	FILE *out;
	int partitions; /* of the feed */
	struct replay_stretch *stretches;
	size_t count;
	int64_t epoch, messages;
	struct buf line;
};

/* Fold topic incidents anew into build r->into, the stretches mapped anew behind it; print what was made: the exit
 * status. */
int replay_build(struct replay *r, struct err *err) MUST_CHECK;

/* Digits and nothing else; -1 for what is no such number. */
int64_t replay_number(const char *text);

/* Fill stretches, in the order of partitions and offsets, and partitions. */
int replay_stretch_find(struct replay *r, struct err *err) MUST_CHECK;

/* Send the stretches through the normalizer, wait, print the balance: the exit status. */
int replay_send(struct replay *r, struct err *err) MUST_CHECK;

/* ---- into another topic ---- */

/* ERR_CONFIG for a topic of the installation itself, or of Kafka. */
int replay_topic_check(const char *topic, struct err *err) MUST_CHECK;

/* Copy the stretches, or with r->mapper the incidents they become, into r->to_topic; print how far: the exit status. */
int replay_topic(struct replay *r, struct err *err) MUST_CHECK;

/* The stretches' messages of all partitions in the order of their append times; each partition's own order is kept. */
struct replay_merge;
int replay_merge_open(struct replay_merge **merge, const struct replay *r, struct err *err) MUST_CHECK;
/* Up to max messages, to be given back by kafka_consumer_release: the count; 0 at the end, or when asked to stop. */
int replay_merge_batch(struct replay_merge *merge, struct kafka_message *out, size_t max, struct err *err) MUST_CHECK;
void replay_merge_close(struct replay_merge *merge); /* NULL allowed */

#endif
