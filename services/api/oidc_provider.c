#include "oidc_provider.h"

#include "base/run.h"
#include "hash/jws.h"
#include "json/jsonread.h"
#include "registry/fetch.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define ANSWER_MAX (256 << 10)
#define TOTAL_MS 5000
#define KEEP_MS 3600000
#define AGAIN_MS 5000 /* keys, and one that does not answer: at most so often */

static struct {
	pthread_mutex_t lock;
	const char *issuer;
	struct provider known;
	struct buf keys;
	int64_t known_until_ms, known_again_ms, keys_until_ms, keys_again_ms;
} m = {.lock = PTHREAD_MUTEX_INITIALIZER};

void provider_open(const char *issuer)
{
	m.issuer = issuer;
	buf_init(&m.keys, ANSWER_MAX);
}

void provider_close(void)
{
	buf_release(&m.keys);
}

static int get(const char *url, struct buf *answer, struct err *err)
{
	const struct fetch_request request = {.url = url, .total_ms = TOTAL_MS};
	long status = 0;

	if (fetch_run(&request, answer, &status, err))
		return -1;
	return status == 200 ? 0 : err_set(err, ERR_RETRY, "the identity provider answered %ld", status);
}

/* ---- where it is ---- */

enum { ISSUER, AUTHORIZATION, TOKEN, KEYS, FIELDS };

static void copy(char out[PROVIDER_ADDRESS_MAX], const struct field *f)
{
	snprintf(out, PROVIDER_ADDRESS_MAX, "%.*s", (int)f->len, f->text);
}

static int read_document(const struct buf *text, struct provider *p, struct err *err)
{
	static const struct field_spec specs[FIELDS] = {
		[ISSUER] = {.path = "issuer", .required = true, .type = FIELD_TEXT, .max = 1000},
		[AUTHORIZATION] = {.path = "authorization_endpoint", .required = true, .type = FIELD_TEXT, .max = 1000},
		[TOKEN] = {.path = "token_endpoint", .required = true, .type = FIELD_TEXT, .max = 1000},
		[KEYS] = {.path = "jwks_uri", .required = true, .type = FIELD_TEXT, .max = 1000}};
	struct field f[FIELDS];
	struct jsonread *reader = NULL;
	int rc = jsonread_open(&reader, ANSWER_MAX, err);

	rc = rc || jsonread_record(reader, text->data, text->len, specs, FIELDS, f, err) ||
	     field_check(specs, FIELDS, f, err);
	if (rc || f[ISSUER].len != strlen(m.issuer) || memcmp(f[ISSUER].text, m.issuer, f[ISSUER].len) != 0) {
		rc = err_set(err, ERR_RETRY, "the identity provider's description cannot be used");
	} else {
		copy(p->authorization, &f[AUTHORIZATION]);
		copy(p->token, &f[TOKEN]);
		copy(p->keys, &f[KEYS]);
	}
	jsonread_close(reader);
	return rc;
}

/* One that does not answer must not hold up every worker in turn. */
static int discover(struct err *err)
{
	char url[PROVIDER_ADDRESS_MAX];
	size_t len = strlen(m.issuer);
	struct buf answer;
	int rc;

	if (run_monotonic_ms() < m.known_again_ms)
		return err_set(err, ERR_RETRY, "the identity provider did not answer a moment ago");
	snprintf(url, sizeof url, "%.*s/.well-known/openid-configuration",
		 (int)(len && m.issuer[len - 1] == '/' ? len - 1 : len), m.issuer);
	buf_init(&answer, ANSWER_MAX);
	rc = get(url, &answer, err) || read_document(&answer, &m.known, err) ? -1 : 0;
	buf_release(&answer);
	if (rc == 0)
		m.known_until_ms = run_monotonic_ms() + KEEP_MS;
	else
		m.known_again_ms = run_monotonic_ms() + AGAIN_MS;
	return rc;
}

int provider_get(struct provider *p, struct err *err)
{
	int rc = 0;

	pthread_mutex_lock(&m.lock);
	if (run_monotonic_ms() >= m.known_until_ms)
		rc = discover(err);
	if (rc == 0)
		*p = m.known;
	pthread_mutex_unlock(&m.lock);
	return rc;
}

/* ---- its keys ---- */

struct search {
	struct jws *token;
	struct jsonread *reader;
	struct buf *claims;
	bool tried, found;
};

static bool same(const struct field *f, const char *text)
{
	return f->type == FIELD_TEXT && f->len == strlen(text) && memcmp(f->text, text, f->len) == 0;
}

static int try_key(void *ctx, const char *element, size_t len, struct err *err)
{
	static const struct field_spec specs[] = {{.path = "kid"}, {.path = "kty"}, {.path = "use"}};
	const char *kid;
	struct search *s = ctx;
	struct field f[3];
	struct err ignored = {0};

	(void)err;
	kid = jws_key_id(s->token);
	if (s->found || jsonread_record(s->reader, element, len, specs, 3, f, &ignored) ||
	    !same(&f[1], jws_key_type(s->token)) || (*kid && !same(&f[0], kid)) || same(&f[2], "enc"))
		return 0;
	s->tried = true;
	s->found = jws_verify(s->token, element, len, s->claims, &ignored) == 0;
	return 0;
}

static void search(struct search *s)
{
	struct jsonread *list = NULL;
	struct err ignored = {0};

	s->tried = false;
	if (m.keys.len && jsonread_open(&list, ANSWER_MAX, &ignored) == 0 &&
	    jsonread_each(list, m.keys.data, m.keys.len, "keys", try_key, s, &ignored))
		s->tried = false;
	jsonread_close(list);
}

/* By a key that is known, else by those that the provider has now. */
static int verify(const struct provider *p, struct jws *token, struct buf *claims, struct err *err)
{
	struct search s = {.token = token, .claims = claims};
	int64_t now = run_monotonic_ms();
	int rc = jsonread_open(&s.reader, ANSWER_MAX, err);

	pthread_mutex_lock(&m.lock);
	if (rc == 0 && now < m.keys_until_ms)
		search(&s);
	if (rc == 0 && !s.found && !s.tried && now >= m.keys_again_ms) {
		m.keys_again_ms = now + AGAIN_MS;
		m.keys_until_ms = 0;
		rc = get(p->keys, &m.keys, err);
		if (rc == 0) {
			m.keys_until_ms = now + KEEP_MS;
			search(&s);
		}
	}
	pthread_mutex_unlock(&m.lock);
	jsonread_close(s.reader);
	if (rc == 0 && !s.found)
		rc = err_message(err, REASON_BAD_VALUE, "the token is not signed by a key of the identity provider");
	return rc;
}

/* ---- a code's token ---- */

static int read_token(const struct provider *p, const struct buf *answer, struct buf *claims, struct err *err)
{
	static const struct field_spec spec[] = {
		{.path = "id_token", .required = true, .type = FIELD_TEXT, .max = 64 << 10}};
	struct jsonread *reader = NULL;
	struct jws *token = NULL;
	struct field f[1];
	int rc = -1;

	if (jsonread_open(&reader, ANSWER_MAX, err) == 0 &&
	    jsonread_record(reader, answer->data, answer->len, spec, 1, f, err) == 0 &&
	    field_check(spec, 1, f, err) == 0 && jws_open(&token, f[0].text, f[0].len, err) == 0)
		rc = verify(p, token, claims, err);
	jws_close(token);
	jsonread_close(reader);
	return rc;
}

/* Basic's name and password are form-encoded first (RFC 6749, 2.3.1). */
static void encode(struct buf *out, const char *text)
{
	buf_init(out, 4096);
	fetch_escape(out, text);
	buf_byte(out, 0);
}

int provider_redeem(const struct provider *p, const char *form, const char *client, const char *secret,
		    struct buf *claims, struct err *err)
{
	struct buf answer, user, password;
	struct fetch_request request = {.url = p->token, .form = form, .total_ms = TOTAL_MS};
	long status = 0;
	int rc;

	buf_init(&answer, ANSWER_MAX);
	encode(&user, client);
	encode(&password, secret);
	request.user = (const char *)user.data;
	request.password = (const char *)password.data;
	rc = fetch_run(&request, &answer, &status, err);
	if (rc == 0 && status != 200)
		rc = status >= 500 ? err_set(err, ERR_RETRY, "the identity provider answered %ld", status)
				   : err_message(err, REASON_BAD_VALUE, "the identity provider refused the code (%ld)",
						 status);
	if (rc == 0)
		rc = read_token(p, &answer, claims, err);
	buf_release(&answer);
	buf_release(&user);
	buf_release(&password);
	return rc;
}
