/* convert: one feed message to one incident, without Kafka: framing, CloudEvents, reading, the source's map, identity,
 * mapping, place, revision, checks. What --map, the service and the tests share. One converter, one thread; no
 * allocation a message. */
#ifndef LAGESBILD_CONVERT_H
#define LAGESBILD_CONVERT_H

#include "base/err.h"
#include "hash/hash.h"
#include "incident/incident.h"
#include "normalizer/source.h"

/* A feed message with the headers that mean something; texts NULL where absent. */
struct convert_input {
	const void *value; /* NULL: null value, which withdraws the key's event */
	size_t value_len;
	const void *key;
	size_t key_len;
	int64_t append_ms;
	struct incident_text content_type, ce_time;		    /* headers "content-type", "ce_time" */
	struct incident_text revision, backfill, reason, signature; /* headers "lagesbild-revision", ... */
	const char *topic;
	struct incident_origin origin; /* what the record will carry */
};

struct convert; /* opaque */
struct registry;

struct convert_options {
	const struct source *source;
	const struct pack *pack;
	const struct hash_key *installation_key;
	const struct hash_key *operator_key; /* NULL: signatures never verify */
	const char *schemas_dir;	     /* feeds/ and old/ are read for Avro feeds */
	size_t bytes_max;		     /* larger values are too-large */
	struct registry *registry;	     /* of Confluent-framed messages; NULL: those are unknown-schema */
};

int convert_open(struct convert **convert, const struct convert_options *options, struct err *err) MUST_CHECK;
void convert_close(struct convert *convert);

/* Always fills out: an upsert or withdraw (returns 0), or a reject with reason and detail (returns 1; its id and
 * revision where they could be read, else id = hash(origin)). Every message ends in exactly one record. Views in out
 * live until the next call or until the input's bytes go. -1, with a registry only: not the message's fault
 * (convert_failure says what); it is to be read again, out is not to be used. */
int convert_message(struct convert *convert, const struct convert_input *input, struct incident *out);

/* Why the last convert_message was -1: ERR_RETRY (the schema registry is away), ERR_CONFIG. */
const struct err *convert_failure(const struct convert *convert);

/* What the last message said that the mapping or the register does not know, as the source spells it; NULL text:
 * nothing of the kind. Nothing of a reject, nothing of a strict source. For an operator who mends the mapping: what a
 * person wrote, so whoever gets it masks it. Views like the incident's. */
struct convert_unknowns {
	struct incident_text type, place;
};
struct convert_unknowns convert_unknowns(const struct convert *convert, const struct incident *in);

/* Counters since open: unmapped types, bad or missing signatures that were ignored, personal items dropped; rejects by
 * reason. */
struct convert_counts {
	uint64_t messages, rejected, unmapped, unsigned_ignored, redactions;
	uint64_t reasons[REASON_COUNT];
};
struct convert_counts convert_counts(const struct convert *convert);

#endif
