/* setup_rules: what categories, mappings, areas and deliveries the files say, staged in PostgreSQL, compared with the
 * current build, and added where it lacks them. A build's rules never change in place: a change takes effect by rebuild
 * and promote. */
#ifndef LAGESBILD_SETUP_RULES_H
#define LAGESBILD_SETUP_RULES_H

#include "base/err.h"
#include "db/db.h"
#include "hash/hash.h"
#include "operator.h"
#include "pack/pack.h"

/* How many rows of delivery.csv were new or had changed (they stand outside the builds). ERR_CONFIG names the row that
 * differs. */
int setup_rules(struct db *db, const struct pack *pack, const struct operator_sources *sources,
		const struct hash_key *key, struct err *err) MUST_CHECK;

/* Call each for every rule that the files have otherwise than the current build: what setup would refuse. Writes nothing but
 * temporary tables of the session. */
int setup_rules_differences(struct db *db, const struct pack *pack, const struct operator_sources *sources,
			    void (*each)(void *ctx, const char *what), void *ctx, struct err *err) MUST_CHECK;

#endif
