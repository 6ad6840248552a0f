/* rebuild: topic incidents, from its beginning, into a build of its own. What the parts of the command share:
 * rebuild.c (arguments, order of things), rebuild_rules.c (the build's rules), rebuild_read.c (the log into the fold),
 * rebuild_decode.c (read ahead of it), rebuild_write.c (the one transaction that makes the build). */
#ifndef LAGESBILD_REBUILD_H
#define LAGESBILD_REBUILD_H

#include "base/buf.h"
#include "db/db.h"
#include "ledger/fold.h"
#include "operator.h"

#define REBUILD_NAME_SIZE 41
#define REBUILD_MAPPINGS_MAX OPERATOR_SOURCES_MAX

struct rebuild_reading;

/* Another mapping of one source. */
struct rebuild_mapping {
	char source[OPERATOR_SOURCE_SIZE];
	const char *path;
};

struct rebuild {
	/* What was asked for. */
	char name[REBUILD_NAME_SIZE];
	const char *until;    /* NULL: all of the log */
	const char *rules_of; /* NULL: the edition's, else the files */
	int32_t edition;      /* 0: none; else its positions end the log, and its rules are taken */
	struct rebuild_mapping mappings[REBUILD_MAPPINGS_MAX];
	size_t mapping_count;
	int64_t memory; /* bytes for the fold */
	bool json;

	/* NULL, or: called in each pass behind the log, for each partition, to give the fold more by
	 * rebuild_read_more; 0, 1 or -1 as that. Such a build is never fed: the log does not hold all of it. */
	int (*more)(void *ctx, struct rebuild *r, int32_t partition, struct err *err);
	void *more_ctx;

	struct db *db;
	struct rules *rules;
	int64_t until_ms; /* the last ms that counts; when until is set */

	/* How far each partition is read: here and nowhere else. */
	int32_t partitions;
	int64_t *ends;
	int64_t records_max; /* their sum */

	struct fold *fold;
	struct rebuild_reading *reading;
	unsigned passes;
	int64_t records, incidents, unreadable, cells;

	bool writing; /* the transaction is open */
	struct share_sums sums;
	bool put_by; /* there are more of them in tables of this session */
	struct buf copy;
};

/* Stage the rules, choose the build's number and its rows' numbers, load r->rules, work out r->until_ms. Leaves nothing
 * in the database but tables of this session. */
int rebuild_rules_load(struct rebuild *r, struct err *err) MUST_CHECK;

/* After the rules: fill partitions, ends and records_max. ERR_DATA_LOSS when the log does not begin at 0. */
int rebuild_read_ends(struct rebuild *r, struct err *err) MUST_CHECK;

/* Fold all records below the ends; after each pass its rows are written. Fills passes, records, unreadable. */
int rebuild_read(struct rebuild *r, struct err *err) MUST_CHECK;
void rebuild_read_close(struct rebuild *r);

/* Fold one incident as if it came behind the log. 0; 1: the fold is full, give no more; -1. */
int rebuild_read_more(struct rebuild *r, int32_t partition, const struct incident *in, struct err *err) MUST_CHECK;

/* Open the transaction, unless it is open, and write the changes that the fold holds; then forget them. */
int rebuild_write_changes(struct rebuild *r, struct err *err) MUST_CHECK;

/* The same for the rows of the pass that has been folded. */
int rebuild_write_rows(struct rebuild *r, struct err *err) MUST_CHECK;

/* Undo what has been written. */
int rebuild_write_abandon(struct rebuild *r, struct err *err) MUST_CHECK;

/* Cells, positions, chains; index, attach, commit. Fills cells. */
int rebuild_write_finish(struct rebuild *r, struct err *err) MUST_CHECK;

/* The command without its arguments: rules from the files, all of the log, then `more`. The exit status. */
int rebuild_with(const char *name, bool json, int (*more)(void *ctx, struct rebuild *r, int32_t p, struct err *err),
		 void *ctx, struct err *err) MUST_CHECK;

/* Is the build to be the log as it stood once, or more than the log: never fed? */
bool rebuild_partly(const struct rebuild *r);

/* -1 with a sentence once the process was asked to stop. */
int rebuild_go_on(struct err *err) MUST_CHECK;

#endif
