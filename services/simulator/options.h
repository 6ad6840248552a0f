/* options: the simulator's command line. */
#ifndef SIMULATOR_OPTIONS_H
#define SIMULATOR_OPTIONS_H

#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

struct options {
	int32_t from_month, end_month; /* end: the first month that is no longer in */
	uint64_t seed;
	unsigned wanted; /* 1 << SOURCE_... */
	const char *dir, *truth;
	double scale;
	int64_t rate, broken;
	bool personal, live, help;
};

/* ERR_CONFIG with a sentence. */
int options_read(struct options *o, int argc, char **argv, struct err *err) MUST_CHECK;

extern const char options_usage[], options_help[];

#endif
