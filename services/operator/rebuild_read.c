/* The log into the fold: partition by partition, in as many passes as the memory asks for. */
#include "rebuild.h"

#include "avro/avroread.h"
#include "base/run.h"
#include "operator_sql.h"
#include "progress.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 4096
#define WAIT_MS 200
#define CHANGES_MAX 200000 /* lines of the change log held before they are written */

struct rebuild_decoder {
	struct avroread *reader;
	struct field *fields;
	struct kafka_message messages[BATCH];
	struct fold_record records[BATCH];
	struct progress progress;
	int64_t done; /* records, over all passes */
};

bool rebuild_partly(const struct rebuild *r)
{
	return r->until || r->edition || r->more;
}

static int end_of(struct rebuild *r, struct kafka_admin *admin, int32_t p, struct err *err)
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
	return r->until ? kafka_reader_at(r->reader, p, r->until_ms + 1, &r->ends[p], err) : 0;
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

static int ends_of(struct rebuild *r, struct kafka_admin *admin, struct err *err)
{
	r->partitions = kafka_admin_partitions(admin, operator_topic("incidents"), err);
	if (r->partitions < 0)
		return -1;
	r->ends = calloc((size_t)r->partitions, sizeof *r->ends);
	if (!r->ends)
		return err_set(err, ERR_RETRY, "out of memory for %d partitions", r->partitions);
	for (int32_t p = 0; p < r->partitions; p++)
		if (end_of(r, admin, p, err))
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
	int rc;

	if (operator_kafka(&admin, err))
		return -1;
	rc = kafka_reader_open(&r->reader, operator_topic("incidents"), err) || ends_of(r, admin, err) ? -1 : 0;
	kafka_admin_close(admin);
	return rc;
}

/* As the aggregator decodes: by what the schemas say, and by the checks that the normalizer wrote it by. Avro-C, whose
 * error text is one a process, only parses the schemas here; so one process is enough, whatever its threads. */
static void decode(struct rebuild *r, const struct kafka_message *m, struct fold_record *out)
{
	struct rebuild_decoder *d = r->decoder;
	struct err wrong = {0};
	struct incident in;
	bool ours = avroread_record(d->reader, m->value, m->value_len, incident_fields, incident_field_count, d->fields,
				    &wrong) == 0 &&
		    incident_decode(d->fields, &in, &wrong) == 0 && incident_check(&in, &wrong) == 0;

	out->partition = m->partition;
	out->offset = m->offset;
	out->append_ms = m->append_ms;
	fold_read(out, r->rules, ours ? &in : NULL);
}

/* 0; 1: the fold is full; -1. */
static int take(struct rebuild *r, size_t count, struct err *err)
{
	struct rebuild_decoder *d = r->decoder;
	size_t changes;
	int rc = 0;

	for (size_t i = 0; i < count; i++)
		decode(r, &d->messages[i], &d->records[i]);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = fold_take(r->fold, &d->records[i], err);
	kafka_consumer_release(d->messages, count);
	d->done += (int64_t)count;
	progress_at(&d->progress, d->done);
	(void)fold_changes(r->fold, &changes);
	return rc == 0 && changes > CHANGES_MAX ? rebuild_write_changes(r, err) : rc;
}

static int read_partition(struct rebuild *r, int32_t p, struct err *err)
{
	int rc = kafka_reader_start(r->reader, p, 0, r->ends[p], err);

	while (rc == 0 && !kafka_reader_done(r->reader)) {
		int got;

		if (rebuild_go_on(err))
			return -1;
		got = kafka_reader_batch(r->reader, r->decoder->messages, BATCH, WAIT_MS, err);
		rc = got < 0 ? -1 : take(r, (size_t)got, err);
	}
	fold_end_partition(r->fold);
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
	struct rebuild_decoder *d = r->decoder;
	int rc = 0;

	r->incidents = 0;
	d->done = 0;
	progress_begin(&d->progress, "reading", "records", r->records_max * r->passes);
	for (unsigned pass = 0; rc == 0 && pass < r->passes; pass++) {
		rc = fold_begin(r->fold, pass, r->passes, rows_max, err);
		for (int32_t p = 0; rc == 0 && p < r->partitions; p++)
			rc = read_partition(r, p, err);
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

static int open_decoder(struct rebuild *r, struct err *err)
{
	struct rebuild_decoder *d = calloc(1, sizeof *d);
	char old[600];

	r->decoder = d;
	if (d)
		d->fields = calloc(incident_field_count, sizeof *d->fields);
	if (!d || !d->fields)
		return err_set(err, ERR_RETRY, "out of memory");
	snprintf(old, sizeof old, "%s/old", operator_conf.schemas);
	return avroread_open(&d->reader, err) ||
			       avroread_add(d->reader, incident_schema, strlen(incident_schema), NULL, err) ||
			       avroread_add_dir(d->reader, old, true, err) || fold_open(&r->fold, r->partitions, err)
		       ? -1
		       : 0;
}

int rebuild_read(struct rebuild *r, struct err *err)
{
	size_t room = (size_t)r->memory / FOLD_ROW_BYTES, want = (size_t)r->records_max + 1;
	size_t rows_max = want < room ? want : room;
	int rc;

	if (open_decoder(r, err))
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
	fold_close(r->fold);
	kafka_reader_close(r->reader);
	free(r->ends);
	if (!r->decoder)
		return;
	avroread_close(r->decoder->reader);
	free(r->decoder->fields);
	free(r->decoder);
}
