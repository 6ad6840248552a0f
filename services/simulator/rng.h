/* rng: the simulator's own numbers, the same on every machine for the same seed: xoshiro256** (Blackman & Vigna 2018),
 * seeded by splitmix64. A stream of its own for each purpose, so that a source's events do not depend on which other
 * sources are asked for. */
#ifndef SIMULATOR_RNG_H
#define SIMULATOR_RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t s[4];
};

void rng_init(struct rng *r, uint64_t seed, uint64_t stream);

uint64_t rng_next(struct rng *r);
double rng_unit(struct rng *r);		       /* [0, 1) */
unsigned rng_below(struct rng *r, unsigned n); /* 0..n-1; n > 0 */
bool rng_chance(struct rng *r, double p);
double rng_exponential(struct rng *r, double mean);
size_t rng_pick(struct rng *r, const double *weights, size_t n); /* by weight; their sum is positive */

/* Counts: Poisson (Knuth's method in pieces of 30), and negative binomial with variance mean + mean^2 / size: a
 * Poisson whose mean is gamma (Marsaglia & Tsang 2000). */
unsigned rng_poisson(struct rng *r, double mean);
unsigned rng_negbin(struct rng *r, double mean, double size);

#endif
