/* engine: one membership of a normalizer in its group, from joining to leaving. normalizer_main runs them one after the
 * other. */
#ifndef LAGESBILD_ENGINE_H
#define LAGESBILD_ENGINE_H

#include "base/err.h"
#include "normalizer/convert.h"
#include "normalizer/source.h"

#define ENGINE_MESSAGE_MAX (1u << 20) /* larger values are rejected: too-large */

#define ENGINE_STRETCHES_MAX 1024

struct engine_stretch {
	int64_t from, to; /* offsets, both included */
};

/* Each stretch becomes an epoch of its own: a chain holds nothing that was not read. Rising offsets. Afterwards one
 * line a stretch on standard output: "epoch N partition P messages M". */
struct engine_replay {
	int32_t partition;
	int64_t epoch; /* the first one's, at least: whoever knows the earlier replays says so; 0: nobody does */
	size_t count;
	struct engine_stretch stretches[ENGINE_STRETCHES_MAX];
};

struct engine_options {
	const struct source *source;
	struct convert_options convert;
	const char *prefix, *instance;
	const struct engine_replay *replay; /* NULL: the service */
};

/* Join, work, leave. 0: asked to stop, or the replay is done. -1: ERR_CONFIG and ERR_DATA_LOSS end the program, all
 * else is mended by a new membership after a pause: the producer is gone with the old one, and reading starts again at
 * the committed offset. *worked becomes true once partitions were assigned. */
int engine_session(const struct engine_options *options, bool *worked, struct err *err) MUST_CHECK;

#endif
