/* A feed message with its headers, through every source there is. */
#include "hash/hash.h"
#include "incident/incident_json.h"
#include "normalizer/convert.h"
#include "pack/pack.h"
#include "record.h"
#include "sources.h" /* generated: SOURCES(of) of each services/normalizer-<source> */

#define DECLARE(name) extern const struct source name##_source;
#define LIST(name) &name##_source,
SOURCES(DECLARE)
static const struct source *const sources[] = {SOURCES(LIST)};
#define COUNT (sizeof sources / sizeof *sources)

static struct convert *converts[COUNT];
static struct hash_key key;
static struct buf line;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err err = {0};

	(void)argc, (void)argv;
	record_open();
	buf_init(&line, 1u << 22);
	fuzz_must(hash_key_init(&key, "0000000000000000000000000000000000000000000000000000000000000000", &err), &err);
	for (size_t i = 0; i < COUNT; i++) {
		struct convert_options options = {.source = sources[i],
						  .installation_key = &key,
						  .operator_key = &key,
						  .schemas_dir = SOURCE_DIR "/schemas",
						  .bytes_max = 1u << 16};
		struct pack *pack;

		fuzz_must(pack_open(&pack, SOURCE_DIR "/schemas", SOURCE_DIR "/deploy/kumla", sources[i]->name, &err),
			  &err);
		options.pack = pack;
		fuzz_must(convert_open(&converts[i], &options, &err), &err);
	}
	return 0;
}

/* Byte 0: source; byte 1: which parts are there; then the parts with their lengths before them; the rest: the value. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz f = {data, data + len};
	struct convert *convert = converts[fuzz_number(&f, 1) % COUNT];
	unsigned there = (unsigned)fuzz_number(&f, 1);
	struct convert_input in = {.append_ms = 1779900000000, .topic = "feed", .origin = {{"feed", 4}, 1, 1, 2, 3}};
	struct incident_text *headers[] = {&in.content_type, &in.ce_time, &in.revision,
					   &in.backfill,     &in.reason,  &in.signature};
	struct incident out;
	int rejected;

	for (size_t i = 0; i < 6; i++)
		if (there >> i & 1)
			headers[i]->text = fuzz_text(&f, 1, &headers[i]->len);
	if (there & 64)
		in.key = fuzz_text(&f, 1, &in.key_len);
	if (!(there & 128)) {
		in.value = f.p;
		in.value_len = (size_t)(f.end - f.p);
	}
	rejected = convert_message(convert, &in, &out);
	FUZZ_CHECK(rejected == 0 || rejected == 1);
	FUZZ_CHECK(rejected == (out.operation == INCIDENT_REJECT));
	FUZZ_CHECK(!rejected || (out.reason && out.detail.len));
	record_same(&out);
	buf_clear(&line);
	incident_json(&out, &line);
	FUZZ_CHECK(!line.overflow && line.data[line.len - 1] == '\n');
	return 0;
}
