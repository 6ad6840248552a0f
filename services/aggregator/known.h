/* known: which incidents the ledger may hold already: a Bloom filter (Bloom, CACM 13(7), 1970) over their ids.
 *
 * "No" means new, as far as this writer knows; then the row can be copied in, at a third of an upsert's cost. Nothing
 * rests on it: if another writer has brought the id meanwhile, the primary key refuses the copy and the batch goes the
 * other way. 8 MiB, of which only what is used is touched; good for some six million ids, above that more and more of
 * them seem known. */
#ifndef LAGESBILD_KNOWN_H
#define LAGESBILD_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

struct known {
	uint64_t *words; /* NULL: knows nothing, so everything may be there */
};

/* Begin with an empty ledger. False without memory. */
bool known_begin(struct known *k);
void known_release(struct known *k);

/* May the ledger hold this id? Afterwards it may. True when nothing is known. */
bool known_put(struct known *k, const uint8_t id[16]);

#endif
