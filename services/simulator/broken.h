/* broken: messages that must be rejected, one of each kind, with the reason that they must be rejected for. They have
 * ids of their own, so they change no figure. */
#ifndef SIMULATOR_BROKEN_H
#define SIMULATOR_BROKEN_H

#include <stddef.h>

struct broken {
	const char *source;
	const char *kind;   /* what is wrong, in a word */
	const char *reason; /* contracts, section 8 */
	const char *key;    /* '#' stands for the round */
	const char *value;  /* as the key; NULL: a null value */
	size_t value_len;   /* 0: to the NUL */
};

extern const struct broken broken_kinds[];
extern const size_t broken_count;

#endif
