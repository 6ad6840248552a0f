/* avrowalk: the walk over one Avro record's bytes along a plan, every length, index and text
 * checked; avroread's, nobody else's. */
#ifndef LAGESBILD_AVROWALK_H
#define LAGESBILD_AVROWALK_H

#include "avro/avroplan.h"

/* Read exactly bytes[0..len) into the fields of the plan's specs; views point into bytes (an
 * enum's: into the schema). Fails with ERR_MESSAGE: schema, encoding; fields are then not to be
 * used. */
int avrowalk_record(const struct avroplan *plan, const void *bytes, size_t len, struct field *fields,
		    struct err *err) MUST_CHECK;

#endif
