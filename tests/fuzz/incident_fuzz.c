/* Any incident that passes the check is the same after a journey: decode(encode(x)) = x. */
#include "base/utf8.h"
#include "incident/incident_json.h"
#include "record.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	record_open();
	return 0;
}

static void take_text(struct fuzz *f, struct incident_text *out)
{
	if (fuzz_number(f, 1) & 1)
		out->text = fuzz_text(f, 1, &out->len);
	if (!utf8_valid(out->text ? out->text : "", out->len)) /* its reader's to check (incident.h) */
		*out = (struct incident_text){NULL, 0};
}

static void take_long(struct fuzz *f, int64_t *out)
{
	static const uint8_t sizes[] = {0, 1, 2, 5, 6, 7, 8, 8};
	size_t size = sizes[fuzz_number(f, 1) % 8];

	if (size)
		*out = (int64_t)fuzz_number(f, size);
}

static void take_texts(struct fuzz *f, struct incident *in)
{
	struct incident_text *texts[] = {&in->detail,	    &in->source_system, &in->source_id,	   &in->source_type,
					 &in->category,	    &in->mapping,	&in->municipality, &in->area,
					 &in->place,	    &in->place_type,	&in->status,	   &in->unit,
					 &in->origin.topic, &in->source};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		take_text(f, texts[i]);
}

static void take_numbers(struct fuzz *f, struct incident *in)
{
	int64_t *longs[] = {&in->revision,    &in->count,	 &in->occurred_from, &in->occurred_to,
			    &in->reported_at, &in->published_at, &in->received_at,   &in->perceived_unsafety,
			    &in->redactions,  &in->origin.epoch, &in->origin.offset, &in->origin.sequence};
	uint64_t bits;

	for (size_t i = 0; i < sizeof longs / sizeof *longs; i++)
		take_long(f, longs[i]);
	in->origin.partition = (int32_t)fuzz_number(f, 2);
	in->operation = fuzz_number(f, 1) % 3;
	in->reason = fuzz_number(f, 1) % REASON_COUNT;
	in->attempt = (int8_t)(fuzz_number(f, 1) % 3) - 1;
	in->suppressed = (int8_t)(fuzz_number(f, 1) % 3) - 1;
	in->countable = fuzz_number(f, 1) % (COUNTABLE_INFO + 1);
	in->time_precision = fuzz_number(f, 1) % (PRECISION_UNKNOWN + 1);
	in->geo_precision = fuzz_number(f, 1) % (GEO_NONE + 1);
	in->verified = fuzz_number(f, 1) % (VERIFIED_UNFOUNDED + 1);
	in->release = fuzz_number(f, 1) % (RELEASE_RESTRICTED + 1);
	in->backfill = fuzz_number(f, 1) & 1;
	if (fuzz_number(f, 1) & 1) {
		bits = fuzz_number(f, 8);
		memcpy(&in->latitude, &bits, 8);
		bits = fuzz_number(f, 8);
		memcpy(&in->longitude, &bits, 8);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz f = {data, data + len};
	struct incident in;
	struct err err = {0};
	struct buf line;

	incident_init(&in);
	in.origin = (struct incident_origin){{"feed.press", 10}, 1, 1, 2, 3};
	in.source = (struct incident_text){"press", 5};
	take_numbers(&f, &in);
	take_texts(&f, &in);
	if (incident_check(&in, &err)) {
		fuzz_told(&err);
		return 0;
	}
	record_same(&in);
	buf_init(&line, 1u << 20);
	incident_json(&in, &line);
	FUZZ_CHECK(!line.overflow && utf8_valid((char *)line.data, line.len));
	buf_release(&line);
	return 0;
}
