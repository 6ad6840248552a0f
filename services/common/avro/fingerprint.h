/* fingerprint: which Avro schema wrote this? The parsing canonical form (Avro 1.11 specification,
 * "Transforming into Parsing Canonical Form") and its CRC-64-AVRO (Rabin) fingerprint, which stands
 * in front of every single-object message. Hides jansson. */
#ifndef LAGESBILD_FINGERPRINT_H
#define LAGESBILD_FINGERPRINT_H

#include "base/buf.h"
#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

#define FINGERPRINT_DEPTH_MAX 64 /* nesting of the schema's own JSON */

/* Append the canonical form of the schema json[0..len) to out. Fails with ERR_CONFIG when it is no
 * JSON, no schema (names that are no Avro names, missing attributes), or nested too deep, or when
 * out overflows; out's bytes are then not to be used. */
int fingerprint_canonical(const char *json, size_t len, struct buf *out, struct err *err) MUST_CHECK;

/* CRC-64-AVRO of bytes. */
uint64_t fingerprint_crc64(const void *data, size_t len);

/* Both: the fingerprint of a schema's text. Same failures. */
int fingerprint_schema(const char *json, size_t len, uint64_t *fingerprint, struct err *err) MUST_CHECK;

#endif
