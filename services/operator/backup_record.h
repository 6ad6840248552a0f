/* backup_record: a log's record as a backup keeps it, and back. Pure.
 *
 * Big endian: length of what follows (4), offset (8), append time in ms (8), key and value (each a length of 4, -1 for
 * null, and its bytes), how many headers (4), each a name (length of 4, bytes, a NUL that is not counted) and a value
 * as above. */
#ifndef LAGESBILD_BACKUP_RECORD_H
#define LAGESBILD_BACKUP_RECORD_H

#include "base/buf.h"
#include "base/err.h"
#include "kafka/kafka.h"

#define BACKUP_RECORD_MAX (128u << 20)
#define BACKUP_HEADERS_MAX 4096 /* of a record; those behind are not kept */

/* Appended, with the length; record->create_ms is its time. The buffer says when it is too large. */
void backup_record_encode(const struct kafka_record *record, int64_t offset, struct buf *out);

/* Of the bytes behind the length; record's views, and headers (room for BACKUP_HEADERS_MAX), live as long as they do.
 * ERR_CONFIG: not what encode writes. */
int backup_record_decode(const uint8_t *bytes, size_t len, struct kafka_record *record,
			 struct kafka_record_header *headers, int64_t *offset, struct err *err) MUST_CHECK;

#endif
