#include "publish.h"
#include "feed/feed.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct publish {
	struct feed *feed;
	int topic;
	char key[24]; /* of an event with a shifted id */
	char *value;  /* of such an event */
};

int publish_open(struct publish **publish, const struct publish_plan *plan, struct err *err)
{
	const struct feed_plan feed = {.program = "collector",
				       .prefix = plan->prefix,
				       .key = plan->key,
				       .no_key = plan->no_key,
				       .rate = plan->rate};
	struct publish *p = calloc(1, sizeof *p);

	assert(p);
	p->value = malloc(ARCHIVE_LINE_MAX + 32);
	assert(p->value);
	if (feed_open(&p->feed, &feed, err) || (p->topic = feed_topic(p->feed, plan->source, err)) < 0) {
		publish_close(p);
		return -1;
	}
	*publish = p;
	return 0;
}

void publish_close(struct publish *publish)
{
	if (!publish)
		return;
	feed_close(publish->feed);
	free(publish->value);
	free(publish);
}

uint64_t publish_acknowledged(const struct publish *publish)
{
	return feed_acknowledged(publish->feed);
}

/* The event's bytes as they are, but for the digits of its id. */
static size_t shift_id(struct publish *p, const struct archive_event *e, int64_t shift)
{
	size_t before = (size_t)(e->id - e->value), after = e->value_len - before - e->id_len, len;

	memcpy(p->value, e->value, before);
	len = (size_t)snprintf(p->value + before, 32, "%" PRId64, e->number + shift);
	memcpy(p->value + before + len, e->id + e->id_len, after);
	return before + len + after;
}

int publish_event(struct publish *publish, const struct archive_event *event, int64_t shift, struct err *err)
{
	struct feed_message message = {.topic = publish->topic,
				       .key = event->id,
				       .key_len = event->id_len,
				       .value = event->value,
				       .value_len = event->value_len,
				       .time_s = event->observed_at};

	if (shift && event->number < 0)
		return err_message(err, REASON_BAD_VALUE, "event.id is no number, so it cannot be shifted");
	if (shift) {
		message.value_len = shift_id(publish, event, shift);
		message.value = publish->value;
		message.key = publish->key;
		message.key_len =
			(size_t)snprintf(publish->key, sizeof publish->key, "%" PRId64, event->number + shift);
	}
	return feed_send(publish->feed, &message, err);
}

int publish_finish(struct publish *publish, struct err *err)
{
	return feed_finish(publish->feed, err);
}
