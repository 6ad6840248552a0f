/* revision: which of two messages about the same event is the newer, as microseconds since 1970,
 * and the operator's signed headers. */
#ifndef LAGESBILD_REVISION_H
#define LAGESBILD_REVISION_H

#include "base/err.h"
#include "base/period.h"
#include "normalizer/convert.h"

/* What the operator's headers say; nothing unless their signature is right. */
struct revision_headers {
	int64_t revision_us; /* INCIDENT_NULL: none */
	bool backfill;
	enum err_reason reason; /* REASON_SOURCE_REMOVED, REASON_PURGED or REASON_NONE */
	bool ignored;		/* there were some, unsigned or wrongly signed */
};

/* Never fails: what is not signed rightly is as if it were absent. */
void revision_read_headers(const struct hash_key *operator_key, const struct convert_input *input,
			   struct revision_headers *out);

/* ce_time as microseconds; absent leaves *us INCIDENT_NULL. ERR_MESSAGE bad-time. */
int revision_envelope_time(const struct period_zone *zone, struct incident_text time, int64_t *us,
			   struct err *err) MUST_CHECK;

/* The first of the candidates that exists, else the append time. ERR_MESSAGE bad-time when it is
 * more than 24 h after the append time: such a one would beat every true revision to come. */
int revision_choose(const int64_t *candidates_us, size_t count, int64_t append_ms, int64_t *out,
		    struct err *err) MUST_CHECK;

#endif
