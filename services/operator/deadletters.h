/* deadletters: refused messages, and what people do about them. deadletters.c lists, deadletters_show.c shows and
 * drops, deadletters_find.c fetches bytes, deadletters_retry.c sends them again. */
#ifndef OPERATOR_DEADLETTERS_H
#define OPERATOR_DEADLETTERS_H

#include "replay.h"

#define DEADLETTERS_MAX 1000   /* at once */
#define DEADLETTERS_ATTEMPTS 5 /* then it is never sent again */

struct deadletters_item {
	char topic[200], reason[40], detail[500], state[16], by[100], why[300];
	int32_t partition;
	int64_t offset, epoch, received_ms, attempts;
	/* deadletters_find: the message, of views into bytes */
	struct buf bytes;
	struct deadletter_header headers[DEADLETTER_HEADERS_MAX];
	struct deadletter letter;
	int64_t n, retry_offset; /* of the retry */
	char revision[24];
};

struct deadletters {
	const char *verb, *source, *reason, *since, *state, *edit, *by, *why;
	const char *ids[DEADLETTERS_MAX];
	size_t id_count;
	bool yes, again, show, json;
	int64_t wait_s;
	struct db *db;
	struct deadletters_item *items;
	size_t count;
};

/* The name of an item's source. */
const char *deadletters_source(const struct deadletters_item *item);

/* The message from its feed; else, or only, from topic deadletters. 1 found, with its bytes; 0 neither has them (from
 * the dead letter: the letter may be there without them); -1. */
int deadletters_from_feed(struct deadletters_item *item, struct err *err) MUST_CHECK;
int deadletters_from_letter(struct deadletters_item *item, struct err *err) MUST_CHECK;

/* Fill items by ids or filter. */
int deadletters_pick(struct deadletters *d, struct err *err) MUST_CHECK;

/* "press:0:17", in static storage until the next call. */
const char *deadletters_id(const struct deadletters_item *item);

/* What the command's verbs do with the items that were picked: the exit status. */
int deadletters_show(struct deadletters *d, struct err *err) MUST_CHECK;
int deadletters_drop(struct deadletters *d, struct err *err) MUST_CHECK;
int deadletters_retry(struct deadletters *d, struct err *err) MUST_CHECK;

#endif
