/* rebuild_decode: a thread that reads some partitions of topic incidents and decodes their records, a batch at a time,
 * while another folds the batches before. Where a partition is cut into batches depends on the records alone, so what
 * takes from several of these in turn gets the same order whenever it runs.
 *
 * As the aggregator decodes: by what the schemas say, and by the checks that the normalizer wrote it by. Avro-C, whose
 * error text is one a process, only parses the schemas, in rebuild_decode_open; so threads are enough. */
#ifndef LAGESBILD_REBUILD_DECODE_H
#define LAGESBILD_REBUILD_DECODE_H

#include "base/err.h"
#include "kafka/kafka.h"
#include "ledger/fold.h"

#define REBUILD_BATCH 4096

struct rebuild_batch {
	struct kafka_message messages[REBUILD_BATCH]; /* what the records' views lead to */
	struct fold_record records[REBUILD_BATCH];
	size_t count;
	bool last; /* of its partition */
};

struct rebuild_decode; /* opaque */

/* rules must outlive it. Of the main thread, like all the others here. */
int rebuild_decode_open(struct rebuild_decode **decode, const struct rules *rules, struct err *err) MUST_CHECK;
void rebuild_decode_close(struct rebuild_decode *decode); /* stops it too; NULL allowed */

/* Begin with partitions first, first + step, ... below count: each from offset 0 to before its end. */
int rebuild_decode_start(struct rebuild_decode *decode, int32_t first, int32_t step, int32_t count, const int64_t *ends,
			 struct err *err) MUST_CHECK;

/* 1 and the next batch, which lives until the next call; 0 when there are no more; -1 with what the thread met. Waits.
 */
int rebuild_decode_next(struct rebuild_decode *decode, const struct rebuild_batch **batch, struct err *err) MUST_CHECK;

/* End the thread, wherever it is, and give back its batches. It can be started again. */
void rebuild_decode_stop(struct rebuild_decode *decode);

#endif
