/* kafka_reader: a stretch of one partition, read without a group: for rebuild, replay and all that looks at a log.
 *
 * Leaves no trace on the broker. Transaction markers are passed over and aborted records are not seen
 * (isolation.level=read_committed). All calls of one reader from one thread. */
#ifndef LAGESBILD_KAFKA_READER_H
#define LAGESBILD_KAFKA_READER_H

#include "kafka/kafka.h"

struct kafka_reader;

/* ERR_CONFIG for a name that can be no topic's. Whether the topic exists is found out by kafka_reader_start. */
int kafka_reader_open(struct kafka_reader **reader, const char *topic, struct err *err) MUST_CHECK;
void kafka_reader_close(struct kafka_reader *reader); /* NULL allowed */

/* Begin a stretch: the messages at offsets [from, to) of a partition. What was being read is left. from may be
 * KAFKA_BEGINNING, to INT64_MAX: the first offset, the high watermark of now. ERR_DATA_LOSS when the log begins after
 * `from`, ERR_CONFIG when `to` lies beyond its end or there is no such topic or partition, ERR_SERVER. */
int kafka_reader_start(struct kafka_reader *reader, int32_t partition, int64_t from, int64_t to,
		       struct err *err) MUST_CHECK;

/* The stretch as it stands: its first offset and the offset it ends before. */
int64_t kafka_reader_from(const struct kafka_reader *reader);
int64_t kafka_reader_to(const struct kafka_reader *reader);

/* Up to max messages, waiting at most timeout_ms for the first: the count, or -1 (ERR_DATA_LOSS, ERR_SERVER when the
 * broker has not answered for 30 s, ERR_CONFIG). Give them back by kafka_consumer_release. */
int kafka_reader_batch(struct kafka_reader *reader, struct kafka_message *messages, size_t max, int timeout_ms,
		       struct err *err) MUST_CHECK;

/* Has everything before the stretch's end been handed out? */
bool kafka_reader_done(const struct kafka_reader *reader);

/* The first offset whose append time is at or after time_ms; the high watermark when there is none. */
int kafka_reader_at(struct kafka_reader *reader, int32_t partition, int64_t time_ms, int64_t *offset,
		    struct err *err) MUST_CHECK;

#endif
