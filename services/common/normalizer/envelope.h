/* envelope: what a feed message is wrapped in: CloudEvents 1.0 for Kafka, binary or structured
 * mode, or nothing at all. */
#ifndef LAGESBILD_ENVELOPE_H
#define LAGESBILD_ENVELOPE_H

#include "base/err.h"
#include "incident/incident.h"
#include "json/jsonread.h"

struct envelope {
	const void *data; /* the event itself: JSON text, or Avro bytes */
	size_t len;
	struct incident_text time; /* "time" of a structured event, else absent */
	char time_bytes[64];
};

/* Unwrap value by its content type (absent: no envelope). Structured mode is chosen by prefix,
 * case-insensitively, as the Kafka protocol binding says (cloudevents/spec,
 * bindings/kafka-protocol-binding.md, 3); otherwise the bytes themselves say later whether they are
 * JSON or Avro. ERR_MESSAGE schema for a content type that is neither, and for batches;
 * missing-field without data. data points into value or into the reader, which the caller must not
 * use for the data. */
int envelope_open(struct jsonread *reader, struct incident_text content_type, const void *value, size_t len,
		  struct envelope *out, struct err *err) MUST_CHECK;

#endif
