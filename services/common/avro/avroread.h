/* avroread: Avro binary data from outside, read by its writer's schema into views, bounds-checked,
 * without a copy.
 *
 * Schemas are parsed by Avro-C; the bytes are walked by our own code, because Avro-C 1.11 neither
 * resolves a reader's schema against a writer's nor checks lengths, UTF-8, enum indexes or item
 * counts before it allocates. Fields are taken by name, so a field that a later or an older schema
 * lacks is simply absent. Single-object encoding (Avro 1.11 specification, "Single-object
 * encoding": C3 01, CRC-64-AVRO fingerprint of the parsing canonical form in little-endian, body).
 * One reader, one thread. */
#ifndef LAGESBILD_AVROREAD_H
#define LAGESBILD_AVROREAD_H

#include "base/err.h"
#include "base/field.h"
#include <stdbool.h>
#include <stdint.h>

#define AVROREAD_DEPTH_MAX 8
#define AVROREAD_ITEMS_MAX                                                                                             \
	10000 /* array and map items in one message, so that zero-byte items cannot go on for ever                     \
	       */

struct avroread;

int avroread_open(struct avroread **reader, struct err *err) MUST_CHECK;
void avroread_close(struct avroread *reader);

/* Add every *.avsc file of a directory (not recursive; a missing directory is no error when
 * optional). Refuses (ERR_CONFIG) a schema that is no record, that is recursive, or nested deeper
 * than AVROREAD_DEPTH_MAX. */
int avroread_add_dir(struct avroread *reader, const char *dir, bool optional, struct err *err) MUST_CHECK;

/* Add one schema from its JSON text. *fingerprint gets its CRC-64-AVRO (may be NULL). */
int avroread_add(struct avroread *reader, const char *json, size_t len, uint64_t *fingerprint,
		 struct err *err) MUST_CHECK;

/* From now on a message whose writer's schema has a field, at any depth, that no path of the specs names fails with
 * ERR_MESSAGE personal-data. Call before the first message. */
void avroread_strict(struct avroread *reader);

/* Read one message in single-object encoding. fields[i] is filled for specs[i].path: FIELD_ABSENT
 * when the schema has no such field, FIELD_NULL for a null branch, FIELD_TEXT for string and enum
 * (the symbol), and for bytes and fixed (raw: the one case where a view need not be UTF-8),
 * FIELD_INT for int and long, FIELD_REAL, FIELD_BOOL, FIELD_OTHER for arrays, maps and records.
 * Fails with ERR_MESSAGE: unknown-schema, schema (truncated, trailing bytes, index out of range,
 * too many items), encoding; fields are then not to be used. Views point into bytes (a symbol's
 * into the reader). A path goes through unions: "location.name" is found in ["null", Location] too.
 * `specs` must be the same array (same address and content) at every call: a plan is kept by its
 * address. */
int avroread_record(struct avroread *reader, const void *bytes, size_t len, const struct field_spec *specs,
		    size_t count, struct field *fields, struct err *err) MUST_CHECK;

/* The same for a bare body written with the schema of this fingerprint (Confluent framing comes
 * here). */
int avroread_body(struct avroread *reader, uint64_t fingerprint, const void *bytes, size_t len,
		  const struct field_spec *specs, size_t count, struct field *fields, struct err *err) MUST_CHECK;

/* True when the bytes begin like a single-object message (C3 01). */
bool avroread_framed(const void *bytes, size_t len);

#endif
