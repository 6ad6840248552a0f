/* mapper: asks a normalizer's own program what would become of messages (normalizer-<source> --map --frames), so that a
 * command need not link it. The program stands beside lagesbild and works in its environment: keys, schemas, pack. */
#ifndef OPERATOR_MAPPER_H
#define OPERATOR_MAPPER_H

#include "incident/deadletter.h"
#include <sys/types.h>

struct mapper;

/* ERR_CONFIG when there is no such program here, or when it cannot start (its own sentence stands on stderr). */
int mapper_open(struct mapper **mapper, const char *source, struct err *err) MUST_CHECK;

/* The same, to be asked by mapper_unknowns only. */
int mapper_open_unknowns(struct mapper **mapper, const char *source, struct err *err) MUST_CHECK;
void mapper_close(struct mapper *mapper); /* NULL allowed */

/* Each message's incident, in order; its views live during the call of `each`. The letters' epoch is what the records'
 * will be. Not 0 from each ends it. */
int mapper_map(struct mapper *mapper, const struct deadletter *letters, size_t count,
	       int (*each)(void *ctx, size_t i, const struct incident *in, struct err *err), void *ctx,
	       struct err *err) MUST_CHECK;

/* What the mapping and the register do not know of each message (convert_unknowns), in order; texts live during the
 * call of `each`, empty where there is nothing. */
int mapper_unknowns(struct mapper *mapper, const struct deadletter *letters, size_t count,
		    int (*each)(void *ctx, size_t i, struct incident_text type, struct incident_text place,
				struct err *err),
		    void *ctx, struct err *err) MUST_CHECK;

/* Start normalizer-<source> with these arguments (NULL at the end), its standard output (and, with `in`, its input) on
 * pipes. The process id, or -1: ERR_CONFIG when there is no such program beside lagesbild. */
pid_t mapper_start(const char *source, const char *const *args, int *in, int *out, struct err *err) MUST_CHECK;

#endif
