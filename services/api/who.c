/* who: from a cookie to an account. What the database said is remembered for a few seconds, and no longer than until it
 * says that something has changed. */
#include "api.h"

#include "api_sql.h"
#include "base/run.h"
#include "hash/token.h"
#include "session.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PLACES 512
#define REMEMBER_MS 10000

static struct {
	pthread_mutex_t lock;
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
	pthread_mutex_unlock(&m.lock);
}

static size_t place_of(const char *key)
{
	return ((size_t)key[0] * 31 + (size_t)key[1] * 7 + (size_t)key[2] * 131 + (size_t)key[3]) % PLACES;
}

static bool remembered(const char *key, struct who *who)
{
	size_t i = place_of(key);
	bool found;

	pthread_mutex_lock(&m.lock);
	found = strcmp(m.places[i].key, key) == 0 && m.places[i].until_ms > run_monotonic_ms();
	if (found)
		*who = m.places[i].who;
	pthread_mutex_unlock(&m.lock);
	return found;
}

static void remember(const char *key, const struct who *who)
{
	size_t i = place_of(key);

	pthread_mutex_lock(&m.lock);
	snprintf(m.places[i].key, sizeof m.places[i].key, "%s", key);
	m.places[i].who = *who;
	m.places[i].until_ms = run_monotonic_ms() + REMEMBER_MS;
	pthread_mutex_unlock(&m.lock);
}

static void fill(struct who *who, const struct db_result *res)
{
	who->account = db_int(res, 0, 0);
	who->roles = (unsigned)db_int(res, 0, 1);
	snprintf(who->csrf, sizeof who->csrf, "%s", db_text(res, 0, 2, NULL));
	snprintf(who->sources, sizeof who->sources, "%s", db_text(res, 0, 3, NULL));
}

int who_find(struct server_request *r, struct worker *w, struct who *who, struct err *err)
{
	const char *bearer = server_header(r, "Authorization");
	const char *token = server_cookie(r, SESSION_COOKIE);
	bool program = bearer && strncasecmp(bearer, "Bearer ", 7) == 0;
	struct db_result *res;
	struct db *db;
	char key[65];

	*who = (struct who){.sources = "{}"};
	if (program)
		token = bearer + 7;
	if (!token || !*token)
		return 0;
	token_key(token, key);
	if (remembered(key, who))
		return 0;
	db = worker_desk(w, err);
	if (!db)
		return -1;
	db_param_text(db, key, strlen(key));
	if (db_query(db, program ? api_sql_token_find : api_sql_session_find, &res, err) < 0)
		return -1;
	if (db_rows(res)) {
		fill(who, res);
		remember(key, who);
	}
	db_free(res);
	return 0;
}
