/* field: what a reader (JSON or Avro) hands to a source's map: the values of the fields that the source names, as
 * views.
 *
 * A source declares its fields once, as a table of paths; reading a message fills an array of the same length.
 * Texts are views into the reader's own storage and live until its next message. Texts are always valid UTF-8
 * without NUL. */
#ifndef LAGESBILD_FIELD_H
#define LAGESBILD_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIELD_SPECS_MAX 48

enum field_type {
	FIELD_ABSENT,
	FIELD_NULL,
	FIELD_TEXT,
	FIELD_INT,
	FIELD_REAL,
	FIELD_BOOL,
	FIELD_OTHER,
	FIELD_PERSONAL /* only of a spec: the field is never looked at, so never wrong; a normalizer counts that it was
			  there */
};

struct field {
	enum field_type type; /* FIELD_OTHER: an object, array, bytes: present, but no scalar */
	const char *text;     /* FIELD_TEXT; not terminated */
	size_t len;
	int64_t number; /* FIELD_INT; FIELD_BOOL 0 or 1 */
	double real;	/* FIELD_REAL, and FIELD_INT converted */
};

struct field_spec {
	const char *path; /* "id", or "location.name": at most one dot */
	bool required;	  /* absent or null is missing-field; checked by field_check, not by the readers */
	/* FIELD_TEXT, FIELD_INT, ...; FIELD_ABSENT: any scalar. Null is always let through when optional */
	enum field_type type;
	size_t max; /* longest text in bytes; 0: 1024 */
};

struct err;

/* Check required fields, types and text lengths of fields[0..count) against specs. 0, or -1 with missing-field,
 * bad-value or too-large, naming the path and never the content. */
int field_check(const struct field_spec *specs, size_t count, const struct field *fields, struct err *err)
	__attribute__((warn_unused_result));

#endif
