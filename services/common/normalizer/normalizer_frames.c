#include "normalizer/normalizer_frames.h"

#include "base/buf.h"
#include "incident/deadletter.h"
#include <stdio.h>
#include <string.h>

static void take(struct convert_input *in, struct incident_text name, const void *value, size_t len)
{
	const struct {
		const char *name;
		struct incident_text *to;
	} known[] = {
		{"content-type", &in->content_type},   {"ce_time", &in->ce_time},
		{"lagesbild-revision", &in->revision}, {"lagesbild-backfill", &in->backfill},
		{"lagesbild-reason", &in->reason},     {"lagesbild-signature", &in->signature},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strlen(known[i].name) == name.len && !memcmp(name.text, known[i].name, name.len))
			*known[i].to = (struct incident_text){value, len};
}

void normalizer_frames_header(void *ctx, const char *name, const void *value, size_t len)
{
	take(ctx, (struct incident_text){name, strlen(name)}, value, len);
}

static int put(const struct buf *record)
{
	uint32_t len = (uint32_t)record->len;

	return fwrite(&len, sizeof len, 1, stdout) == 1 && fwrite(record->data, 1, len, stdout) == len ? 0 : -1;
}

static void put_unknowns(const struct convert *convert, const struct incident *in, struct buf *out)
{
	struct convert_unknowns u = convert_unknowns(convert, in);
	uint32_t len = (uint32_t)u.type.len;

	buf_append(out, &len, sizeof len);
	buf_append(out, u.type.text, u.type.len);
	buf_append(out, u.place.text, u.place.len);
}

static int answer(struct convert *convert, bool unknowns, const struct buf *frame, struct buf *out, struct err *err)
{
	struct deadletter_header headers[DEADLETTER_HEADERS_MAX];
	struct deadletter m;
	struct convert_input in;
	struct incident incident;
	char topic[200];

	if (deadletter_decode(frame->data, frame->len, headers, &m, err) || m.topic.len >= sizeof topic)
		return err_set(err, ERR_CONFIG, "A frame holds no message.");
	snprintf(topic, sizeof topic, "%.*s", (int)m.topic.len, m.topic.text);
	in = (struct convert_input){.value = m.value,
				    .value_len = m.value_len,
				    .key = m.key,
				    .key_len = m.key_len,
				    .append_ms = m.append_time,
				    .topic = topic,
				    .origin = {{topic, m.topic.len}, m.partition, m.epoch, m.offset, 1}};
	for (size_t i = 0; i < m.header_count; i++)
		take(&in, headers[i].name, headers[i].value, headers[i].value_len);
	if (convert_message(convert, &in, &incident) < 0) {
		*err = *convert_failure(convert);
		return -1;
	}
	buf_clear(out);
	if (unknowns)
		put_unknowns(convert, &incident, out);
	else
		incident_encode(&incident, out);
	return out->overflow || put(out) ? err_set(err, ERR_CONFIG, "The answer could not be written.") : 0;
}

int normalizer_frames(struct convert *convert, bool unknowns, struct err *err)
{
	struct buf frame, out;
	uint32_t len;
	int rc = 0;

	buf_init(&frame, NORMALIZER_FRAME_MAX);
	buf_init(&out, 64u << 10);
	while (rc == 0 && fread(&len, sizeof len, 1, stdin) == 1) {
		buf_clear(&frame);
		if (len == 0)
			rc = fflush(stdout) ? err_set(err, ERR_CONFIG, "The answer could not be written.") : 0;
		else if (!buf_reserve(&frame, len) || fread(frame.data, 1, len, stdin) != len)
			rc = err_set(err, ERR_CONFIG, "A frame is too long, or cut off.");
		else if ((frame.len = len) != 0)
			rc = answer(convert, unknowns, &frame, &out, err);
	}
	buf_release(&frame);
	buf_release(&out);
	return rc;
}
