/* incident_json: an incident as one line of JSON, for people and tests; what travels is Avro. */
#ifndef LAGESBILD_INCIDENT_JSON_H
#define LAGESBILD_INCIDENT_JSON_H

#include "base/buf.h"
#include "incident/incident.h"

/* Append one object with all fields that are not null, in schema order, and a newline. The id is
 * grouped like a UUID, times are RFC 3339 in UTC with milliseconds, revision is microseconds since
 * 1970. */
void incident_json(const struct incident *in, struct buf *out);

#endif
