/* meter: what the aggregator shows of itself on /metrics and /readyz. Once a batch and once a second, never for a
 * record. meter_committed and meter_database belong to the thread that commits, the others to the one that reads. */
#ifndef LAGESBILD_METER_H
#define LAGESBILD_METER_H

#include "kafka/kafka.h"
#include "positions/chain.h"
#include "writer.h"

/* A membership of the group begins, to feed this build: registers, counts it, not ready. */
void meter_session(const char *build);

/* The loop has turned: lag and readiness, once a second. */
void meter_turned(const struct kafka_consumer *consumer);

/* A batch is in the tables: the writer's counters as they are and as they were before it, its chains, how many records
 * the batch had and how long it took. */
void meter_committed(const struct writer_counts *now, const struct writer_counts *before,
		     const struct chain_set *chains, size_t count, int64_t took_ms);

/* The database went away, or is back. */
void meter_database(bool away);

#endif
