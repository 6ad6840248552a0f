/* A dead letter holds the message's own bytes, whatever they are. */
#include "base/utf8.h"
#include "avro/avroread.h"
#include "fuzz.h"
#include "incident/deadletter.h"

static struct avroread *reader;
static struct buf out;
static const struct field_spec specs[] = {{.path = "reason"},	  {.path = "detail"}, {.path = "topic"},
					  {.path = "offset"},	  {.path = "key"},    {.path = "value"},
					  {.path = "append_time"}};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err err = {0};

	(void)argc, (void)argv;
	buf_init(&out, 1u << 22);
	fuzz_must(avroread_open(&reader, &err), &err);
	fuzz_must(avroread_add(reader, deadletter_schema, strlen(deadletter_schema), NULL, &err), &err);
	return 0;
}

static bool same(const struct field *f, const void *bytes, size_t len)
{
	if (!bytes)
		return f->type == FIELD_NULL;
	return f->type == FIELD_TEXT && f->len == len && !memcmp(f->text, bytes, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct deadletter_header headers[DEADLETTER_HEADERS_MAX + 8];
	struct fuzz f = {data, data + len};
	struct deadletter letter = {.headers = headers};
	unsigned there = (unsigned)fuzz_number(&f, 1);
	struct field fields[7];
	struct err err = {0};
	size_t dropped;

	letter.reason = 1 + fuzz_number(&f, 1) % (REASON_COUNT - 1);
	letter.offset = (int64_t)fuzz_number(&f, 8);
	letter.append_time = (int64_t)fuzz_number(&f, 6);
	letter.detail.text = fuzz_text(&f, 2, &letter.detail.len);
	letter.topic.text = fuzz_text(&f, 1, &letter.topic.len);
	letter.header_count = fuzz_number(&f, 1) % (DEADLETTER_HEADERS_MAX + 8);
	for (size_t i = 0; i < letter.header_count; i++) {
		headers[i].name.text = fuzz_text(&f, 1, &headers[i].name.len);
		headers[i].value = fuzz_number(&f, 1) & 1 ? f.p : NULL;
		if (headers[i].value)
			headers[i].value = fuzz_text(&f, 2, &headers[i].value_len);
	}
	if (there & 1)
		letter.key = fuzz_text(&f, 1, &letter.key_len);
	if (there & 2) {
		letter.value = f.p;
		letter.value_len = (size_t)(f.end - f.p);
	}
	buf_clear(&out);
	dropped = deadletter_encode(&letter, &out);
	FUZZ_CHECK(!out.overflow && dropped <= letter.header_count);
	FUZZ_CHECK(out.len <= letter.key_len + letter.value_len + DEADLETTER_OVERHEAD_MAX);
	fuzz_must(avroread_record(reader, out.data, out.len, specs, 7, fields, &err), &err);
	FUZZ_CHECK(same(&fields[4], letter.key, letter.key_len) && same(&fields[5], letter.value, letter.value_len));
	FUZZ_CHECK(fields[3].number == letter.offset && fields[6].number == letter.append_time);
	return 0;
}
