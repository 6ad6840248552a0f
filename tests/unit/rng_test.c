/* rng: the reference's own numbers, and counts with the mean and spread that were asked for. personal: check digits. */
#include "../../services/simulator/rng.c"
#include "../../services/simulator/personal.c"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DRAWS = 200000 };

/* xoshiro256** from the state 1, 2, 3, 4, as the authors' own code gives it. */
static void is_the_generator_it_says(void **state)
{
	static const uint64_t expected[] = {11520u, 0u, 1509978240u, 1215971899390074240u};
	struct rng r = {{1, 2, 3, 4}};

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_true(rng_next(&r) == expected[i]);
}

static void same_seed_same_numbers(void **state)
{
	struct rng a, b, other, seed;

	(void)state;
	rng_init(&a, 7, 1);
	rng_init(&b, 7, 1);
	rng_init(&other, 7, 2);
	rng_init(&seed, 8, 1);
	for (int i = 0; i < 100; i++) {
		uint64_t x = rng_next(&a);

		assert_true(x == rng_next(&b));
		assert_true(x != rng_next(&other) && x != rng_next(&seed));
	}
}

static void check_moments(double mean, double variance, unsigned (*draw)(struct rng *r, double mean))
{
	struct rng r;
	double sum = 0, squares = 0, seen_mean, seen_variance;

	rng_init(&r, 42, (uint64_t)(mean * 1000));
	for (int i = 0; i < DRAWS; i++) {
		double x = draw(&r, mean);

		sum += x;
		squares += x * x;
	}
	seen_mean = sum / DRAWS;
	seen_variance = squares / DRAWS - seen_mean * seen_mean;
	assert_true(fabs(seen_mean - mean) < 6 * sqrt(variance / DRAWS));
	assert_true(fabs(seen_variance - variance) < 0.05 * variance);
}

static unsigned negbin_of_3(struct rng *r, double mean)
{
	return rng_negbin(r, mean, 3);
}

static void counts_have_their_moments(void **state)
{
	static const double means[] = {0.05, 1, 7, 45, 200};

	(void)state;
	for (int i = 0; i < 5; i++) {
		check_moments(means[i], means[i], rng_poisson);
		check_moments(means[i], means[i] + means[i] * means[i] / 3, negbin_of_3);
	}
}

static void picks_by_weight(void **state)
{
	static const double weights[] = {1, 0, 3};
	int seen[3] = {0};
	struct rng r;

	(void)state;
	rng_init(&r, 1, 1);
	for (int i = 0; i < DRAWS; i++)
		seen[rng_pick(&r, weights, 3)]++;
	assert_int_equal(seen[1], 0);
	assert_true(abs(seen[0] - DRAWS / 4) < 1500);
}

static void personal_data_looks_real(void **state)
{
	struct personal p, again;

	(void)state;
	assert_int_equal(personal_check_digit("811218987"), 6); /* the tax agency's own example */
	for (uint32_t n = 1; n < 500; n++) {
		personal_make(3, n, &p);
		personal_make(3, n, &again);
		assert_string_equal(p.text, again.text);
		for (int i = 0; i < PERSONAL_PIECES; i++) {
			assert_true(strlen(p.pieces[i]) > 5);
			assert_non_null(strstr(p.text, p.pieces[i]));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_the_generator_it_says),  cmocka_unit_test(same_seed_same_numbers),
		cmocka_unit_test(counts_have_their_moments), cmocka_unit_test(picks_by_weight),
		cmocka_unit_test(personal_data_looks_real),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
