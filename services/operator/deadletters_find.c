#include "deadletters.h"

#include "base/run.h"
#include <string.h>

#define BEFORE_MS 60000 /* brokers' clocks may differ so much */

/* The letter as bytes of the item's own. */
static int keep(struct deadletters_item *item, const struct deadletter *letter, struct err *err)
{
	buf_release(&item->bytes);
	buf_init(&item->bytes, 20u << 20);
	deadletter_encode(letter, &item->bytes);
	return deadletter_decode(item->bytes.data, item->bytes.len, item->headers, &item->letter, err);
}

static int take_feed(struct deadletters_item *item, struct kafka_reader *reader, struct err *err)
{
	static struct replay_headers headers;
	struct kafka_message m;
	struct deadletter letter;
	int got = 0, rc = 0;

	while (!got && !kafka_reader_done(reader) && !run_stopping())
		if ((got = kafka_reader_batch(reader, &m, 1, 200, err)) < 0)
			return -1;
	/* Another append time: the topic was made anew, this is another message. */
	if (got && m.append_ms == item->received_ms) {
		replay_letter(&m, item->topic, item->epoch, &headers, &letter);
		rc = keep(item, &letter, err) ? -1 : 1;
	}
	kafka_consumer_release(&m, (size_t)got);
	return rc;
}

int deadletters_from_feed(struct deadletters_item *item, struct err *err)
{
	struct kafka_reader *reader;
	struct err gone = {0};
	int rc;

	if (kafka_reader_open(&reader, item->topic, err))
		return -1;
	rc = kafka_reader_start(reader, item->partition, item->offset, item->offset + 1, &gone);
	if (rc == 0)
		rc = take_feed(item, reader, err);
	else if (gone.kind == ERR_DATA_LOSS || gone.kind == ERR_CONFIG)
		rc = 0;
	else
		*err = gone;
	kafka_reader_close(reader);
	return rc;
}

static bool is_it(const struct deadletters_item *item, const struct deadletter *letter)
{
	return letter->partition == item->partition && letter->offset == item->offset &&
	       letter->topic.len == strlen(item->topic) && !memcmp(letter->topic.text, item->topic, letter->topic.len);
}

static int search(struct deadletters_item *item, struct kafka_reader *reader, struct err *err)
{
	static struct deadletter_header headers[DEADLETTER_HEADERS_MAX];
	struct kafka_message m[REPLAY_BATCH];
	struct deadletter letter;
	int rc = 0;

	while (rc == 0 && !kafka_reader_done(reader) && !run_stopping()) {
		int got = kafka_reader_batch(reader, m, REPLAY_BATCH, 200, err);

		if (got < 0)
			return -1;
		for (int i = 0; rc == 0 && i < got; i++)
			if (!deadletter_decode(m[i].value, m[i].value_len, headers, &letter, &(struct err){0}) &&
			    is_it(item, &letter))
				rc = keep(item, &letter, err) ? -1 : letter.value ? 1 : 2;
		kafka_consumer_release(m, (size_t)got);
	}
	return rc == 2 ? 0 : rc;
}

int deadletters_from_letter(struct deadletters_item *item, struct err *err)
{
	struct kafka_reader *reader;
	int64_t from;
	int rc = -1;

	if (kafka_reader_open(&reader, operator_topic("deadletters"), err))
		return -1;
	if (kafka_reader_at(reader, 0, item->received_ms - BEFORE_MS, &from, err) == 0 &&
	    kafka_reader_start(reader, 0, from, INT64_MAX, err) == 0)
		rc = search(item, reader, err);
	kafka_reader_close(reader);
	return rc;
}
