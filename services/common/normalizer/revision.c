#include "normalizer/revision.h"

#include "hash/signature.h"
#include <string.h>

#define REVISION_AHEAD_US (24 * 3600 * INT64_C(1000000))

/* Up to 17 digits, nothing else: microseconds of a year before 5138. INCIDENT_NULL otherwise. */
static int64_t revision_digits(struct incident_text text)
{
	int64_t number = 0;

	if (text.len == 0 || text.len > 17)
		return INCIDENT_NULL;
	for (size_t i = 0; i < text.len; i++) {
		if (text.text[i] < '0' || text.text[i] > '9')
			return INCIDENT_NULL;
		number = number * 10 + (text.text[i] - '0');
	}
	return number;
}

static bool revision_is(struct incident_text text, const char *word)
{
	return text.len == strlen(word) && !memcmp(text.text, word, text.len);
}

static struct hash_part revision_part(struct incident_text text)
{
	return (struct hash_part){text.text, text.text ? text.len : 0};
}

static bool revision_signed(const struct hash_key *operator_key, const struct convert_input *input)
{
	const struct signature_text text = {
		.topic = {input->topic, input->topic ? strlen(input->topic) : 0},
		.key = {input->key, input->key ? input->key_len : 0},
		.revision = revision_part(input->revision),
		.backfill = revision_part(input->backfill),
		.reason = revision_part(input->reason),
		.value = {input->value, input->value ? input->value_len : 0},
	};

	return input->signature.text &&
	       signature_verify(operator_key, &text, input->signature.text, input->signature.len);
}

void revision_read_headers(const struct hash_key *operator_key, const struct convert_input *input,
			   struct revision_headers *out)
{
	*out = (struct revision_headers){.revision_us = INCIDENT_NULL};
	if (!input->revision.len && !input->backfill.len && !input->reason.len)
		return;
	if (!operator_key || !revision_signed(operator_key, input)) {
		out->ignored = true;
		return;
	}
	out->revision_us = revision_digits(input->revision);
	out->backfill = revision_is(input->backfill, "1") || revision_is(input->backfill, "true");
	out->reason = err_reason_find(input->reason.text, input->reason.len);
	if (out->reason != REASON_SOURCE_REMOVED && out->reason != REASON_PURGED)
		out->reason = REASON_NONE;
}

int revision_envelope_time(const struct period_zone *zone, struct incident_text time, int64_t *us, struct err *err)
{
	struct err why = {0};
	int64_t ms;
	bool day_only = false;

	if (!time.text || time.len == 0) {
		*us = INCIDENT_NULL;
		return 0;
	}
	if (period_parse(zone, time.text, time.len, &ms, &day_only, &why) || day_only)
		return err_message(err, REASON_BAD_TIME, "The CloudEvents time is no RFC 3339 time.");
	*us = ms * 1000;
	return 0;
}

int revision_choose(const int64_t *candidates_us, size_t count, int64_t append_ms, int64_t *out, struct err *err)
{
	int64_t append_us = append_ms * 1000, chosen = append_us;

	for (size_t i = 0; i < count; i++) {
		if (candidates_us[i] == INCIDENT_NULL)
			continue;
		chosen = candidates_us[i];
		break;
	}
	if (chosen > append_us + REVISION_AHEAD_US)
		return err_message(err, REASON_BAD_TIME,
				   "The revision lies more than 24 hours after the time of receipt.");
	*out = chosen;
	return 0;
}
