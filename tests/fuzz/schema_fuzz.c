/* A schema as a registry may hand it out, and a message written with it. */
#include "avro/avroread.h"
#include "fuzz.h"

static const struct field_spec specs[] = {{.path = "id"}, {.path = "name"}, {.path = "location.name"}, {.path = "a"}};

/* Avro-C forgets to free what it has parsed of a schema that it refuses. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libavro.so\n";
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz f = {data, data + len};
	struct avroread *reader = NULL;
	struct field fields[4];
	struct err err = {0};
	uint64_t fingerprint;
	size_t json_len;
	const char *json = fuzz_text(&f, 2, &json_len);

	fuzz_must(avroread_open(&reader, &err), &err);
	if (avroread_add(reader, json, json_len, &fingerprint, &err))
		FUZZ_CHECK(err.kind == ERR_CONFIG && err.text[0]);
	else if (avroread_body(reader, fingerprint, f.p, (size_t)(f.end - f.p), specs, 4, fields, &err))
		fuzz_told(&err);
	avroread_close(reader);
	return 0;
}
