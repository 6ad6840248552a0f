/* who: from a cookie to an account. What the database said is remembered for a few seconds, and no longer than until it
 * says that something has changed. */
#include "api.h"

#include "api_sql.h"
#include "base/run.h"
#include "base/utf8.h"
#include "hash/hash.h"
#include "hash/token.h"
#include "session.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PLACES 4096
#define REMEMBER_MS 10000

static struct who_proxy proxy;
static struct hash_key proxy_key; /* makes the words of those whom a proxy names */

static struct {
	pthread_mutex_t lock;
	uint64_t changes; /* how often something was forgotten */
	struct {
		char key[65];
		int64_t until_ms;
		struct who who;
	} places[PLACES];
} m = {.lock = PTHREAD_MUTEX_INITIALIZER};

void who_forget(void)
{
	pthread_mutex_lock(&m.lock);
	for (size_t i = 0; i < PLACES; i++)
		m.places[i].until_ms = 0;
	m.changes++;
	pthread_mutex_unlock(&m.lock);
}

static size_t place_of(const char key[65])
{
	char start[9] = "";

	memcpy(start, key, sizeof start - 1); /* of a hash, in hexadecimal */
	return strtoul(start, NULL, 16) % PLACES;
}

static bool remembered(const char *key, struct who *who, uint64_t *changes)
{
	size_t i = place_of(key);
	bool found;

	pthread_mutex_lock(&m.lock);
	found = strcmp(m.places[i].key, key) == 0 && m.places[i].until_ms > run_monotonic_ms();
	if (found)
		*who = m.places[i].who;
	*changes = m.changes;
	pthread_mutex_unlock(&m.lock);
	return found;
}

/* changes: as it was before the database was asked; what has been forgotten since may be this. */
static void remember(const char *key, const struct who *who, uint64_t changes)
{
	size_t i = place_of(key);

	pthread_mutex_lock(&m.lock);
	if (changes == m.changes) {
		snprintf(m.places[i].key, sizeof m.places[i].key, "%s", key);
		m.places[i].who = *who;
		m.places[i].until_ms = run_monotonic_ms() + REMEMBER_MS;
	}
	pthread_mutex_unlock(&m.lock);
}

static void fill(struct who *who, const struct db_result *res)
{
	who->account = db_int(res, 0, 0);
	who->roles = (unsigned)db_int(res, 0, 1);
	snprintf(who->csrf, sizeof who->csrf, "%s", db_text(res, 0, 2, NULL));
	snprintf(who->sources, sizeof who->sources, "%s", db_text(res, 0, 3, NULL));
}

/* ---- a proxy that is believed ---- */

int who_open(const struct who_proxy *p, struct err *err)
{
	uint8_t bytes[32];
	char hex[65];

	proxy = *p;
	if (proxy.header && *proxy.header && (!proxy.from || !*proxy.from))
		return err_set(err, ERR_CONFIG, "LAGESBILD_PROXY_HEADER needs LAGESBILD_PROXY_FROM: whom to believe");
	hash_random(bytes, sizeof bytes);
	hash_hex(bytes, sizeof bytes, hex);
	return hash_key_init(&proxy_key, hex, err);
}

static bool from_proxy(const struct server_request *r)
{
	return proxy.from && *proxy.from && strcmp(server_peer(r), proxy.from) == 0;
}

bool who_forwarded(const char *said, char out[64])
{
	const char *last = strrchr(said, ','), *port;
	size_t len;

	last = last ? last + 1 : said;
	last += strspn(last, " [");
	len = strspn(last, "0123456789abcdefABCDEF.:");
	port = memchr(last, ':', len);
	if (port && memchr(last, '.', (size_t)(port - last)))
		len = (size_t)(port - last);
	if (len == 0 || len >= 64)
		return false;
	memcpy(out, last, len);
	out[len] = 0;
	return true;
}

const char *who_peer(const struct server_request *r)
{
	static _Thread_local char text[64];
	const char *said = from_proxy(r) ? server_header_last(r, "X-Forwarded-For") : NULL;

	return said && who_forwarded(said, text) ? text : server_peer(r);
}

/* ---- whose key is it? ---- */

enum kind { NOBODY, SESSION, PROGRAM, PROXY };

/* The name that a proxy gives; NULL: it gives none, or somebody before it has given one too. */
static const char *named(const struct server_request *r)
{
	const char *name = proxy.header && *proxy.header && from_proxy(r) ? server_header(r, proxy.header) : NULL;

	return name && name == server_header_last(r, proxy.header) ? name : NULL;
}

/* What the request shows, and the key that it is remembered by. */
static enum kind shown(const struct server_request *r, const char **text, char key[65])
{
	const char *bearer = server_header(r, "Authorization");
	enum kind kind = SESSION;
	const char *given = named(r);
	uint8_t digest[32];

	*text = server_cookie(r, SESSION_COOKIE);
	if (bearer && strncasecmp(bearer, "Bearer ", 7) == 0) {
		kind = PROGRAM;
		*text = bearer + 7;
	} else if (given) {
		kind = PROXY;
		*text = given;
	}
	if (!*text || !**text || (kind == PROXY && (strlen(*text) > 100 || !utf8_valid(*text, strlen(*text)))))
		return NOBODY;
	if (kind == PROXY) {
		hash_hmac(&proxy_key, &(struct hash_part){*text, strlen(*text)}, 1, digest);
		hash_hex(digest, sizeof digest, key);
	} else {
		token_key(*text, key);
	}
	return kind;
}

/* The word of those whom a proxy names is made from the name by a key of this process. */
static void finish(enum kind kind, const char *key, struct who *who)
{
	if (kind == SESSION)
		snprintf(who->session, sizeof who->session, "%s", key);
	if (kind == PROXY)
		snprintf(who->csrf, sizeof who->csrf, "%.40s", key);
}

int who_find(struct server_request *r, struct worker *w, struct who *who, struct err *err)
{
	static const char *const sql[] = {
		[SESSION] = api_sql_session_find, [PROGRAM] = api_sql_token_find, [PROXY] = api_sql_proxy_find};
	const char *text;
	struct db_result *res;
	struct db *db;
	char key[65];
	enum kind kind = shown(r, &text, key);
	uint64_t changes;

	*who = (struct who){.sources = "{}"};
	if (kind == NOBODY || remembered(key, who, &changes))
		return 0;
	db = worker_desk(w, err);
	if (!db)
		return -1;
	text = kind == PROXY ? text : key;
	db_param_text(db, text, strlen(text));
	if (db_query(db, sql[kind], &res, err) < 0)
		return -1;
	if (db_rows(res)) {
		fill(who, res);
		finish(kind, key, who);
		remember(key, who, changes);
	}
	db_free(res);
	return 0;
}
