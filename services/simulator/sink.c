#include "sink.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { LINE_MAX_BYTES = 1 << 20 };

int sink_open_files(struct sink *sink, const char *dir, unsigned wanted, struct err *err)
{
	char path[512];

	*sink = (struct sink){0};
	buf_init(&sink->line, LINE_MAX_BYTES);
	if (mkdir(dir, 0777) && errno != EEXIST)
		return err_set(err, ERR_CONFIG, "%s cannot be made: %s.", dir, strerror(errno));
	for (int i = 0; i < SOURCES; i++) {
		if (!(wanted & 1u << i))
			continue;
		snprintf(path, sizeof path, "%s/%s.ndjson", dir, sources[i]->name);
		sink->files[i] = fopen(path, "we");
		if (!sink->files[i]) {
			err_set(err, ERR_CONFIG, "%s cannot be written: %s.", path, strerror(errno));
			sink_close(sink);
			return -1;
		}
	}
	return 0;
}

int sink_open_topics(struct sink *sink, const struct feed_plan *plan, unsigned wanted, struct err *err)
{
	*sink = (struct sink){0};
	if (feed_open(&sink->feed, plan, err))
		return -1;
	for (int i = 0; i < SOURCES; i++)
		if ((wanted & 1u << i) && (sink->topics[i] = feed_topic(sink->feed, sources[i]->name, err)) < 0) {
			sink_close(sink);
			return -1;
		}
	return 0;
}

void sink_close(struct sink *sink)
{
	for (int i = 0; i < SOURCES; i++)
		if (sink->files[i])
			fclose(sink->files[i]);
	feed_close(sink->feed);
	buf_release(&sink->line);
	*sink = (struct sink){0};
}

static void put_value(struct buf *line, const struct sink_message *m)
{
	if (!m->raw) {
		buf_append(line, "\"value\":", 8);
		buf_append(line, m->value ? m->value : "null", m->value ? m->value_len : 4);
		return;
	}
	buf_append(line, "\"hex\":\"", 7);
	for (size_t i = 0; i < m->value_len; i++)
		buf_format(line, "%02x", (unsigned char)m->value[i]);
	buf_byte(line, '"');
}

static int to_file(struct sink *sink, const struct sink_message *m, struct err *err)
{
	char time[OBJECT_TIME_SIZE];
	struct buf *line = &sink->line;
	FILE *file = sink->files[m->source];

	object_write_time(NULL, m->at_ms, OBJECT_UTC, time);
	buf_clear(line);
	buf_append(line, "{\"key\":", 7);
	buf_quote(line, m->key, m->key_len);
	buf_format(line, ",\"time\":\"%s\",", time);
	put_value(line, m);
	buf_append(line, "}\n", 2);
	if (line->overflow)
		return err_set(err, ERR_CONFIG, "A message is longer than %d bytes.", LINE_MAX_BYTES);
	if (fwrite(line->data, 1, line->len, file) != line->len)
		return err_set(err, ERR_CONFIG, "The file of %s cannot be written: %s.", sources[m->source]->name,
			       strerror(errno));
	return 0;
}

int sink_send(struct sink *sink, const struct sink_message *message, struct err *err)
{
	const struct feed_message m = {.topic = sink->topics[message->source],
				       .key = message->key,
				       .key_len = message->key_len,
				       .value = message->value,
				       .value_len = message->value_len,
				       .time_s = message->at_ms / 1000};

	sink->sent++;
	return sink->feed ? feed_send(sink->feed, &m, err) : to_file(sink, message, err);
}

int sink_finish(struct sink *sink, struct err *err)
{
	if (sink->feed)
		return feed_finish(sink->feed, err);
	for (int i = 0; i < SOURCES; i++)
		if (sink->files[i] && fflush(sink->files[i]))
			return err_set(err, ERR_CONFIG, "The file of %s cannot be written: %s.", sources[i]->name,
				       strerror(errno));
	return 0;
}
