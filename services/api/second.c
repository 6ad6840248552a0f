/* second: codes of a telephone beside the password (RFC 6238). A session whose code is still to come is nobody's
 * everywhere but here. */
#include "api.h"

#include "api_sql.h"
#include "base/log.h"
#include "hash/secret.h"
#include "hash/totp.h"
#include "json/jsonread.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

struct second {
	int64_t account, step;
	bool done, locked, enrolled;
	char name[220], kept[SECRET_SIZE]; /* kept: the secret as the database has it; "": none yet */
};

static struct secret_key key;
static bool sealing;

int second_open(const char *hex, struct err *err)
{
	sealing = *hex;
	if (sealing)
		return secret_key_init(&key, hex, "second factor", err);
	log_text(LOG_NOTE, "unsealed", "LAGESBILD_KEY is not set: secrets of second factors are kept as they are");
	return 0;
}

void second_close(void)
{
	secret_key_release(&key);
}

static void seal(const struct second *s, const char *secret, char out[SECRET_SIZE])
{
	char whose[24];

	snprintf(whose, sizeof whose, "%lld", (long long)s->account);
	if (sealing)
		secret_seal(&key, whose, secret, out);
	else
		snprintf(out, SECRET_SIZE, "%s", secret);
}

/* One that was kept before there was a key stands there as it is. */
static bool unseal(const struct second *s, char out[SECRET_TEXT_MAX + 1])
{
	char whose[24];

	snprintf(whose, sizeof whose, "%lld", (long long)s->account);
	if (secret_is_sealed(s->kept))
		return sealing && secret_open(&key, whose, s->kept, out);
	snprintf(out, SECRET_TEXT_MAX + 1, "%.*s", SECRET_TEXT_MAX, s->kept);
	return true;
}

/* 1: found; 0: this is no session, which has been answered; -1. */
static int find(struct call *c, struct db *db, struct second *s, struct err *err)
{
	struct db_result *res;
	long rows;
	int k;

	db_param_text(db, c->who.session, strlen(c->who.session));
	rows = db_query(db, api_sql_second_begin, &res, err);
	if (rows < 0)
		return -1;
	if (rows) {
		*s = (struct second){.account = db_int(res, 0, 0),
				     .done = db_int(res, 0, 2),
				     .locked = db_int(res, 0, 3),
				     .enrolled = !db_null(res, 0, 4),
				     .step = db_int(res, 0, 6)};
		snprintf(s->name, sizeof s->name, "%s", db_text(res, 0, 1, NULL));
		k = s->enrolled ? 4 : 5;
		if (!db_null(res, 0, k))
			snprintf(s->kept, sizeof s->kept, "%s", db_text(res, 0, k, NULL));
	} else {
		problem(c->request, 401, "Logga in först", NULL);
	}
	db_free(res);
	return rows > 0;
}

/* The address that an app reads from a picture (https://github.com/google/google-authenticator/wiki/Key-Uri-Format). */
static void send_secret(struct call *c, const struct second *s, const char *secret)
{
	struct buf b;

	buf_init(&b, 4096);
	buf_format(&b, "{\"secret\":\"%s\",\"uri\":\"otpauth://totp/L%%C3%%A4gesbild:", secret);
	for (const unsigned char *p = (const unsigned char *)s->name; *p; p++)
		buf_format(&b, *p < 0x80 && *p != '@' ? "%c" : "%%%02X", *p);
	buf_format(&b, "?secret=%s&issuer=L%%C3%%A4gesbild&algorithm=SHA1&digits=6&period=%d\"}", secret, TOTP_STEP_S);
	desk_send(c->request, 200, (const char *)b.data, b.len);
	buf_release(&b);
}

static int enrol(struct call *c, struct db *db, struct err *err)
{
	char secret[TOTP_SECRET_SIZE], kept[SECRET_SIZE];
	struct second s = {0};
	int found = find(c, db, &s, err);

	if (found <= 0)
		return found;
	if (s.enrolled) {
		problem(c->request, 409, "Det finns redan en kod för kontot; driften kan nollställa den", NULL);
		return 0;
	}
	totp_secret(secret);
	seal(&s, secret, kept);
	db_param_int8(db, s.account);
	db_param_text(db, kept, strlen(kept));
	if (db_query(db, api_sql_second_enrol, NULL, err) < 0)
		return -1;
	send_secret(c, &s, secret);
	return 0;
}

void second_enrol(struct call *c)
{
	struct err err = {0};
	struct db *db = worker_desk(c->worker, &err);

	if (!db || enrol(c, db, &err) < 0)
		problem_db(c->request, db, &err);
}

/* Notes the attempt; step 0: the code was wrong. 1: it was right, and has not been used before. */
static int end(struct call *c, struct db *db, const struct second *s, int64_t step, struct err *err)
{
	struct db_result *res;
	int taken;

	db_param_text(db, c->who.session, strlen(c->who.session));
	db_param_int8(db, s->account);
	db_param_text(db, s->kept, strlen(s->kept));
	db_param_int8(db, step);
	if (db_query(db, api_sql_second_end, &res, err) < 0)
		return -1;
	taken = (int)db_int(res, 0, 0);
	db_free(res);
	who_forget();
	return taken;
}

static int seal_old(struct db *db, const struct second *s, const char *secret, struct err *err)
{
	char kept[SECRET_SIZE];

	if (!sealing || secret_is_sealed(s->kept))
		return 0;
	seal(s, secret, kept);
	db_param_int8(db, s->account);
	db_param_text(db, s->kept, strlen(s->kept));
	db_param_text(db, kept, strlen(kept));
	return db_query(db, api_sql_second_seal, NULL, err) < 0 ? -1 : 0;
}

static int try_code(struct call *c, struct db *db, const struct second *s, const struct field *code, struct err *err)
{
	char secret[SECRET_TEXT_MAX + 1] = "";
	int64_t step = 0;
	int taken;

	if (!unseal(s, secret)) {
		log_text(LOG_WARNING, "second-factor",
			 "an account's secret is sealed by another LAGESBILD_KEY: give the api that one, or run "
			 "lagesbild accounts set NAME --reset-second");
		problem(c->request, 503, "Koden kan inte prövas här; hör med driften", NULL);
		return 0;
	}
	if (!totp_check(secret, code->text, code->len, time(NULL), s->step, &step))
		step = 0;
	taken = end(c, db, s, step, err);
	if (taken < 0 || (taken && seal_old(db, s, secret, err)))
		return -1;
	if (taken) {
		c->who.account = s->account;
		signin_session(c);
	} else {
		problem(c->request, 401, "Koden stämmer inte eller har redan använts", NULL);
	}
	return 0;
}

static int prove(struct call *c, struct db *db, const struct field *code, struct err *err)
{
	struct second s = {0};
	int found = find(c, db, &s, err);

	if (found <= 0)
		return found;
	if (!s.locked)
		return try_code(c, db, &s, code, err);
	server_set(c->request, "Retry-After", "900");
	problem(c->request, 429, "Låst en stund efter för många försök", NULL);
	return 0;
}

void second_give(struct call *c)
{
	static const struct field_spec specs[] = {{.path = "code", .required = true, .type = FIELD_TEXT, .max = 10}};
	struct jsonread *reader;
	struct field code[1];
	struct err err = {0};
	struct db *db = worker_desk(c->worker, &err);

	if (!db) {
		problem_db(c->request, NULL, &err);
		return;
	}
	if (signin_read(c, specs, 1, code, &reader) && prove(c, db, &code[0], &err) < 0)
		problem_db(c->request, db, &err);
	jsonread_close(reader);
}
