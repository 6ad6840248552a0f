/* preview: what records would do to the ledger of the current build, by the aggregator's own rules, without doing it.
 *
 * Keeps about 100 bytes for each incident that it has been shown. */
#ifndef OPERATOR_PREVIEW_H
#define OPERATOR_PREVIEW_H

#include "db/db.h"
#include "incident/incident.h"
#include "ledger/rules.h"

enum preview_fate {
	PREVIEW_SAME,	   /* duplicate: content as it is */
	PREVIEW_OLDER,	   /* superseded: something newer is known */
	PREVIEW_ADDED,	   /* upserted: was not in */
	PREVIEW_CORRECTED, /* upserted: was in, with other content */
	PREVIEW_WITHDRAWN, /* taken out by the agency */
	PREVIEW_REFUSED,   /* rejected; changes nothing */
	PREVIEW_TAKEN_OUT, /* rejected, and what an earlier run had made of the same message goes out */
	PREVIEW_FATES
};

struct preview;

int preview_open(struct preview **preview, struct db *db, struct err *err) MUST_CHECK;
void preview_close(struct preview *preview); /* NULL allowed */

const struct rules *preview_rules(const struct preview *preview);

#define PREVIEW_BATCH 1000

/* Show it an incident; at most PREVIEW_BATCH before each preview_settle, which says what became of them, in order. */
int preview_add(struct preview *preview, const struct incident *in, struct err *err) MUST_CHECK;
int preview_settle(struct preview *preview, enum preview_fate fates[PREVIEW_BATCH], struct err *err) MUST_CHECK;

/* How many of each fate, of each reason; and the cells that would change, printed (as a JSON array with json). */
const int64_t *preview_counts(const struct preview *preview);
const int64_t *preview_reasons(const struct preview *preview);
int preview_print_cells(struct preview *preview, bool json, struct err *err) MUST_CHECK;

extern const char *const preview_names[PREVIEW_FATES];

#endif
