/* backup_log: a partition's log, from Kafka into a part, and read from it again. */
#include "backup.h"

#include "backup_record.h"
#include "base/run.h"
#include <stdlib.h>
#include <string.h>

#define BATCH 1000
#define WAIT_MS 200

void backup_log_name(const struct backup_log *log, char *out, size_t max)
{
	snprintf(out, max, "log-%s-%d", log->topic, log->partition);
}

struct collect {
	struct kafka_record_header headers[BACKUP_HEADERS_MAX];
	size_t count;
};

static void collect(void *ctx, const char *name, const void *value, size_t len)
{
	struct collect *c = ctx;

	if (c->count < BACKUP_HEADERS_MAX)
		c->headers[c->count++] = (struct kafka_record_header){name, value, len};
}

static void encode(const struct kafka_message *m, struct collect *c, struct buf *out)
{
	struct kafka_record r = {.key = m->key,
				 .key_len = m->key_len,
				 .value = m->value,
				 .value_len = m->value_len,
				 .create_ms = m->append_ms,
				 .headers = c->headers};

	c->count = 0;
	kafka_headers(m, collect, c);
	r.header_count = c->count;
	backup_record_encode(&r, m->offset, out);
}

static int copy(const struct backup_log_source *s, struct seal_out *out, struct buf *buf, struct collect *c,
		struct err *err)
{
	static struct kafka_message messages[BATCH];
	int n, rc = 0;

	while (rc == 0 && !kafka_reader_done(s->reader)) {
		if (run_stopping())
			return err_set(err, ERR_CONFIG, "stopped");
		n = kafka_reader_batch(s->reader, messages, BATCH, WAIT_MS, err);
		if (n < 0)
			return -1;
		for (int i = 0; rc == 0 && i < n; i++) {
			buf_clear(buf);
			encode(&messages[i], c, buf);
			rc = buf->overflow ? err_set(err, ERR_CONFIG, "A record is too large to be kept.")
					   : seal_out_write(out, buf->data, buf->len, err);
		}
		kafka_consumer_release(messages, (size_t)n);
		*s->done += n;
		progress_at(s->progress, *s->done);
		run_point("backup-log");
	}
	return rc;
}

int backup_log_fill(void *source, struct seal_out *out, struct err *err)
{
	const struct backup_log_source *s = source;
	struct collect *c = calloc(1, sizeof *c);
	struct buf buf;
	int rc;

	if (!c)
		return err_set(err, ERR_RETRY, "out of memory");
	buf_init(&buf, BACKUP_RECORD_MAX);
	rc = kafka_reader_start(s->reader, s->log->partition, KAFKA_BEGINNING, s->log->end, err);
	if (rc == 0) {
		s->log->begin = kafka_reader_from(s->reader);
		buf_be64(&buf, (uint64_t)s->log->begin);
		buf_be64(&buf, (uint64_t)s->log->end);
		rc = seal_out_write(out, buf.data, buf.len, err) || copy(s, out, &buf, c, err);
	}
	buf_release(&buf);
	free(c);
	return rc ? -1 : 0;
}

/* ---- reading ---- */

static int64_t be(const uint8_t *bytes, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | bytes[i];
	return (int64_t)v;
}

static int wrong(const struct backup_log *log, struct err *err)
{
	return err_set(err, ERR_CONFIG, "The log of %s partition %d is not as it was written.", log->topic,
		       log->partition);
}

/* The next record's bytes into buf: 1; 0 at the end. */
static int next_record(struct seal_in *in, const struct backup_log *log, struct buf *buf, struct err *err)
{
	uint8_t head[4];
	long n = seal_in_read(in, head, 4, err);
	int64_t len;

	if (n <= 0)
		return (int)n;
	len = be(head, 4);
	buf_clear(buf);
	if (n != 4 || len > BACKUP_RECORD_MAX || !buf_reserve(buf, (size_t)len))
		return wrong(log, err);
	n = seal_in_read(in, buf->data, (size_t)len, err);
	if (n < 0)
		return -1;
	buf->len = (size_t)n;
	return n == len ? 1 : wrong(log, err);
}

static int read_records(struct seal_in *in, const struct backup_log *log,
			int (*each)(void *ctx, const struct kafka_record *record, int64_t offset, struct err *err),
			void *ctx, struct buf *buf, struct err *err)
{
	static struct kafka_record_header headers[BACKUP_HEADERS_MAX];
	struct kafka_record record;
	int64_t offset, last = log->begin - 1;
	int rc;

	while ((rc = next_record(in, log, buf, err)) == 1) {
		if (run_stopping())
			return err_set(err, ERR_CONFIG, "stopped");
		if (backup_record_decode(buf->data, buf->len, &record, headers, &offset, err))
			return -1;
		if (offset <= last || offset >= log->end)
			return wrong(log, err);
		last = offset;
		record.partition = log->partition;
		if (each && each(ctx, &record, offset, err))
			return -1;
	}
	return rc;
}

int backup_log_read(const struct backup *b, const struct backup_log *log,
		    int (*each)(void *ctx, const struct kafka_record *record, int64_t offset, struct err *err),
		    void *ctx, struct err *err)
{
	char name[BACKUP_NAME_MAX + 16];
	struct seal_in *in = NULL;
	struct buf buf;
	uint8_t head[16];
	int rc;

	backup_log_name(log, name, sizeof name);
	if (backup_open_part(b, name, &in, err))
		return -1;
	buf_init(&buf, BACKUP_RECORD_MAX);
	rc = seal_in_read(in, head, sizeof head, err) < 0 ? -1 : 0;
	if (rc == 0 && (be(head, 8) != log->begin || be(head + 8, 8) != log->end))
		rc = wrong(log, err);
	if (rc == 0)
		rc = read_records(in, log, each, ctx, &buf, err);
	buf_release(&buf);
	seal_in_close(in);
	return rc;
}
