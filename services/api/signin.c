/* signin: sessions by name and password, and who has one. Whether there is such a name cannot be told from an answer
 * nor from how long it takes. */
#include "api.h"

#include "api_sql.h"
#include "hash/hash.h"
#include "hash/password.h"
#include "json/jsonread.h"
#include "session.h"
#include <stdio.h>
#include <string.h>

#define BODY_BYTES 4096

/* Of a password that nobody knows: what is compared with when there is none, so that it takes as long. */
static char no_hash[PASSWORD_HASH_SIZE];

int signin_open(struct err *err)
{
	uint8_t bytes[32];

	hash_random(bytes, sizeof bytes);
	if (password_hash((const char *)bytes, sizeof bytes, no_hash))
		return err_set(err, ERR_RETRY, "out of memory for a password's hash");
	return 0;
}

void signin_words(struct signin_words *w)
{
	token_new(w->cookie);
	token_new(w->csrf);
	token_key(w->cookie, w->key);
}

void signin_set_cookie(struct server_request *r, const char *value)
{
	char cookie[200];

	snprintf(cookie, sizeof cookie, SESSION_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Lax%s", value,
		 *value ? "" : "; Max-Age=0");
	server_set(r, "Set-Cookie", cookie);
}

bool signin_read(struct call *c, const struct field_spec *specs, size_t count, struct field *fields,
		 struct jsonread **reader)
{
	struct err err = {0};
	const char *body;
	size_t len;

	*reader = NULL;
	body = server_body(c->request, &len);
	if (jsonread_open(reader, BODY_BYTES, &err) == 0 &&
	    jsonread_record(*reader, body, len, specs, count, fields, &err) == 0 &&
	    field_check(specs, count, fields, &err) == 0)
		return true;
	problem(c->request, 400, "Något saknas eller är fel", err.text);
	return false;
}

static void text(struct db *db, const char *value)
{
	db_param_text(db, value, strlen(value));
}

/* ---- who is it? ---- */

/* Who is signed in, and the word that this session's changes have to bring along. */
void signin_session(struct call *c)
{
	struct err err = {0};
	struct db_result *res;
	struct db *db = worker_desk(c->worker, &err);
	const char *answer;

	if (*c->who.csrf)
		server_set(c->request, "X-CSRF-Token", c->who.csrf);
	if (db) {
		db_param_int8(db, c->who.account);
		text(db, c->who.session);
	}
	if (!db || db_query(db, api_sql_session_state, &res, &err) < 0) {
		problem_db(c->request, db, &err);
		return;
	}
	answer = db_text(res, 0, 0, NULL);
	desk_send(c->request, 200, answer, strlen(answer));
	db_free(res);
}

/* ---- in ---- */

enum { NAME, PASSWORD, FIELDS };

static const struct field_spec specs[FIELDS] = {
	[NAME] = {.path = "name", .required = true, .type = FIELD_TEXT, .max = 100},
	[PASSWORD] = {.path = "password", .required = true, .type = FIELD_TEXT, .max = PASSWORD_MAX},
};

struct attempt {
	int64_t account;
	bool locked, known; /* known: hash is the account's own */
	char hash[PASSWORD_HASH_SIZE];
};

static void take_hash(struct attempt *a, const struct db_result *res, int column)
{
	a->known = db_rows(res) && !db_null(res, 0, column);
	snprintf(a->hash, sizeof a->hash, "%s", a->known ? db_text(res, 0, column, NULL) : no_hash);
}

static bool is_password(const struct attempt *a, const struct field *given)
{
	bool same = password_verify(a->hash, given->text, given->len);

	return same && a->known && a->account;
}

static int find_attempt(struct call *c, struct db *db, const struct field *name, struct attempt *a, struct err *err)
{
	struct db_result *res;

	db_param_text(db, name->text, name->len);
	text(db, who_peer(c->request));
	if (db_query(db, api_sql_sign_in_begin, &res, err) < 0)
		return -1;
	*a = (struct attempt){.account = db_rows(res) ? db_int(res, 0, 0) : 0,
			      .locked = db_rows(res) && db_int(res, 0, 1)};
	take_hash(a, res, 2);
	db_free(res);
	return 0;
}

/* Notes the attempt; a good one becomes a session, whose cookie goes out. */
static int end_attempt(struct call *c, struct db *db, const struct field *name, const struct attempt *a, bool good,
		       struct err *err)
{
	struct signin_words words;
	struct db_result *res;

	signin_words(&words);
	db_param_text(db, name->text, name->len);
	db_param_int8(db, a->account);
	db_param_int2(db, good);
	text(db, words.key);
	text(db, words.csrf);
	text(db, who_peer(c->request));
	if (db_query(db, api_sql_sign_in_end, &res, err) < 0)
		return -1;
	if (good) {
		signin_set_cookie(c->request, words.cookie);
		desk_send(c->request, 200, db_text(res, 0, 0, NULL), strlen(db_text(res, 0, 0, NULL)));
	}
	db_free(res);
	return 0;
}

static void refuse_locked(struct call *c)
{
	server_set(c->request, "Retry-After", "900");
	problem(c->request, 429, "Låst en stund efter för många försök", NULL);
}

static void try_sign_in(struct call *c, struct db *db, const struct field *fields)
{
	struct attempt a;
	struct err err = {0};
	bool good;

	if (find_attempt(c, db, &fields[NAME], &a, &err)) {
		problem_db(c->request, db, &err);
		return;
	}
	if (a.locked) {
		refuse_locked(c);
		return;
	}
	good = is_password(&a, &fields[PASSWORD]);
	if (end_attempt(c, db, &fields[NAME], &a, good, &err))
		problem_db(c->request, db, &err);
	else if (!good)
		problem(c->request, 401, "Namn eller lösenord stämmer inte", NULL);
}

void signin_in(struct call *c)
{
	struct jsonread *reader;
	struct field fields[FIELDS];
	struct err err = {0};
	struct db *db = worker_desk(c->worker, &err);

	if (!db) {
		problem_db(c->request, NULL, &err);
		return;
	}
	if (signin_read(c, specs, FIELDS, fields, &reader))
		try_sign_in(c, db, fields);
	jsonread_close(reader);
}

/* ---- out ---- */

void signin_out(struct call *c)
{
	struct err err = {0};
	struct db *db = worker_desk(c->worker, &err);

	if (db)
		text(db, c->who.session);
	if (!db || db_query(db, api_sql_sign_out, NULL, &err) < 0) {
		problem_db(c->request, db, &err);
		return;
	}
	who_forget();
	signin_set_cookie(c->request, "");
	desk_send(c->request, 204, "", 0);
}

/* ---- another password ---- */

static const struct field_spec change_specs[] = {
	{.path = "old", .required = true, .type = FIELD_TEXT, .max = PASSWORD_MAX},
	{.path = "new", .required = true, .type = FIELD_TEXT, .max = PASSWORD_MAX},
};

static size_t characters(const struct field *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->len; i++)
		n += ((unsigned char)f->text[i] & 0xc0) != 0x80;
	return n;
}

static int find_own(struct call *c, struct db *db, struct attempt *a, struct err *err)
{
	struct db_result *res;

	db_param_int8(db, c->who.account);
	if (db_query(db, api_sql_password_begin, &res, err) < 0)
		return -1;
	*a = (struct attempt){.account = c->who.account, .locked = db_rows(res) && db_int(res, 0, 0)};
	take_hash(a, res, 1);
	db_free(res);
	return 0;
}

static int end_change(struct call *c, struct db *db, const char *fresh, struct err *err)
{
	db_param_int8(db, c->who.account);
	text(db, c->who.session);
	db_param_text(db, fresh, fresh ? strlen(fresh) : 0);
	return db_query(db, api_sql_password_end, NULL, err) < 0 ? -1 : 0;
}

static void change(struct call *c, struct db *db, const struct field *old, const struct field *fresh)
{
	char hash[PASSWORD_HASH_SIZE] = "";
	struct attempt a;
	struct err err = {0};
	bool good;

	if (characters(fresh) < PASSWORD_MIN) {
		problem(c->request, 400, "Ett lösenord har minst 12 tecken", "new: at least 12 characters");
		return;
	}
	if (find_own(c, db, &a, &err)) {
		problem_db(c->request, db, &err);
		return;
	}
	if (a.locked) {
		refuse_locked(c);
		return;
	}
	good = is_password(&a, old);
	if ((good && password_hash(fresh->text, fresh->len, hash) && err_set(&err, ERR_RETRY, "out of memory")) ||
	    end_change(c, db, good ? hash : NULL, &err))
		problem_db(c->request, db, &err);
	else if (!good)
		problem(c->request, 403, "Det gamla lösenordet stämmer inte", NULL);
	else
		desk_send(c->request, 204, "", 0);
}

void signin_password(struct call *c)
{
	struct jsonread *reader;
	struct field fields[2];
	struct err err = {0};
	struct db *db = worker_desk(c->worker, &err);

	if (!db) {
		problem_db(c->request, NULL, &err);
		return;
	}
	if (signin_read(c, change_specs, 2, fields, &reader))
		change(c, db, &fields[0], &fields[1]);
	jsonread_close(reader);
}
