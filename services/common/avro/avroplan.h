/* avroplan: a schema laid out as a straight line of steps for one table of fields; shared by
 * avroread and avrowalk, nobody else's.
 *
 * Each step knows where in the caller's fields its value goes, so that no name is compared while
 * reading. Records are flattened into the line; the branches of a union and the items of an array
 * or map are stretches of the same line, run on demand. */
#ifndef LAGESBILD_AVROPLAN_H
#define LAGESBILD_AVROPLAN_H

#include "avro/avroread.h"
#include "base/err.h"
#include "base/field.h"
#include <avro.h>
#include <stdbool.h>
#include <stdint.h>

#define AVROPLAN_STEPS_MAX 4096 /* bounds the work that an array item of no bytes can cause */
#define AVROPLAN_UNION_MAX 32
#define AVROPLAN_SYMBOLS_MAX 65536 /* of all enums; one that is named often counts often */
#define AVROPLAN_FIXED_MAX (1 << 20)

enum avroplan_op {
	AVROPLAN_NULL,
	AVROPLAN_BOOLEAN,
	AVROPLAN_INT,
	AVROPLAN_LONG,
	AVROPLAN_FLOAT,
	AVROPLAN_DOUBLE,
	AVROPLAN_STRING,
	AVROPLAN_BYTES,
	AVROPLAN_FIXED,
	AVROPLAN_ENUM,
	AVROPLAN_UNION,
	AVROPLAN_ARRAY,
	AVROPLAN_MAP,
	AVROPLAN_OTHER
};

struct avroplan_step {
	uint8_t op;
	uint8_t nullable;	       /* this value is the other branch of a union with null */
	uint8_t null_byte, value_byte; /* how the two branches are written in one byte */
	int16_t dest;		       /* index into fields, -1: nobody asked */
	uint32_t a;		       /* fixed: size; enum, union: where symbols or branches begin; array, map: steps
					  of an item */
	uint32_t b;		       /* enum, union: how many; union: then `skip` steps belong to the branches */
	uint32_t skip;
	const char *name; /* of the field, for the error's sentence */
};

struct avroplan_symbol {
	const char *text;
	size_t len;
};

struct avroplan_branch {
	uint32_t from, count;
};

struct avroplan {
	const struct field_spec *specs;
	size_t count;
	struct avroplan_step *steps;
	struct avroplan_symbol *symbols;
	struct avroplan_branch *branches;
	uint32_t step_count, symbol_count, branch_count;
	uint32_t step_cap, symbol_cap, branch_cap;
	bool unnamed;		       /* the schema has a field that no spec names */
	int16_t same[FIELD_SPECS_MAX]; /* an earlier spec of the same path, -1: none */
};

/* Lay out schema for specs[0..count), which must outlive the plan, as must the schema (names and
 * symbols point into it). Fails with ERR_CONFIG: recursive, deeper than AVROREAD_DEPTH_MAX, too
 * many values or branches; ERR_RETRY without memory. */
int avroplan_open(struct avroplan **plan, avro_schema_t schema, const struct field_spec *specs, size_t count,
		  struct err *err) MUST_CHECK;
void avroplan_close(struct avroplan *plan);

#endif
