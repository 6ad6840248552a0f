#include "claims.h"

#include "base/buf.h"
#include "json/jsonread.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define SLACK_S 60 /* of two clocks */

enum { ISS, AUD, AZP, EXP, NBF, NONCE, VERIFIED, PERSON, FIELDS };

static bool is(const struct field *f, const char *text)
{
	return f->type == FIELD_TEXT && f->len == strlen(text) && memcmp(f->text, text, f->len) == 0;
}

struct audience {
	const char *client;
	struct jsonread *reader;
	int count;
	bool found;
};

/* An element may be written with escapes, so it is read like a field. */
static int one_audience(void *ctx, const char *element, size_t len, struct err *err)
{
	static const struct field_spec spec[] = {{.path = "v"}};
	struct audience *a = ctx;
	struct field f[1];
	struct buf text;

	buf_init(&text, CLAIMS_MAX);
	buf_format(&text, "{\"v\":");
	buf_append(&text, element, len);
	buf_byte(&text, '}');
	a->count++;
	if (!text.overflow && jsonread_record(a->reader, text.data, text.len, spec, 1, f, err) == 0)
		a->found = a->found || is(&f[0], a->client);
	buf_release(&text);
	return 0;
}

/* For us alone, or for several and given to us. */
static bool for_us(struct jsonread *reader, const char *json, size_t len, const struct field *aud,
		   const struct field *azp, const char *client)
{
	struct audience a = {.client = client};
	struct err ignored = {0};
	bool absent = azp->type == FIELD_ABSENT, given = is(azp, client);

	if (aud->type == FIELD_TEXT)
		return (absent || given) && is(aud, client);
	if (jsonread_open(&a.reader, CLAIMS_MAX, &ignored) ||
	    jsonread_each(reader, json, len, "aud", one_audience, &a, &ignored))
		a.found = false;
	jsonread_close(a.reader);
	return a.found && (given || (absent && a.count == 1));
}

static const char *trouble(const struct field *f, const struct claims_wanted *w)
{
	if (!is(&f[ISS], w->issuer))
		return "the token is another issuer's";
	if ((f[EXP].type != FIELD_INT && f[EXP].type != FIELD_REAL) || f[EXP].real + SLACK_S < (double)w->now_s)
		return "the token's time is over";
	if ((f[NBF].type == FIELD_INT || f[NBF].type == FIELD_REAL) && f[NBF].real - SLACK_S > (double)w->now_s)
		return "the token's time has not come";
	if (!is(&f[NONCE], w->nonce))
		return "the token belongs to another sign-in";
	if (f[PERSON].type != FIELD_TEXT || f[PERSON].len == 0 || f[PERSON].len >= CLAIMS_SUBJECT_SIZE)
		return "the token names nobody";
	if (strcmp(w->claim, "email") == 0 && !(f[VERIFIED].type == FIELD_BOOL && f[VERIFIED].number))
		return "the token's e-mail address is not verified";
	return NULL;
}

int claims_check(const char *json, size_t len, const struct claims_wanted *w, char subject[CLAIMS_SUBJECT_SIZE],
		 struct err *err)
{
	const struct field_spec specs[FIELDS] = {
		[ISS] = {.path = "iss"},       [AUD] = {.path = "aud"},
		[AZP] = {.path = "azp"},       [EXP] = {.path = "exp"},
		[NBF] = {.path = "nbf"},       [NONCE] = {.path = "nonce"},
		[PERSON] = {.path = w->claim}, [VERIFIED] = {.path = "email_verified"}};
	struct field f[FIELDS];
	struct jsonread *reader = NULL;
	const char *why = NULL;
	char person[CLAIMS_SUBJECT_SIZE];
	int rc = -1;

	if (jsonread_open(&reader, CLAIMS_MAX, err) == 0 &&
	    jsonread_record(reader, json, len, specs, FIELDS, f, err) == 0) {
		why = trouble(f, w);
		if (!why)
			snprintf(person, sizeof person, "%.*s", (int)f[PERSON].len, f[PERSON].text);
		if (!why && !for_us(reader, json, len, &f[AUD], &f[AZP], w->client))
			why = "the token is for somebody else";
		rc = why ? err_message(err, REASON_BAD_VALUE, "%s", why) : 0;
	}
	if (rc == 0)
		memcpy(subject, person, sizeof person);
	jsonread_close(reader);
	return rc;
}
