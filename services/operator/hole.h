/* hole: the message that stands in a feed where there is none any more: where an old log had a transaction's marker
 * (restore), or what a purge took out. The normalizer rejects it as "purged". */
#ifndef OPERATOR_HOLE_H
#define OPERATOR_HOLE_H

#include "hash/signature.h"
#include "kafka/kafka.h"

struct hole {
	struct kafka_record_header headers[2];
	char signature[SIGNATURE_SIZE];
};

/* For the topic of that full name, signed with the operator key (64 hex digits; empty: not signed, and then it is an
 * ordinary message, a wrong one). out borrows hole, which lives as long; no key, no value. */
int hole_make(const char *operator_key, const char *topic, struct hole *hole, struct kafka_record *out,
	      struct err *err) MUST_CHECK;

#endif
