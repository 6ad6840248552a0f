/* doctor: what the checks of "lagesbild doctor" share. A check is a row of doctor.c's table: a function here, or an SQL
 * file whose rows are findings. To add one: the function or file, and its row. */
#ifndef LAGESBILD_DOCTOR_H
#define LAGESBILD_DOCTOR_H

#include "operator.h"

/* wrong: figures or messages are, or will be, at risk. warning: all is right, and somebody should look. */
enum doctor_level { DOCTOR_WARNING, DOCTOR_WRONG };

struct doctor; /* opaque but for what follows */

struct db *doctor_db(struct doctor *d);
struct kafka_admin *doctor_kafka(struct doctor *d);
const struct operator_sources *doctor_sources(const struct doctor *d);
int64_t doctor_patience_ms(const struct doctor *d);

/* A finding of the check in hand. todo: what to do about it, a command wherever there is one; what is wrong: the
 * format, a sentence without its full stop. Both are copied. */
void doctor_find(struct doctor *d, enum doctor_level level, const char *todo, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* When the first message at or after an offset was appended, ms; 1, or 0 when there is none. Asks Kafka. */
int doctor_appended(struct doctor *d, const char *topic, int32_t partition, int64_t offset, int64_t *at_ms,
		    struct err *err) MUST_CHECK;

/* An instant as "2026-05-26 17:40 UTC", in static storage until the next but one call. */
const char *doctor_time(int64_t ms);

/* The checks: 0, or -1 with err: ERR_SERVER and ERR_RETRY, the server is away; all else becomes a finding. */
int doctor_variables(struct doctor *d, struct err *err) MUST_CHECK;
int doctor_secrets(struct doctor *d, struct err *err) MUST_CHECK;
int doctor_certificates(struct doctor *d, struct err *err) MUST_CHECK;
int doctor_files(struct doctor *d, struct err *err) MUST_CHECK;
int doctor_topics(struct doctor *d, struct err *err) MUST_CHECK;
int doctor_replicas(struct doctor *d, struct err *err) MUST_CHECK;
int doctor_groups(struct doctor *d, struct err *err) MUST_CHECK;
int doctor_positions(struct doctor *d, struct err *err) MUST_CHECK;
int doctor_schema(struct doctor *d, struct err *err) MUST_CHECK;
int doctor_key(struct doctor *d, struct err *err) MUST_CHECK;
int doctor_disk(struct doctor *d, struct err *err) MUST_CHECK;
int doctor_zone(struct doctor *d, struct err *err) MUST_CHECK;
int doctor_clock(struct doctor *d, struct err *err) MUST_CHECK;
int doctor_rules(struct doctor *d, struct err *err) MUST_CHECK;
int doctor_gaps(struct doctor *d, struct err *err) MUST_CHECK;

#endif
