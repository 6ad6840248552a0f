#include "normalizer/revision.h"
#include "hash/signature.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define APPEND_MS INT64_C(1779900000000)
#define DAY_US (INT64_C(86400) * 1000000)

static struct hash_key key;
static struct period_zone *zone;
static struct err err;

static int setup(void **state)
{
	(void)state;
	return hash_key_init(&key, "1111111111111111111111111111111111111111111111111111111111111111", &err) ||
	       period_zone_open(&zone, "Europe/Stockholm", &err);
}

static int teardown(void **state)
{
	(void)state;
	hash_key_release(&key);
	period_zone_close(zone);
	return 0;
}

static struct incident_text text(const char *t)
{
	return (struct incident_text){t, t ? strlen(t) : 0};
}

static struct hash_part part(struct incident_text t)
{
	return (struct hash_part){t.text, t.len};
}

/* ---- the operator's headers ---- */

static struct convert_input claim(const char *revision, const char *backfill, const char *reason)
{
	return (struct convert_input){.topic = "feed.press",
				      .key = "636459",
				      .key_len = 6,
				      .value = "{}",
				      .value_len = 2,
				      .revision = text(revision),
				      .backfill = text(backfill),
				      .reason = text(reason)};
}

static void sign(struct convert_input *in, char out[SIGNATURE_SIZE])
{
	const struct signature_text signed_text = {
		.topic = {in->topic, strlen(in->topic)},
		.key = {in->key, in->key_len},
		.revision = part(in->revision),
		.backfill = part(in->backfill),
		.reason = part(in->reason),
		.value = {in->value, in->value_len},
	};

	signature_make(&key, &signed_text, out);
	in->signature = (struct incident_text){out, SIGNATURE_SIZE - 1};
}

static void signed_headers_count(void **state)
{
	struct convert_input in = claim("1779000000000000", "1", "source-removed");
	char signature[SIGNATURE_SIZE];
	struct revision_headers got;

	(void)state;
	sign(&in, signature);
	revision_read_headers(&key, &in, &got);
	assert_false(got.ignored);
	assert_true(got.backfill);
	assert_int_equal(got.revision_us, 1779000000000000);
	assert_int_equal(got.reason, REASON_SOURCE_REMOVED);
}

static void assert_ignored(const struct hash_key *with, const struct convert_input *in)
{
	struct revision_headers got;

	revision_read_headers(with, in, &got);
	assert_true(got.ignored);
	assert_false(got.backfill);
	assert_int_equal(got.revision_us, INCIDENT_NULL);
	assert_int_equal(got.reason, REASON_NONE);
}

/* Anyone may write a header; each part of the message is bound by the signature. */
static void a_claim_that_is_not_signed_is_ignored(void **state)
{
	struct convert_input in = claim("1779000000000000", "1", NULL), other;
	char signature[SIGNATURE_SIZE];

	(void)state;
	assert_ignored(&key, &in);
	sign(&in, signature);
	assert_ignored(NULL, &in);
	other = in, other.value = "[]";
	assert_ignored(&key, &other);
	other = in, other.key = "636460";
	assert_ignored(&key, &other);
	other = in, other.topic = "feed.staff";
	assert_ignored(&key, &other);
	other = in, other.revision = text("1779000000000001");
	assert_ignored(&key, &other);
	other = in, other.backfill = text(NULL);
	assert_ignored(&key, &other);
	other = in, other.reason = text("source-removed");
	assert_ignored(&key, &other);
	other = in, other.signature.len--;
	assert_ignored(&key, &other);
	signature[5] ^= 1;
	assert_ignored(&key, &in);
}

static void without_a_claim_there_is_nothing_to_ignore(void **state)
{
	struct convert_input in = claim(NULL, NULL, NULL);
	struct revision_headers got;

	(void)state;
	revision_read_headers(&key, &in, &got);
	assert_false(got.ignored);
	assert_int_equal(got.revision_us, INCIDENT_NULL);
}

static void a_signed_revision_that_is_no_number_says_nothing(void **state)
{
	static const char *const texts[] = {"-1", "1e9", " 1", "123456789012345678", "0x1"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct convert_input in = claim(texts[i], NULL, NULL);
		char signature[SIGNATURE_SIZE];
		struct revision_headers got;

		sign(&in, signature);
		revision_read_headers(&key, &in, &got);
		assert_int_equal(got.revision_us, INCIDENT_NULL);
	}
}

/* ---- which time it is ---- */

static void the_first_that_exists_is_chosen(void **state)
{
	int64_t none[2] = {INCIDENT_NULL, INCIDENT_NULL}, both[3] = {INCIDENT_NULL, 500, 900}, out;

	(void)state;
	assert_int_equal(revision_choose(both, 3, APPEND_MS, &out, &err), 0);
	assert_int_equal(out, 500);
	assert_int_equal(revision_choose(none, 2, APPEND_MS, &out, &err), 0);
	assert_int_equal(out, APPEND_MS * 1000);
}

/* A revision from the far future would beat every true one to come. */
static void one_from_the_future_is_refused(void **state)
{
	int64_t limit = APPEND_MS * 1000 + DAY_US, past = limit + 1, out = 42;

	(void)state;
	assert_int_equal(revision_choose(&limit, 1, APPEND_MS, &out, &err), 0);
	assert_int_equal(out, limit);
	assert_int_equal(revision_choose(&past, 1, APPEND_MS, &out, &err), -1);
	assert_int_equal(err.reason, REASON_BAD_TIME);
	assert_int_equal(out, limit);
}

static void the_envelope_time_is_an_instant(void **state)
{
	static const char *const wrong[] = {"2026-05-27", "yesterday", "2026-13-01T00:00:00Z", "1779900000"};
	int64_t us = 1;

	(void)state;
	assert_int_equal(revision_envelope_time(zone, text("2026-05-27T16:40:00Z"), &us, &err), 0);
	assert_int_equal(us, APPEND_MS * 1000);
	assert_int_equal(revision_envelope_time(zone, text(NULL), &us, &err), 0);
	assert_int_equal(us, INCIDENT_NULL);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		err = (struct err){0};
		assert_int_equal(revision_envelope_time(zone, text(wrong[i]), &us, &err), -1);
		assert_int_equal(err.reason, REASON_BAD_TIME);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signed_headers_count),
		cmocka_unit_test(a_claim_that_is_not_signed_is_ignored),
		cmocka_unit_test(without_a_claim_there_is_nothing_to_ignore),
		cmocka_unit_test(a_signed_revision_that_is_no_number_says_nothing),
		cmocka_unit_test(the_first_that_exists_is_chosen),
		cmocka_unit_test(one_from_the_future_is_refused),
		cmocka_unit_test(the_envelope_time_is_an_instant),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
