/* deadletter: a feed message that could not be used, schemas/deadletter.avsc, as a C value with its
 * encoder and decoder.
 *
 * All texts and bytes are views. The encoder never refuses a message for what it holds, so that
 * nothing that went wrong gets lost in going wrong again: what is over a limit is cut off or left
 * out, and the caller is told. */
#ifndef LAGESBILD_DEADLETTER_H
#define LAGESBILD_DEADLETTER_H

#include "base/buf.h"
#include "base/err.h"
#include "incident/incident.h"
#include <stddef.h>
#include <stdint.h>

#define DEADLETTER_HEADERS_MAX 64
#define DEADLETTER_HEADER_BYTES_MAX (64u << 10) /* names and values together */
#define DEADLETTER_OVERHEAD_MAX                                                                                        \
	(128u << 10) /* a record is at most key + value + this: what topic deadletters allows on top */

struct deadletter_header {
	struct incident_text name;
	const void *value; /* NULL: null */
	size_t value_len;
};

struct deadletter {
	enum err_reason reason;
	struct incident_text detail;
	struct incident_text topic;
	int32_t partition;
	int64_t offset, epoch;
	int64_t append_time; /* ms */
	const struct deadletter_header *headers;
	size_t header_count;
	const void *key, *value; /* NULL: null, as for feed.social */
	size_t key_len, value_len;
};

/* Append the record in single-object encoding. Returns how many headers were left out: beyond the
 * limits above, or with a name that is not UTF-8. A detail or topic that is no UTF-8 is written
 * empty; both are cut at INCIDENT_DETAIL_MAX bytes. out->overflow when it does not fit. */
size_t deadletter_encode(const struct deadletter *letter, struct buf *out);

/* The letter in a record's bytes; texts, headers' values, key and value point into them, headers are written to the
 * caller's array. The reason is REASON_NONE where it is none of ours. ERR_MESSAGE: unknown-schema, schema. */
int deadletter_decode(const void *bytes, size_t len, struct deadletter_header headers[DEADLETTER_HEADERS_MAX],
		      struct deadletter *out, struct err *err) MUST_CHECK;

/* The schema's JSON text (terminated) and its CRC-64-AVRO fingerprint. */
extern const char *const deadletter_schema;
uint64_t deadletter_fingerprint(void);

#endif
