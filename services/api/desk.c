/* desk: what people write, and their signing in. A desk's function answers with a status and JSON; all it needs to know
 * is the account, the arguments and the body. */
#include "api.h"

#include "api_sql.h"
#include "base/log.h"
#include "hash/password.h"
#include "hash/token.h"
#include "json/jsonread.h"
#include "session.h"
#include <stdio.h>
#include <string.h>

#define SIGN_IN_BYTES 4096

/* ---- operations of the desk ---- */

static void put_call(struct call *c, struct db *db, const char *body, size_t len)
{
	db_param_int8(db, c->who.account);
	db_param_array(db, DB_TEXT, (size_t)c->count);
	for (int i = 0; i < c->count; i++)
		db_item_text(db, c->arguments[i].name, strlen(c->arguments[i].name));
	db_param_array(db, DB_TEXT, (size_t)c->count);
	for (int i = 0; i < c->count; i++)
		db_item_text(db, c->arguments[i].value, strlen(c->arguments[i].value));
	db_param_text(db, len ? body : NULL, len);
}

static void send_json(struct server_request *r, unsigned status, const char *text, size_t len)
{
	server_set(r, "Cache-Control", "no-store");
	server_answer(r, status, len ? "application/json" : NULL, text, len, SERVER_TEXT);
}

void desk_answer(struct call *c)
{
	struct err err = {0};
	struct db_result *res;
	const char *body, *text;
	size_t len;
	struct db *db = worker_desk(c->worker, &err);

	body = server_body(c->request, &len);
	if (!db) {
		problem_db(c->request, NULL, &err);
		return;
	}
	put_call(c, db, body, len);
	if (db_query(db, c->route->sql, &res, &err) < 0) {
		problem_db(c->request, db, &err);
		return;
	}
	len = 0;
	text = db_rows(res) && !db_null(res, 0, 1) ? db_text(res, 0, 1, &len) : "";
	send_json(c->request, db_rows(res) ? (unsigned)db_int(res, 0, 0) : 404, text, len);
	db_free(res);
}

/* Who is signed in, and the word that this session's changes have to bring along. */
void desk_session(struct call *c)
{
	if (*c->who.csrf)
		server_set(c->request, "X-CSRF-Token", c->who.csrf);
	desk_answer(c);
}

/* ---- signing in and out ---- */

enum { NAME, PASSWORD, CODE, FIELDS };

static const struct field_spec specs[FIELDS] = {
	[NAME] = {.path = "name", .required = true, .type = FIELD_TEXT, .max = 100},
	[PASSWORD] = {.path = "password", .required = true, .type = FIELD_TEXT, .max = PASSWORD_MAX},
	[CODE] = {.path = "code", .type = FIELD_TEXT, .max = 10},
};

struct attempt {
	int64_t account;
	bool locked;
	char hash[PASSWORD_HASH_SIZE];
};

/* What is compared with when there is no such account, so that it takes as long. */
static const char no_hash[] = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$"
			      "RdescudvJCsgt3ub+b0dWRWJTmaaJObGzB4GGG9bGfU";

static int find_attempt(struct db *db, const struct field *name, struct attempt *a, struct err *err)
{
	struct db_result *res;

	db_param_text(db, name->text, name->len);
	if (db_query(db, api_sql_sign_in_begin, &res, err) < 0)
		return -1;
	*a = (struct attempt){.account = 0};
	snprintf(a->hash, sizeof a->hash, "%s", no_hash);
	if (db_rows(res)) {
		a->account = db_int(res, 0, 0);
		a->locked = db_int(res, 0, 1);
		if (!db_null(res, 0, 2))
			snprintf(a->hash, sizeof a->hash, "%s", db_text(res, 0, 2, NULL));
	}
	db_free(res);
	return 0;
}

/* Notes the attempt; a good one becomes a session, whose cookie goes out. */
static int end_attempt(struct call *c, struct db *db, const struct field *name, const struct attempt *a, bool good,
		       struct err *err)
{
	char token[TOKEN_SIZE], key[65], csrf[TOKEN_SIZE], cookie[200];
	struct db_result *res;

	token_new(token);
	token_new(csrf);
	token_key(token, key);
	db_param_text(db, name->text, name->len);
	db_param_int8(db, a->account);
	db_param_int2(db, good);
	db_param_text(db, key, strlen(key));
	db_param_text(db, csrf, strlen(csrf));
	db_param_text(db, server_peer(c->request), strlen(server_peer(c->request)));
	if (db_query(db, api_sql_sign_in_end, &res, err) < 0)
		return -1;
	if (good) {
		snprintf(cookie, sizeof cookie, SESSION_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Lax", token);
		server_set(c->request, "Set-Cookie", cookie);
		send_json(c->request, 200, db_text(res, 0, 0, NULL), strlen(db_text(res, 0, 0, NULL)));
	}
	db_free(res);
	return 0;
}

static void try_sign_in(struct call *c, struct db *db, const struct field *fields)
{
	struct attempt a;
	struct err err = {0};
	bool good;

	if (find_attempt(db, &fields[NAME], &a, &err)) {
		problem_db(c->request, db, &err);
		return;
	}
	if (a.locked) {
		server_set(c->request, "Retry-After", "900");
		problem(c->request, 429, "Kontot är låst en stund efter för många försök", NULL);
		return;
	}
	good = password_verify(a.hash, fields[PASSWORD].text, fields[PASSWORD].len) && a.account;
	if (end_attempt(c, db, &fields[NAME], &a, good, &err))
		problem_db(c->request, db, &err);
	else if (!good)
		problem(c->request, 401, "Namn eller lösenord stämmer inte", NULL);
}

void desk_sign_in(struct call *c)
{
	struct jsonread *reader = NULL;
	struct field fields[FIELDS];
	struct err err = {0};
	struct db *db = worker_desk(c->worker, &err);
	const char *body;
	size_t len;

	body = server_body(c->request, &len);
	if (!db)
		problem_db(c->request, NULL, &err);
	else if (jsonread_open(&reader, SIGN_IN_BYTES, &err) ||
		 jsonread_record(reader, body, len, specs, FIELDS, fields, &err) ||
		 field_check(specs, FIELDS, fields, &err))
		problem(c->request, 400, "Namn och lösenord behövs", err.text);
	else
		try_sign_in(c, db, fields);
	jsonread_close(reader);
}

void desk_sign_out(struct call *c)
{
	struct err err = {0};
	struct db *db = worker_desk(c->worker, &err);
	char key[65];

	token_key(server_cookie(c->request, SESSION_COOKIE), key);
	if (db)
		db_param_text(db, key, strlen(key));
	if (!db || db_query(db, api_sql_sign_out, NULL, &err) < 0) {
		problem_db(c->request, db, &err);
		return;
	}
	who_forget();
	server_set(c->request, "Set-Cookie", SESSION_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
	send_json(c->request, 204, "", 0);
}

void desk_changes(struct call *c)
{
	server_stream(c->request);
}
