/* backup: what "lagesbild backup" and "lagesbild restore" share: a backup's directory and its parts.
 *
 * DIR/manifest.json    plain: what is in it, made when and by which code, where each log begins and ends, committed
 *                      offsets, size and SHA-256 of each part, ids of keys (never keys)
 * DIR/manifest.mac     HMAC of that file under the passphrase's key
 * DIR/database.sealed  pg_dump -Fc of the two schemas
 * DIR/keys.sealed      the installation key and the operator key
 * DIR/files.sealed     the reference data: LAGESBILD_SCHEMAS and LAGESBILD_PACK
 * DIR/log-TOPIC-PARTITION.sealed   begin and end (8 bytes each, big endian), then records (backup_record.h)
 *
 * Consistent while all runs, by the order in which its pieces are taken: committed offsets of the normalizers, the
 * database in one snapshot, then the ends of incidents and deadletters, then those of the feeds. So neither committed
 * offsets nor the database are ever ahead of incidents, and incidents is never ahead of the feeds (else a new message
 * would get an offset that a record names already, and be taken for a redelivery). What the logs have more is read on.
 */
#ifndef LAGESBILD_BACKUP_H
#define LAGESBILD_BACKUP_H

#include "base/err.h"
#include "db/db.h"
#include "hash/seal.h"
#include "kafka/kafka_reader.h"
#include "operator.h"
#include "progress.h"
#include <stdbool.h>
#include <stdint.h>

#define BACKUP_FORMAT 1
#define BACKUP_NAME_MAX 120

struct backup_log {
	char topic[BACKUP_NAME_MAX]; /* without the prefix */
	int32_t partition;
	int64_t begin, end; /* its first offset, and the one that it ends before */
};

struct backup_group {
	char source[OPERATOR_SOURCE_SIZE]; /* of group normalizer-SOURCE */
	int32_t partition;
	int64_t next;
	char metadata[96];
};

struct backup_part {
	char name[BACKUP_NAME_MAX + 16];
	int64_t bytes;
	char sha256[65];
};

struct backup_manifest {
	char made_at[40], code[80], prefix[BACKUP_NAME_MAX], key_id[20], operator_key_id[20], seal_id[20];
	struct seal_cost cost;
	struct backup_log *logs;
	struct backup_group *groups;
	struct backup_part *parts;
	size_t log_count, group_count, part_count;
};

struct backup {
	char dir[900]; /* where it is written or read */
	struct backup_manifest m;
	struct seal_key key;
};

/* ---- backup_manifest.c ---- */

void backup_manifest_add_log(struct backup_manifest *m, const struct backup_log *log);
void backup_manifest_add_group(struct backup_manifest *m, const struct backup_group *group);
void backup_manifest_add_part(struct backup_manifest *m, const struct backup_part *part);
void backup_manifest_release(struct backup_manifest *m);
void backup_manifest_print(const struct backup_manifest *m, FILE *out); /* as JSON */

/* Of a text as backup_manifest_print prints it. ERR_CONFIG: no manifest, or a later format than this program's. */
int backup_manifest_parse(struct backup_manifest *m, const char *text, size_t len, struct err *err) MUST_CHECK;

/* The records of a topic, offsets taken for records. */
int64_t backup_manifest_records(const struct backup_manifest *m);

/* ---- backup_part.c ---- */

/* DIR/NAME, in static storage until the next call but one. */
const char *backup_path(const struct backup *b, const char *name);

/* The passphrase: LAGESBILD_BACKUP_PASSPHRASE, else asked for on the terminal (twice when it is new). The key is made
 * of it and of b->m.cost. */
int backup_key(struct backup *b, bool is_new, struct err *err) MUST_CHECK;

/* Write DIR/NAME.sealed: fill(ctx, out) writes it. The part is added to the manifest. */
int backup_write_part(struct backup *b, const char *name, int (*fill)(void *ctx, struct seal_out *out, struct err *err),
		      void *ctx, struct err *err) MUST_CHECK;
int backup_open_part(const struct backup *b, const char *name, struct seal_in **in, struct err *err) MUST_CHECK;

/* manifest.json and manifest.mac, written; or read and, with the key, checked. */
int backup_save(struct backup *b, struct err *err) MUST_CHECK;
int backup_load(struct backup *b, struct err *err) MUST_CHECK;
int backup_check_manifest(const struct backup *b, struct err *err) MUST_CHECK;

/* Sizes and hashes of all parts. */
int backup_check_parts(const struct backup *b, struct err *err) MUST_CHECK;

/* ---- the parts ---- */

/* backup_log.c: ctx of backup_write_part. */
struct backup_log_source {
	struct backup_log *log; /* its begin is filled in */
	struct kafka_reader *reader;
	struct progress *progress;
	int64_t *done;
};
int backup_log_fill(void *source, struct seal_out *out, struct err *err) MUST_CHECK;
void backup_log_name(const struct backup_log *log, char *out, size_t max);

/* Read a log's part to its end; each is called for every record (NULL: the part is checked). */
int backup_log_read(const struct backup *b, const struct backup_log *log,
		    int (*each)(void *ctx, const struct kafka_record *record, int64_t offset, struct err *err),
		    void *ctx, struct err *err) MUST_CHECK;

/* backup_database.c: pg_dump and pg_restore, as child processes. */
int backup_database_fill(void *unused, struct seal_out *out, struct err *err) MUST_CHECK;
int backup_database_restore(const struct backup *b, struct err *err) MUST_CHECK;

/* backup_files.c: keys and reference data; they come back as files of a directory. */
int backup_keys_fill(void *unused, struct seal_out *out, struct err *err) MUST_CHECK;
int backup_files_fill(void *unused, struct seal_out *out, struct err *err) MUST_CHECK;

/* Call each for every file of a part (NULL: the part is checked). backup_files_write is one: it writes below ctx, a
 * directory's path (const char *), over what is there; its files are the owner's alone. */
int backup_files_read(const struct backup *b, const char *name,
		      int (*each)(void *ctx, const char *path, const void *data, size_t len, struct err *err),
		      void *ctx, struct err *err) MUST_CHECK;
int backup_files_write(void *dir, const char *path, const void *data, size_t len, struct err *err) MUST_CHECK;

#endif
