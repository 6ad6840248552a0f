/* registry: Avro messages in Confluent's framing (a byte 00, the schema's id in 4 bytes big-endian, the body), read
 * with the schema that a Confluent-compatible registry holds under that id. Hides libcurl and the registry's HTTP
 * interface (GET <url>/schemas/ids/<id>; Confluent's "Schema Registry API Reference").
 *
 * A schema is immutable under its id, so what was found is kept for life (at most REGISTRY_IDS_MAX, the least recently
 * used goes); "no such id", and an answer without a schema, are asked for again after a minute; a schema that cannot be
 * used is not. Each id has a reader of its own: schemas come from outside, and a forged fingerprint must not reach
 * another's messages. Redirects are not followed; the usual proxy variables (https_proxy, no_proxy) hold. No call takes
 * longer than the time limits, and one in progress ends at once when the program is asked to stop. One registry, one
 * thread. */
#ifndef LAGESBILD_REGISTRY_H
#define LAGESBILD_REGISTRY_H

#include "base/err.h"
#include "base/field.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REGISTRY_ANSWER_MAX (256u << 10) /* bytes of one answer */
#define REGISTRY_IDS_MAX 1024
#define REGISTRY_URL_MAX 1024

struct registry;

struct registry_options {
	const char *url;    /* http://host[:port][/path] or https://; user:password@ is used and never told */
	int64_t refused_ms; /* how long a negative answer holds; 0: a minute */
	int64_t connect_ms; /* 0: 3 s */
	int64_t total_ms;   /* of one request; 0: 10 s */
};

/* No connection is made yet. Fails with ERR_CONFIG when the URL cannot be one (the sentence does not quote it). */
int registry_open(struct registry **registry, const struct registry_options *options, struct err *err) MUST_CHECK;
void registry_close(struct registry *registry);

/* True when the bytes begin like a message in Confluent's framing: no JSON text and no other framing of ours does. */
bool registry_framed(const void *bytes, size_t len);

/* Read one framed message; fields and views as avroread_record has them; specs
 * (paths are compared by address) with another content than at the last call forget all schemas. registry NULL: there
 * is none. ERR_MESSAGE: unknown-schema (no registry, it does not know the id, or its schema cannot be used: no Avro
 * record, recursive, too deep, too large), schema, encoding. ERR_RETRY: the registry is away, or what answers is none
 * (no JSON, a redirect, any status but 200, 401, 403, 404), or the program is asked to stop; the message is as good as
 * unread. ERR_CONFIG: it refuses our name and password. */
int registry_record(struct registry *registry, const void *bytes, size_t len, const struct field_spec *specs,
		    size_t count, struct field *fields, struct err *err) MUST_CHECK;

/* How many requests have been made. */
uint64_t registry_requests(const struct registry *registry);

#endif
