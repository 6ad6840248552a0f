/* CloudEvents around a message, the operator's headers and their signature. */
#include "fuzz.h"
#include "hash/signature.h"
#include "normalizer/envelope.h"
#include "normalizer/revision.h"

static struct jsonread *reader;
static struct period_zone *zone;
static struct hash_key key;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err err = {0};

	(void)argc, (void)argv;
	fuzz_must(jsonread_open(&reader, 1u << 16, &err), &err);
	fuzz_must(period_zone_open(&zone, "Europe/Stockholm", &err), &err);
	fuzz_must(hash_key_init(&key, "0000000000000000000000000000000000000000000000000000000000000000", &err), &err);
	return 0;
}

/* What is signed counts, whatever it is; the same with one bit of the value changed does not. */
static void check_signature(struct convert_input *in)
{
	struct revision_headers right, wrong;
	char text[SIGNATURE_SIZE];
	const struct signature_text parts = {
		{in->topic, strlen(in->topic)},	       {in->key, in->key_len},
		{in->revision.text, in->revision.len}, {in->backfill.text, in->backfill.len},
		{in->reason.text, in->reason.len},     {in->value, in->value_len}};

	signature_make(&key, &parts, text);
	FUZZ_CHECK(signature_verify(&key, &parts, text, SIGNATURE_SIZE - 1));
	revision_read_headers(&key, in, &wrong);
	in->signature = (struct incident_text){text, SIGNATURE_SIZE - 1};
	revision_read_headers(&key, in, &right);
	text[7] ^= 1;
	FUZZ_CHECK(!signature_verify(&key, &parts, text, SIGNATURE_SIZE - 1));
	revision_read_headers(&key, in, &wrong);
	FUZZ_CHECK(wrong.revision_us == INCIDENT_NULL && !wrong.backfill && wrong.reason == REASON_NONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz f = {data, data + len};
	struct convert_input in = {.append_ms = 1779900000000, .topic = "feed.press"};
	struct incident_text *headers[] = {&in.content_type, &in.ce_time, &in.revision,
					   &in.backfill,     &in.reason,  &in.signature};
	struct envelope envelope;
	struct err err = {0};
	int64_t us = INCIDENT_NULL;

	for (size_t i = 0; i < 6; i++)
		headers[i]->text = fuzz_text(&f, 1, &headers[i]->len);
	in.value = f.p;
	in.value_len = (size_t)(f.end - f.p);
	check_signature(&in);
	if (revision_envelope_time(zone, in.ce_time, &us, &err))
		fuzz_told(&err);
	if (envelope_open(reader, in.content_type, in.value, in.value_len, &envelope, &err)) {
		fuzz_told(&err);
		return 0;
	}
	FUZZ_CHECK(envelope.data && envelope.len <= in.value_len);
	if (envelope.time.text && revision_envelope_time(zone, envelope.time, &us, &err))
		fuzz_told(&err);
	return 0;
}
