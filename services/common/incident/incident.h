/* incident: the canonical fact, schemas/incident.avsc, as a plain C value, with its one encoder,
 * decoder and validator.
 *
 * Texts are views (not terminated; NULL: null) that live as long as what they point into. Numbers
 * that are null hold INCIDENT_NULL. The schema's own text is embedded, so that no service needs the
 * file to write; it is read by name (common/avro), so that records of earlier and later versions
 * stay readable. */
#ifndef LAGESBILD_INCIDENT_H
#define LAGESBILD_INCIDENT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/field.h"
#include <stdbool.h>
#include <stdint.h>

#define INCIDENT_NULL INT64_MIN
#define INCIDENT_DETAIL_MAX 480

enum incident_operation { INCIDENT_UPSERT, INCIDENT_WITHDRAW, INCIDENT_REJECT };

/* Each enum's 0 means null; the symbols, in schema order, follow. */
enum incident_countable { COUNTABLE_NULL, COUNTABLE_INCIDENT, COUNTABLE_ACTIVITY, COUNTABLE_INFO };
enum incident_precision {
	PRECISION_NULL,
	PRECISION_MINUTE,
	PRECISION_HOUR,
	PRECISION_DAY,
	PRECISION_INTERVAL,
	PRECISION_MONTH,
	PRECISION_UNKNOWN
};
enum incident_geo { GEO_NULL, GEO_POINT, GEO_AREA, GEO_MUNICIPALITY, GEO_COUNTY, GEO_NONE };
enum incident_verified { VERIFIED_NULL, VERIFIED_REPORTED, VERIFIED_VERIFIED, VERIFIED_UNFOUNDED };
enum incident_release { RELEASE_NULL, RELEASE_PUBLIC, RELEASE_INTERNAL, RELEASE_RESTRICTED };

struct incident_text {
	const char *text; /* NULL: null */
	size_t len;
};

struct incident_origin {
	struct incident_text topic; /* feed.press */
	int32_t partition;
	int64_t epoch; /* ms when the chain began */
	int64_t offset;
	int64_t sequence; /* n-th message read in the chain (topic, partition, epoch), from 1 */
};

struct incident {
	uint8_t id[16];
	enum incident_operation operation;
	enum err_reason reason;
	struct incident_text detail;
	struct incident_origin origin;
	struct incident_text source;
	int64_t revision; /* us */
	struct incident_text source_system, source_id, source_type;
	int8_t attempt; /* -1 null, 0, 1 */
	struct incident_text category, mapping;
	enum incident_countable countable;
	int64_t count;			    /* INCIDENT_NULL where suppressed */
	int8_t suppressed;		    /* -1 null, 0, 1 */
	int64_t occurred_from, occurred_to; /* ms UTC, like every time below */
	enum incident_precision time_precision;
	int64_t reported_at, published_at, received_at;
	struct incident_text municipality, area, place, place_type;
	double latitude, longitude; /* NAN: null */
	enum incident_geo geo_precision;
	enum incident_verified verified;
	struct incident_text status;
	int64_t perceived_unsafety; /* 0..4 */
	enum incident_release release;
	int64_t redactions;
	struct incident_text unit;
	bool backfill; /* the feed message was signed history imported afterwards */
};

/* All null, upsert. */
void incident_init(struct incident *in);

/* Append the record in single-object encoding to out. Cannot fail on a value that incident_check
 * passes (out->overflow otherwise). */
void incident_encode(const struct incident *in, struct buf *out);

/* The fields to ask common/avro for, and the incident made of them; texts point into the fields'
 * texts. Fails with ERR_MESSAGE (schema, bad-value) for a record no normalizer of ours writes. */
extern const struct field_spec incident_fields[];
extern const unsigned incident_field_count;
int incident_decode(const struct field *fields, struct incident *out, struct err *err) MUST_CHECK;

/* The schema's JSON text (terminated) and its CRC-64-AVRO fingerprint. */
extern const char *const incident_schema;
uint64_t incident_fingerprint(void);

/* What a valid record is, the same for live and rebuild: lengths (codes 32 bytes, other texts 256),
 * years 1970-2099 of occurred_from, counts 0..10000, upserts have revision, source_type, countable,
 * occurred_from, time_precision, received_at and municipality; positive sequence; offsets not
 * negative. Fails with ERR_MESSAGE: missing-field, bad-value, bad-time, too-large. That texts are
 * UTF-8 is their reader's to check. */
int incident_check(const struct incident *in, struct err *err) MUST_CHECK;

/* 64-bit hash over what describes the event: all but operation, reason, detail, origin, revision,
 * category, mapping, received_at, redactions, backfill, and fields that are null or their default;
 * a field added later does not change old hashes. A withdraw or reject describes nothing but its id
 * and source. The incident must have passed incident_check. Never 0. */
uint64_t incident_content_hash(const struct incident *in);

/* The place in the total order of one incident's messages (architecture: order and identity):
 * revision, append time, partition, offset, epoch; <0, 0, >0. */
struct incident_order {
	int64_t revision, received_at, offset, epoch;
	int32_t partition;
};
struct incident_order incident_order(const struct incident *in);
int incident_order_compare(const struct incident_order *a, const struct incident_order *b);

/* incident_id = first 16 bytes of HMAC(installation key, source 0x00 id). */
struct hash_key;

/* The id that every record of a feed message gets when the agency's own cannot be read, or has been taken out: of its
 * place in the feed, without epoch and sequence, so that a second reading gives the same. */
void incident_origin_id(const struct incident_origin *origin, uint8_t id[16]);
void incident_make_id(const struct hash_key *key, const char *source, const char *id, size_t id_len, uint8_t out[16]);

#endif
