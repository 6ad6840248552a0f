/* The log into the fold: partition by partition, in as many passes as the memory asks for. */
#include "rebuild.h"

#include "base/run.h"
#include "kafka/kafka_reader.h"
#include "operator_sql.h"
#include "progress.h"
#include "rebuild_decode.h"
#include <stdlib.h>

#define DECODERS_MAX 4
#define CHANGES_MAX 200000 /* lines of the change log held before they are written */

struct rebuild_reading {
	struct rebuild_decode *decoders[DECODERS_MAX];
	int32_t count;
	struct progress progress;
	int64_t done; /* records, over all passes */
};

bool rebuild_partly(const struct rebuild *r)
{
	return r->until || r->edition || r->more;
}

static int end_of(struct rebuild *r, struct kafka_admin *admin, struct kafka_reader *reader, int32_t p, struct err *err)
{
	const char *topic = operator_topic("incidents");
	int64_t low;

	if (kafka_admin_watermarks(admin, topic, p, &low, &r->ends[p], err))
		return -1;
	if (low > 0)
		return err_set(
			err, ERR_DATA_LOSS,
			"partition %d of %s begins at offset %lld: what came before is gone, and a build without "
			"it would be wrong. Bring the log back from a backup; the topic must keep everything "
			"(cleanup.policy=delete, retention.ms=-1, retention.bytes=-1)",
			p, topic, (long long)low);
	/* The first record appended after that time ends the partition. */
	return r->until ? kafka_reader_at(reader, p, r->until_ms + 1, &r->ends[p], err) : 0;
}

/* A partition that the edition does not name was not there yet. */
static int ends_of_edition(struct rebuild *r, struct err *err)
{
	struct db_result *res;
	long rows;
	int rc = 0;

	db_param_int4(r->db, r->edition);
	rows = db_query(r->db, operator_sql_rebuild_edition_ends, &res, err);
	if (rows < 0)
		return -1;
	for (int32_t p = 0; rc == 0 && p < r->partitions; p++) {
		int64_t end = 0;

		for (long i = 0; i < rows; i++)
			if (db_int(res, i, 0) == p)
				end = db_int(res, i, 1);
		if (end > r->ends[p])
			rc = err_set(
				err, ERR_DATA_LOSS,
				"edition %d had read partition %d of incidents up to offset %lld, but the log ends "
				"at %lld: it is another one, or a part of it is gone",
				r->edition, p, (long long)end, (long long)r->ends[p]);
		r->ends[p] = end;
	}
	db_free(res);
	return rc;
}

static int ends_of(struct rebuild *r, struct kafka_admin *admin, struct kafka_reader *reader, struct err *err)
{
	r->partitions = kafka_admin_partitions(admin, operator_topic("incidents"), err);
	if (r->partitions < 0)
		return -1;
	r->ends = calloc((size_t)r->partitions, sizeof *r->ends);
	if (!r->ends)
		return err_set(err, ERR_RETRY, "out of memory for %d partitions", r->partitions);
	for (int32_t p = 0; p < r->partitions; p++)
		if (end_of(r, admin, reader, p, err))
			return -1;
	if (r->edition && ends_of_edition(r, err))
		return -1;
	for (int32_t p = 0; p < r->partitions; p++)
		r->records_max += r->ends[p];
	return 0;
}

int rebuild_read_ends(struct rebuild *r, struct err *err)
{
	struct kafka_admin *admin;
	struct kafka_reader *reader = NULL;
	int rc = 0;

	if (operator_kafka(&admin, err))
		return -1;
	if (r->until)
		rc = kafka_reader_open(&reader, operator_topic("incidents"), err);
	if (rc == 0)
		rc = ends_of(r, admin, reader, err);
	kafka_reader_close(reader);
	kafka_admin_close(admin);
	return rc;
}

/* 0; 1: the fold is full; -1. */
static int take(struct rebuild *r, const struct rebuild_batch *batch, struct err *err)
{
	size_t changes;
	int rc = fold_take_all(r->fold, batch->records, batch->count, err);

	if (batch->last)
		fold_end_partition(r->fold);
	r->reading->done += (int64_t)batch->count;
	progress_at(&r->reading->progress, r->reading->done);
	(void)fold_changes(r->fold, &changes);
	return rc == 0 && changes > CHANGES_MAX ? rebuild_write_changes(r, err) : rc;
}

/* A batch of each decoder in turn, and so always in the same order. */
static int take_in_turn(struct rebuild *r, struct err *err)
{
	struct rebuild_reading *reading = r->reading;
	int more = 1, rc = 0;

	while (rc == 0 && more > 0) {
		more = 0;
		for (int32_t i = 0; rc == 0 && i < reading->count; i++) {
			const struct rebuild_batch *batch;
			int got = rebuild_go_on(err) ? -1 : rebuild_decode_next(reading->decoders[i], &batch, err);

			more |= got > 0;
			rc = got > 0 ? take(r, batch, err) : got;
		}
	}
	return rc;
}

static int read_all(struct rebuild *r, struct err *err)
{
	struct rebuild_reading *reading = r->reading;
	int rc = 0;

	for (int32_t i = 0; rc == 0 && i < reading->count; i++)
		rc = rebuild_decode_start(reading->decoders[i], i, reading->count, r->partitions, r->ends, err);
	if (rc == 0)
		rc = take_in_turn(r, err);
	for (int32_t i = 0; i < reading->count; i++)
		rebuild_decode_stop(reading->decoders[i]);
	return rc;
}

/* Behind the log. */
static int read_more(struct rebuild *r, struct err *err)
{
	int rc = 0;

	for (int32_t p = 0; rc == 0 && r->more && p < r->partitions; p++) {
		rc = r->more(r->more_ctx, r, p, err);
		fold_end_partition(r->fold);
	}
	return rc;
}

int rebuild_read_more(struct rebuild *r, int32_t partition, const struct incident *in, struct err *err)
{
	/* The position stays where the log ends. */
	struct fold_record record = {
		.partition = partition, .offset = r->ends[partition] - 1, .append_ms = run_now_ms()};
	size_t changes;
	int rc;

	fold_read(&record, r->rules, in);
	rc = fold_take(r->fold, &record, err);
	(void)fold_changes(r->fold, &changes);
	return rc == 0 && changes > CHANGES_MAX ? rebuild_write_changes(r, err) : rc;
}

/* All passes: 0, 1 when one of them had more incidents than there is room for, -1. */
static int run_passes(struct rebuild *r, size_t rows_max, struct err *err)
{
	struct rebuild_reading *d = r->reading;
	int rc = 0;

	r->incidents = 0;
	d->done = 0;
	progress_begin(&d->progress, "reading", "records", r->records_max * r->passes);
	for (unsigned pass = 0; rc == 0 && pass < r->passes; pass++) {
		rc = fold_begin(r->fold, pass, r->passes, rows_max, err);
		if (rc == 0)
			rc = read_all(r, err);
		if (rc == 0)
			rc = read_more(r, err);
		if (pass == 0)
			r->records = d->done;
		if (pass + 1 == r->passes)
			progress_end(&d->progress, d->done);
		if (rc == 0)
			rc = rebuild_write_rows(r, err);
	}
	return rc;
}

static int open_all(struct rebuild *r, struct err *err)
{
	struct rebuild_reading *reading = calloc(1, sizeof *reading);

	r->reading = reading;
	if (!reading)
		return err_set(err, ERR_RETRY, "out of memory");
	for (; reading->count < DECODERS_MAX && reading->count < r->partitions; reading->count++)
		if (rebuild_decode_open(&reading->decoders[reading->count], r->rules, err))
			return -1;
	return fold_open(&r->fold, r->partitions, err);
}

int rebuild_read(struct rebuild *r, struct err *err)
{
	size_t room = (size_t)r->memory / FOLD_ROW_BYTES, want = (size_t)r->records_max + 1;
	size_t rows_max = want < room ? want : room;
	int rc;

	if (open_all(r, err))
		return -1;
	/* As many as if each record were an incident of its own; and somewhat more, since no hash divides evenly. */
	r->passes = rows_max == want ? 1 : (unsigned)(want / (rows_max - rows_max / 16) + 1);
	while ((rc = run_passes(r, rows_max, err)) == 1) {
		r->passes += r->passes / 4 + 1;
		if (rebuild_write_abandon(r, err))
			return -1;
	}
	for (int32_t p = 0; p < r->partitions; p++)
		r->unreadable += fold_position(r->fold, p).unreadable;
	return rc;
}

void rebuild_read_close(struct rebuild *r)
{
	for (int32_t i = 0; r->reading && i < r->reading->count; i++)
		rebuild_decode_close(r->reading->decoders[i]);
	free(r->reading);
	fold_close(r->fold);
	free(r->ends);
}
