#include "rng.h"

#include <math.h>

static uint64_t splitmix(uint64_t *x)
{
	uint64_t z = (*x += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

void rng_init(struct rng *r, uint64_t seed, uint64_t stream)
{
	uint64_t x = seed;

	x = splitmix(&x) ^ stream;
	for (int i = 0; i < 4; i++)
		r->s[i] = splitmix(&x);
}

static uint64_t rotated(uint64_t x, int k)
{
	return (x << k) | (x >> (64 - k));
}

uint64_t rng_next(struct rng *r)
{
	uint64_t *s = r->s, result = rotated(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotated(s[3], 45);
	return result;
}

double rng_unit(struct rng *r)
{
	return (double)(rng_next(r) >> 11) * 0x1.0p-53;
}

unsigned rng_below(struct rng *r, unsigned n)
{
	return (unsigned)(((rng_next(r) >> 32) * n) >> 32);
}

bool rng_chance(struct rng *r, double p)
{
	return rng_unit(r) < p;
}

double rng_exponential(struct rng *r, double mean)
{
	return -mean * log1p(-rng_unit(r));
}

size_t rng_pick(struct rng *r, const double *weights, size_t n)
{
	double sum = 0, at;

	for (size_t i = 0; i < n; i++)
		sum += weights[i];
	at = rng_unit(r) * sum;
	for (size_t i = 0; i + 1 < n; i++) {
		at -= weights[i];
		if (at < 0)
			return i;
	}
	return n - 1;
}

static unsigned poisson_piece(struct rng *r, double mean)
{
	double limit = exp(-mean), product = rng_unit(r);
	unsigned n = 0;

	while (product > limit) {
		product *= rng_unit(r);
		n++;
	}
	return n;
}

unsigned rng_poisson(struct rng *r, double mean)
{
	unsigned n = 0;

	if (!(mean > 0))
		return 0;
	/* A sum of Poisson counts is one: exp(-mean) of a large mean would be 0. */
	for (; mean > 30; mean -= 30)
		n += poisson_piece(r, 30);
	return n + poisson_piece(r, mean);
}

/* Marsaglia's polar method. */
static double normal(struct rng *r)
{
	double u, v, q;

	do {
		u = 2 * rng_unit(r) - 1;
		v = 2 * rng_unit(r) - 1;
		q = u * u + v * v;
	} while (q >= 1 || q == 0);
	return u * sqrt(-2 * log(q) / q);
}

static double gamma_of(struct rng *r, double shape)
{
	double d, c, x, v;

	if (shape < 1)
		return gamma_of(r, shape + 1) * pow(1 - rng_unit(r), 1 / shape);
	d = shape - 1.0 / 3;
	c = 1 / sqrt(9 * d);
	for (;;) {
		x = normal(r);
		v = 1 + c * x;
		if (v <= 0)
			continue;
		v = v * v * v;
		if (log(1 - rng_unit(r)) < 0.5 * x * x + d - d * v + d * log(v))
			return d * v;
	}
}

unsigned rng_negbin(struct rng *r, double mean, double size)
{
	return mean > 0 ? rng_poisson(r, gamma_of(r, size) * mean / size) : 0;
}
