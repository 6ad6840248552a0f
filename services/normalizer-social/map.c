#include "map.h"

static const char *const social_reporters[] = {"polis",	       "skola",	  "forskola", "vard",
					       "socialtjanst", "anhorig", "annan",    NULL};

const struct source social_source = {
	.name = "social",
	.system = "socialtjanst",
	.release = RELEASE_INTERNAL,
	.keeps_bytes = false,
	.strict = true,
	.counts = {.type = "grund", .also = "anmalare", .also_words = social_reporters},
};
