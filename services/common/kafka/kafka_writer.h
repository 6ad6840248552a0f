/* kafka_writer: an exact copy of a topic's partitions, into a topic made for it: every record has its old offset,
 * timestamp, key, value and headers. For restore and purge.
 *
 * The topic is made with CreateTime, so that the records keep their times, and without retention; kafka_writer_finish
 * gives it what it is to have. Where the old log began later than 0, small fillers are written first and deleted at
 * the end. Offsets that held no record (transaction markers, what a purge left out) get the hole, a record that the
 * caller gives. A partition is written in order; several may be written in turns. A writer that is closed without
 * kafka_writer_finish leaves a topic that no service accepts, for its timestamps: drop it and begin again.
 *
 * All calls of one writer from one thread. */
#ifndef LAGESBILD_KAFKA_WRITER_H
#define LAGESBILD_KAFKA_WRITER_H

#include "kafka/kafka.h"

struct kafka_writer;

/* Make the topic, or take it over if it has those partitions and has never held a record (ERR_CONFIG else). hole: its
 * headers are copied, its partition and time are not looked at; NULL: a gap between two records is refused.
 * topic->config is borrowed until the writer is closed. */
int kafka_writer_open(struct kafka_writer **writer, const struct kafka_topic *topic, const struct kafka_record *hole,
		      struct err *err) MUST_CHECK;

/* Write fillers so that the partition's next offset is `first`, where the old log begins. Takes about a second for a
 * million. Once a partition, before its records; not needed when first is 0. */
int kafka_writer_begin(struct kafka_writer *writer, int32_t partition, int64_t first, struct err *err) MUST_CHECK;

/* Write record (copied; record->partition, create_ms) at `offset`, holes before it where offsets are missing. Waits
 * while the queue is full. ERR_CONFIG for an offset that is written already, ERR_DATA_LOSS when Kafka gave another
 * offset (somebody else writes to the topic), ERR_SERVER when nothing was acknowledged for 30 s. */
int kafka_writer_put(struct kafka_writer *writer, const struct kafka_record *record, int64_t offset,
		     struct err *err) MUST_CHECK;

/* Holes up to `end`, the high watermark that the partition is to have. */
int kafka_writer_fill(struct kafka_writer *writer, int32_t partition, int64_t end, struct err *err) MUST_CHECK;

/* Wait until all is written, delete the fillers, give the topic the configuration that it was opened with. */
int kafka_writer_finish(struct kafka_writer *writer, struct err *err) MUST_CHECK;

void kafka_writer_close(struct kafka_writer *writer); /* NULL allowed */

/* ---- what else changes or deletes on a broker; for commands, never for a service ---- */

/* Give an existing topic the settings of topic->config, and every other the cluster's default. */
int kafka_admin_configure(struct kafka_admin *admin, const struct kafka_topic *topic, struct err *err) MUST_CHECK;

/* Delete a topic with all it holds, and wait until it is gone: 1; 0 there was none. */
int kafka_admin_drop(struct kafka_admin *admin, const char *topic, struct err *err) MUST_CHECK;

/* Delete what a partition holds before an offset, which its log then begins at. */
int kafka_admin_delete_before(struct kafka_admin *admin, const char *topic, int32_t partition, int64_t offset,
			      struct err *err) MUST_CHECK;

/* Commit for a group that has no members: the next offset with its metadata (ERR_RETRY while it has some). */
int kafka_admin_commit(struct kafka_admin *admin, const char *group, const char *topic, int32_t partition, int64_t next,
		       const char *metadata, struct err *err) MUST_CHECK;

#endif
