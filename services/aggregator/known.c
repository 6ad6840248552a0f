#include "known.h"

#include <stdlib.h>
#include <string.h>

#define BITS (1u << 26)
#define PROBES 5

bool known_begin(struct known *k)
{
	known_release(k);
	k->words = calloc(BITS / 64, sizeof *k->words);
	return k->words;
}

void known_release(struct known *k)
{
	free(k->words);
	k->words = NULL;
}

/* Ids are keyed hashes already: their two halves serve as the two hash functions (Kirsch & Mitzenmacher 2006). */
bool known_put(struct known *k, const uint8_t id[16])
{
	uint64_t a, b;
	bool known = true;

	if (!k->words)
		return true;
	memcpy(&a, id, sizeof a);
	memcpy(&b, id + 8, sizeof b);
	for (unsigned i = 0; i < PROBES; i++, a += b | 1) {
		uint64_t *word = &k->words[a % BITS / 64], bit = 1ull << (a % 64);

		known = known && (*word & bit);
		*word |= bit;
	}
	return known;
}
