/* setup_rules: what categories, mappings, areas and deliveries the files say, staged in PostgreSQL (setup_stage.sql:
 * tables of the session). setup compares it with the current build and adds what that lacks; a build's rules never
 * change in place: a change takes effect by rebuild, which makes a build of what is staged, and promote. */
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

/* Call each for every rule that the files have otherwise than the current build: what setup would refuse. Writes
 * nothing but temporary tables of the session. */
int setup_rules_differences(struct db *db, const struct pack *pack, const struct operator_sources *sources,
			    void (*each)(void *ctx, const char *what), void *ctx, struct err *err) MUST_CHECK;
/* The parts of it. Fill the tables of setup_stage.sql from the files, but for the keys of unknown types. */
int setup_rules_stage(struct db *db, const struct pack *pack, const struct operator_sources *sources,
		      struct err *err) MUST_CHECK;

/* Stage the file at path as that source's mapping, in place of what is staged. ERR_CONFIG names its line. */
int setup_rules_replace_mapping(struct db *db, const char *source, const char *path, struct err *err) MUST_CHECK;

/* Fill in the keys that staged mapping rows lack. */
int setup_rules_keys(struct db *db, const struct hash_key *key, struct err *err) MUST_CHECK;

/* Whether it is the key that this database was made with (which takes it, when it is the first). ERR_CONFIG. */
int setup_check_key(struct db *db, const struct hash_key *key, struct err *err) MUST_CHECK;

#endif
