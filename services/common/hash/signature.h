/* signature: the operator's signature on a feed message that claims to be imported history, a
 * retry, or a removal.
 *
 * lower-case hex HMAC-SHA-256(operator key, topic 0 key 0 revision 0 backfill 0 reason 0 hex
 * SHA-256 of the value), what is absent being empty (contracts, "History imported afterwards"). The
 * parts are the header values as they stand. */
#ifndef LAGESBILD_SIGNATURE_H
#define LAGESBILD_SIGNATURE_H

#include "hash/hash.h"
#include <stdbool.h>

#define SIGNATURE_SIZE 65

/* What is signed; data NULL: absent. */
struct signature_text {
	struct hash_part topic, key, revision, backfill, reason, value;
};

void signature_make(const struct hash_key *key, const struct signature_text *text, char out[SIGNATURE_SIZE]);

/* Is `given` (len bytes, not terminated) the text's signature? In constant time. */
bool signature_verify(const struct hash_key *key, const struct signature_text *text, const char *given, size_t len);

#endif
