/* rules: one build's categories, mapping, areas and sources as they stand in PostgreSQL, and what an incident becomes
 * by them.
 *
 * The mapping belongs to the build: the category of a ledger row is made here, from the incident's mapping key, by live
 * path and rebuild alike; the category that the record carries is only what the normalizer thought. Immutable once
 * loaded. */
#ifndef LAGESBILD_RULES_H
#define LAGESBILD_RULES_H

#include "base/err.h"
#include "base/period.h"
#include "incident/incident.h"
#include "ledger/row.h"
#include <stdint.h>

struct db;
struct rules; /* opaque */

/* Load the rules of the build of that name. ERR_CONFIG when there is none ("lagesbild setup" makes the first, live). */
int rules_load(struct rules **rules, struct db *db, const char *build, struct err *err) MUST_CHECK;
void rules_close(struct rules *rules);

int16_t rules_build(const struct rules *rules); /* the build's number in the tables */
const struct period_zone *rules_zone(const struct rules *rules);

/* The version of the rules as build.mapping had it when they were loaded: setup changes it when it adds a source. */
const char *rules_version(const struct rules *rules);

/* The ledger row of an upsert or withdraw that incident_check has passed. Fails with ERR_MESSAGE for a source the build
 * lacks. An unknown type is category UNK, an unknown area its municipality, its county, or 00. */
int rules_place(const struct rules *rules, const struct incident *in, struct ledger_row *row,
		struct err *err) MUST_CHECK;

/* Is the area of a row's slot a county or 00: has no municipality been found? */
bool rules_coarse(const struct rules *rules, int area);

#endif
