/* oidc: signing in at the municipality's own identity provider: OpenID Connect Core 1.0, authorization code with PKCE
 * (RFC 7636). What has to be remembered between going and coming back is a random word in the browser's cookie; state,
 * nonce and verifier are made from it by a key of this process, so nothing is kept here. */
#include "api.h"

#include "api_sql.h"
#include "base/log.h"
#include "claims.h"
#include "hash/hash.h"
#include "hash/jws.h"
#include "oidc_provider.h"
#include "registry/fetch.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COOKIE "__Host-lagesbild-oidc"
#define WAIT_S 600 /* between going and coming back */
#define ADDRESS_MAX 8192

static struct oidc_options o;
static struct hash_key key;

int oidc_open(const struct oidc_options *options, struct err *err)
{
	uint8_t bytes[32];
	char hex[65];

	o = *options;
	if (!o.issuer || !*o.issuer)
		return 0;
	if (strncmp(o.issuer, "https://", 8) && strncmp(o.issuer, "http://127.0.0.1:", 17))
		return err_set(err, ERR_CONFIG, "LAGESBILD_OIDC_ISSUER begins with https://");
	if (!*o.client || !o.secret || !*o.secret || !*o.redirect)
		return err_set(err, ERR_CONFIG,
			       "LAGESBILD_OIDC_ISSUER needs _CLIENT_ID, _CLIENT_SECRET (or _FILE) and _REDIRECT");
	hash_random(bytes, sizeof bytes);
	hash_hex(bytes, sizeof bytes, hex);
	provider_open(o.issuer);
	return hash_key_init(&key, hex, err);
}

void oidc_close(void)
{
	hash_key_release(&key);
	provider_close();
}

/* ---- the words of one sign-in ---- */

struct words {
	char state[TOKEN_SIZE], nonce[TOKEN_SIZE], verifier[TOKEN_SIZE], challenge[TOKEN_SIZE];
};

static void derive(const char *label, const char *cookie, char out[TOKEN_SIZE])
{
	const struct hash_part parts[] = {{label, strlen(label) + 1}, {cookie, strlen(cookie)}};
	uint8_t mac[32];

	hash_hmac(&key, parts, 2, mac);
	token_text(mac, out);
}

static void make_words(const char *cookie, struct words *w)
{
	uint8_t digest[32];

	derive("state", cookie, w->state);
	derive("nonce", cookie, w->nonce);
	derive("verifier", cookie, w->verifier);
	hash_sha256(w->verifier, strlen(w->verifier), digest);
	token_text(digest, w->challenge);
}

static void set_cookie(struct server_request *r, const char *value)
{
	char text[200];

	snprintf(text, sizeof text, COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=%d", value,
		 *value ? WAIT_S : 0);
	server_set(r, "Set-Cookie", text);
}

/* ---- pages: people come here by a link, so what goes wrong is told in words ---- */

static void page(struct call *c, unsigned status, const char *sentence)
{
	char text[1024];
	int n = snprintf(text, sizeof text,
			 "<!doctype html><html lang=\"sv\"><meta charset=\"utf-8\"><title>Lägesbild</title>"
			 "<h1>Inloggningen gick inte</h1><p>%s</p><p><a href=\"/\">Till startsidan</a></p>",
			 sentence);

	server_set(c->request, "Cache-Control", "no-store");
	server_answer(c->request, status, "text/html; charset=utf-8", text, (size_t)n, SERVER_PLAIN);
}

static bool off(struct call *c)
{
	if (!o.issuer || !*o.issuer)
		problem(c->request, 404, "Inloggning hos annan är inte påslagen", NULL);
	return !o.issuer || !*o.issuer;
}

static void pair(struct buf *b, const char *name, const char *value)
{
	buf_format(b, "%s=", name);
	fetch_escape(b, value);
}

static void redirect(struct call *c, const char *address)
{
	server_set(c->request, "Cache-Control", "no-store");
	server_set(c->request, "Location", address);
	server_answer(c->request, 303, NULL, NULL, 0, SERVER_PLAIN);
}

/* ---- going ---- */

static void send_away(struct call *c, const struct provider *p, const struct words *w)
{
	struct buf b;

	buf_init(&b, ADDRESS_MAX);
	buf_format(&b, "%s%cresponse_type=code&code_challenge_method=S256&scope=%s&", p->authorization,
		   strchr(p->authorization, '?') ? '&' : '?',
		   strcmp(o.claim, "sub") ? "openid%20profile%20email" : "openid");
	pair(&b, "client_id", o.client);
	pair(&b, "&redirect_uri", o.redirect);
	buf_format(&b, "&state=%s&nonce=%s&code_challenge=%s", w->state, w->nonce, w->challenge);
	buf_byte(&b, 0);
	redirect(c, (const char *)b.data);
	buf_release(&b);
}

void oidc_begin(struct call *c)
{
	struct provider p;
	struct words w;
	struct err err = {0};
	char word[TOKEN_SIZE], cookie[80];

	if (off(c))
		return;
	if (provider_get(&p, &err)) {
		log_text(LOG_WARNING, "oidc", "%s", err.text);
		page(c, 503, "Inloggningstjänsten svarar inte just nu. Försök igen om en stund.");
		return;
	}
	token_new(word);
	snprintf(cookie, sizeof cookie, "%s.%lld", word, (long long)time(NULL));
	make_words(cookie, &w);
	set_cookie(c->request, cookie);
	send_away(c, &p, &w);
}

/* ---- coming back ---- */

static const char *argument(const struct call *c, const char *name)
{
	for (int i = 0; i < c->count; i++)
		if (strcmp(c->arguments[i].name, name) == 0)
			return c->arguments[i].value;
	return "";
}

/* Is it the browser that went, and not too long ago? */
static bool same_browser(const struct call *c, const char *cookie, const struct words *w)
{
	const char *dot = cookie ? strchr(cookie, '.') : NULL, *state = argument(c, "state");
	long long began = dot ? strtoll(dot + 1, NULL, 10) : 0;

	return dot && began <= time(NULL) && time(NULL) - began <= WAIT_S && strlen(state) == strlen(w->state) &&
	       hash_equal(state, w->state, strlen(state));
}

/* The code for a token, whose person is given if all of it is right. */
static int redeem(const struct call *c, const struct words *w, char subject[CLAIMS_SUBJECT_SIZE], struct err *err)
{
	const struct claims_wanted wanted = {o.issuer, o.client, w->nonce, o.claim, time(NULL)};
	struct provider p;
	struct buf form, claims;
	int rc = -1;

	if (provider_get(&p, err))
		return -1;
	buf_init(&form, ADDRESS_MAX);
	buf_init(&claims, CLAIMS_MAX);
	pair(&form, "grant_type=authorization_code&code", argument(c, "code"));
	pair(&form, "&redirect_uri", o.redirect);
	pair(&form, "&code_verifier", w->verifier);
	buf_byte(&form, 0);
	if (!form.overflow && provider_redeem(&p, (const char *)form.data, o.client, o.secret, &claims, err) == 0)
		rc = claims_check((const char *)claims.data, claims.len, &wanted, subject, err);
	buf_release(&form);
	buf_release(&claims);
	return rc;
}

static int open_session(struct call *c, struct db *db, const char *subject, struct err *err)
{
	const char *peer = who_peer(c->request);
	struct signin_words words;
	struct db_result *res;
	bool known;

	signin_words(&words);
	db_param_text(db, subject, strlen(subject));
	db_param_text(db, words.key, strlen(words.key));
	db_param_text(db, words.csrf, strlen(words.csrf));
	db_param_text(db, peer, strlen(peer));
	if (db_query(db, api_sql_sign_in_subject, &res, err) < 0)
		return -1;
	known = db_rows(res) && !db_null(res, 0, 0);
	db_free(res);
	if (known) {
		signin_set_cookie(c->request, words.cookie);
		redirect(c, "/");
	} else {
		page(c, 403,
		     "Du är inloggad hos kommunen men har inget konto här. Be den som sköter Lägesbild om ett.");
	}
	return 0;
}

static void come_back(struct call *c, const struct words *w)
{
	char subject[CLAIMS_SUBJECT_SIZE];
	struct err err = {0};
	struct db *db;

	if (redeem(c, w, subject, &err)) {
		log_text(LOG_WARNING, "oidc", "%s", err.text);
		page(c, err.kind == ERR_MESSAGE ? 403 : 503,
		     "Inloggningstjänstens svar kunde inte godtas. Försök igen.");
		return;
	}
	db = worker_desk(c->worker, &err);
	if (!db || open_session(c, db, subject, &err))
		problem_db(c->request, db, &err);
}

void oidc_back(struct call *c)
{
	const char *cookie = server_cookie(c->request, COOKIE), *issuer = argument(c, "iss");
	struct words w;

	if (off(c))
		return;
	make_words(cookie ? cookie : "", &w);
	set_cookie(c->request, "");
	if (!same_browser(c, cookie, &w))
		page(c, 400, "Inloggningen började någon annanstans eller tog för lång tid. Försök igen.");
	else if (*issuer && strcmp(issuer, o.issuer) != 0)
		page(c, 400, "Svaret kom från någon annan än kommunens inloggningstjänst.");
	else if (*argument(c, "error") || !*argument(c, "code"))
		page(c, 403, "Inloggningen avbröts.");
	else
		come_back(c, &w);
}
