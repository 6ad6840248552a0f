/* jsonread: JSON (RFC 8259) messages from outside, read with simdjson into views. Hides the
 * library, a C++ one.
 *
 * The whole message is validated, whatever fields are asked for: UTF-8, syntax, no duplicate key in
 * any object, no NUL in a key or text, depth at most JSONREAD_DEPTH_MAX, at most JSONREAD_KEYS_MAX
 * keys an object, nothing after the value. One reader, one thread; no allocation a message once it
 * has grown to the largest one. */
#ifndef LAGESBILD_JSONREAD_H
#define LAGESBILD_JSONREAD_H

#include "base/err.h"
#include "base/field.h"
#include <stdint.h>

#define JSONREAD_DEPTH_MAX 16
#define JSONREAD_KEYS_MAX 128

#ifdef __cplusplus
extern "C" {
#endif

struct jsonread;

int jsonread_open(struct jsonread **reader, size_t bytes_max, struct err *err) MUST_CHECK;
void jsonread_close(struct jsonread *reader);

/* From now on every member of every object, at any depth, must be named by a path of the specs, else the message fails
 * with ERR_MESSAGE personal-data: for sources from which nothing but agreed fields may come. Below a path whose spec
 * asks for FIELD_OTHER anything goes. */
void jsonread_strict(struct jsonread *reader);

/* Read one object and fill fields[i] for specs[i].path (FIELD_ABSENT where there is none). An
 * integer beyond int64 or a number with a fraction or exponent is FIELD_REAL. Fails with
 * ERR_MESSAGE: encoding (also half a surrogate pair), syntax, too-large (more than bytes_max, too
 * many keys), schema (not an object), bad-value (a malformed number, one beyond a double or an
 * integer beyond uint64, which simdjson does not tell apart); fields are then not to be used. Views
 * live until the next call. */
int jsonread_record(struct jsonread *reader, const void *bytes, size_t len, const struct field_spec *specs,
		    size_t count, struct field *fields, struct err *err) MUST_CHECK;

/* Find member `name` of the object `bytes` and give its value as raw JSON text (view into the
 * reader's copy): for structured CloudEvents' "data" and for GeoJSON geometries. *value is NULL
 * when absent. Same failures. */
int jsonread_member(struct jsonread *reader, const void *bytes, size_t len, const char *name, const char **value,
		    size_t *value_len, struct err *err) MUST_CHECK;

/* Call each(ctx, element, len, err) for every element (raw JSON text) of the array member `name` of
 * the object; stops at the first non-zero return and passes it on. Also fails with missing-field
 * (no such member) and schema (no array). The callback must not use the same reader. */
int jsonread_each(struct jsonread *reader, const void *bytes, size_t len, const char *name,
		  int (*each)(void *ctx, const char *element, size_t len, struct err *err), void *ctx,
		  struct err *err) MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
