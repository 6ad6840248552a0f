/* replay: what the commands replay and deadletters share: a feed message as a letter, and what must hold before
 * anything is sent to a feed again. */
#ifndef OPERATOR_REPLAY_H
#define OPERATOR_REPLAY_H

#include "incident/deadletter.h"
#include "kafka/kafka_reader.h"
#include "mapper.h"
#include "operator.h"
#include "preview.h"
#include <stdio.h>

#define REPLAY_BATCH 500

struct replay_headers {
	struct deadletter_header list[DEADLETTER_HEADERS_MAX];
	size_t count;
};

/* A message as a letter; views of the message, headers in the caller's room. */
void replay_letter(const struct kafka_message *m, const char *topic, int64_t epoch, struct replay_headers *headers,
		   struct deadletter *out);
/* For kafka_headers; ctx is a struct replay_headers. */
void replay_note_header(void *ctx, const char *name, const void *value, size_t len);

/* Letters as NDJSON: coordinates, headers, key, value (…_hex where the bytes are no UTF-8). */
int replay_write(FILE *out, const struct deadletter *letters, size_t count, struct err *err) MUST_CHECK;

/* --yes, or a yes on the terminal. */
bool replay_agreed(bool yes);

/* ERR_CONFIG unless both keys are set and the installation key is the database's. */
int replay_check_key(struct db *db, struct err *err) MUST_CHECK;

/* Greater than every epoch that the database knows of the topic, and not before now. */
int replay_epoch(struct db *db, const char *topic, int64_t *epoch, struct err *err) MUST_CHECK;

#endif
