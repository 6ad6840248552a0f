/* err: what went wrong, as a whole sentence, and what the caller is to do about it.
 *
 * A fallible function returns int (0, a count, or -1) and takes a struct err last. On failure its outputs are
 * untouched; on success the err is untouched, so calls chain with ||. The struct is a plain value owned by the
 * caller. */
#ifndef LAGESBILD_ERR_H
#define LAGESBILD_ERR_H

#include <stdbool.h>

#define MUST_CHECK __attribute__((warn_unused_result))

enum err_kind {
	ERR_NONE,
	ERR_MESSAGE,   /* this message is wrong: reject it with err.reason and go on */
	ERR_RETRY,     /* a server is away or busy: try again with back-off */
	ERR_REJOIN,    /* somebody else owns what we thought ours: drop what is in hand and join the group again */
	ERR_CONFIG,    /* configuration, password, schema or topic differ: exit 2 */
	ERR_DATA_LOSS, /* the log no longer has what was promised: exit 4, never skipped silently */
	ERR_SERVER,    /* a command could not reach a server: exit 3 */
};

/* The stable reason codes of rejected messages; err_reason_name gives the text written in records and tables. */
enum err_reason {
	REASON_NONE,
	REASON_ENCODING, /* not UTF-8, or a NUL in a text */
	REASON_SYNTAX,	 /* not JSON, duplicate keys, nested too deep */
	REASON_SCHEMA,	 /* Avro bytes that do not fit their schema */
	REASON_MISSING_FIELD,
	REASON_BAD_VALUE,
	REASON_BAD_TIME,
	REASON_TOO_LARGE,
	REASON_PERSONAL_DATA,
	REASON_UNKNOWN_SCHEMA,
	REASON_CONSTRAINT, /* the database refused the value */
	REASON_MIXED_DELIVERY,
	REASON_PURGED,
	REASON_SOURCE_REMOVED, /* of a withdraw, not of a reject */
	REASON_COUNT
};

struct err {
	enum err_kind kind;
	enum err_reason reason; /* set when kind is ERR_MESSAGE */
	char text[480];		/* one sentence: field and position, never quoting a message's content */
};

/* Fill err; the format is printf's. Always returns -1, so that "return err_set(...)" reads well. */
int err_set(struct err *err, enum err_kind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same for a message that is wrong (kind ERR_MESSAGE). Always returns -1. */
int err_message(struct err *err, enum err_reason reason, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* "missing-field" and the like; "" for REASON_NONE. Static storage. */
const char *err_reason_name(enum err_reason reason);

/* The code of a name (len bytes, not terminated), or REASON_NONE when there is none of that name. */
enum err_reason err_reason_find(const char *name, unsigned long len);

/* The process exit status that belongs to a kind: 2 configuration, 3 server, 4 data loss, else 1. */
int err_exit_status(enum err_kind kind);

#endif
