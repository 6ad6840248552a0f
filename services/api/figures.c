/* figures: what is read from the aggregates. Each answer is one snapshot and carries its version as ETag; what was
 * asked for before is given again without a query until the version changes. */
#include "api.h"

#include "api_sql.h"
#include "base/log.h"
#include "cache.h"
#include "hash/hash.h"
#include "meter.h"
#include "table.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_MAX 8192
#define BODY_MAX (32u << 20)
#define TAG_SIZE (API_VERSION_SIZE + 24)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char current[API_VERSION_SIZE];

void figures_version(char out[API_VERSION_SIZE])
{
	pthread_mutex_lock(&lock);
	memcpy(out, current, sizeof current);
	pthread_mutex_unlock(&lock);
}

void figures_set_version(const char *version)
{
	pthread_mutex_lock(&lock);
	snprintf(current, sizeof current, "%s", version);
	pthread_mutex_unlock(&lock);
}

/* ---- one question ---- */

static void put_arguments(struct call *c, struct db *db)
{
	db_param_text(db, c->who.sources, strlen(c->who.sources));
	db_param_array(db, DB_TEXT, (size_t)c->count);
	for (int i = 0; i < c->count; i++)
		db_item_text(db, c->arguments[i].name, strlen(c->arguments[i].name));
	db_param_array(db, DB_TEXT, (size_t)c->count);
	for (int i = 0; i < c->count; i++)
		db_item_text(db, c->arguments[i].value, strlen(c->arguments[i].value));
}

static int read_version(struct db *db, char version[API_VERSION_SIZE], struct err *err)
{
	struct db_result *res;

	if (db_query(db, api_sql_version, &res, err) < 0)
		return -1;
	snprintf(version, API_VERSION_SIZE, "%s", db_rows(res) ? db_text(res, 0, 0, NULL) : "");
	db_free(res);
	return 0;
}

/* Version and content in one snapshot; the body is written by table_write or, for a document, as it is. */
static int ask(struct call *c, struct db *db, enum table_format format, char version[API_VERSION_SIZE], struct err *err)
{
	const char *sql = format == TABLE_JSON_STAT ? c->route->sql_stat : c->route->sql;
	struct db_result *res;
	const char *text;
	size_t len;

	if (db_script(db, api_sql_begin, err) || read_version(db, version, err))
		return -1;
	put_arguments(c, db);
	if (db_query(db, sql, &res, err) < 0)
		return -1;
	if (format == TABLE_DOCUMENT || format == TABLE_JSON_STAT) {
		text = db_rows(res) && !db_null(res, 0, 0) ? db_text(res, 0, 0, &len) : "null";
		buf_append(&c->worker->body, text, strlen(text));
	} else {
		table_write(res, format, version, &c->worker->body);
	}
	db_free(res);
	return db_script(db, "COMMIT", err);
}

static void key_of(const struct call *c, enum table_format format, char key[KEY_MAX])
{
	int n = snprintf(key, KEY_MAX, "%d %s %s", (int)format, c->route->pattern, c->who.sources);

	for (int i = 0; i < c->count && n < KEY_MAX; i++)
		n += snprintf(key + n, (size_t)(KEY_MAX - n), "\n%s=%s", c->arguments[i].name, c->arguments[i].value);
	if (n >= KEY_MAX)
		*key = 0; /* not remembered */
}

static bool has_already(struct call *c, const char *tag)
{
	const char *known = server_header(c->request, "If-None-Match");

	return known && strstr(known, tag);
}

/* To who has signed in an answer is named by the figures' version and the sources that it was made of: a browser that
 * kept another person's, or one from before a source was hidden, has not got this one. To anybody by its content alone:
 * that something was counted is nothing that all may see. Who has signed in gets of that what is not published yet too:
 * that is no proxy's to keep. */
static void name_answer(struct call *c, enum table_format format, const char *version, char tag[TAG_SIZE])
{
	uint8_t digest[32];
	char hash[65];

	if (c->route->answer == figures_public)
		hash_sha256(c->worker->body.data, c->worker->body.len, digest);
	else
		hash_sha256(c->who.sources, strlen(c->who.sources), digest);
	hash_hex(digest, sizeof digest, hash);
	if (c->route->answer == figures_public) {
		snprintf(tag, TAG_SIZE, "\"%.32s\"", hash);
		server_set(c->request, "Cache-Control", c->who.account ? "private, no-cache" : "public, max-age=60");
	} else {
		snprintf(tag, TAG_SIZE, "\"%s-%d-%.12s\"", version, (int)format, hash);
		server_set(c->request, "Cache-Control", "private, no-cache");
		server_set(c->request, "Lagesbild-Version", version);
	}
	server_set(c->request, "ETag", tag);
}

static void send_body(struct call *c, enum table_format format, const char *version, enum server_form form)
{
	struct buf *b = &c->worker->body;
	char tag[TAG_SIZE];

	name_answer(c, format, version, tag);
	if (has_already(c, tag))
		server_answer(c->request, 304, NULL, NULL, 0, SERVER_PLAIN);
	else if (b->overflow)
		problem(c->request, 400, "Svaret blir för stort", "narrow the selection");
	else
		server_answer(c->request, 200, table_type(format), b->data, b->len, form);
}

static void roll_back(struct db *db)
{
	struct err err = {0};

	if (!db_broken(db) && db_script(db, "ROLLBACK", &err))
		log_text(LOG_WARNING, "database", "%s", err.text);
}

static bool remembered(struct call *c, enum table_format format, const char *key, char asked[API_VERSION_SIZE])
{
	char version[API_VERSION_SIZE];
	/* Of what anybody gets, the tag is the plain text's. */
	bool gzip = c->route->answer != figures_public && server_takes_gzip(c->request);

	figures_version(asked);
	buf_clear(&c->worker->body);
	if (!*key || !*asked || !cache_get(key, asked, gzip, &c->worker->body, version))
		return false;
	meter_cache(true);
	send_body(c, format, version, gzip ? SERVER_GZIP : SERVER_TEXT);
	return true;
}

static void ask_and_answer(struct call *c, enum table_format format, const char *key, const char *asked)
{
	char version[API_VERSION_SIZE];
	struct err err = {0};
	struct db *db = worker_council(c->worker, &err);

	meter_cache(false);
	if (!db || ask(c, db, format, version, &err)) {
		problem_db(c->request, db, &err);
		if (db)
			roll_back(db);
		return;
	}
	if (*key && !c->worker->body.overflow) {
		cache_put(key, asked, version, c->worker->body.data, c->worker->body.len);
		cache_note(key);
	}
	send_body(c, format, version, SERVER_TEXT);
}

/* What nobody has signed in for is not counted: one of them would shut out the others. */
static bool step_aside(struct call *c, const char *key)
{
	uint64_t question = *key ? cache_hash(key) : (uint64_t)(uintptr_t)c->request;

	return server_aside(c->request, c->who.account, c->who.account ? question : 0);
}

/* What is not remembered is asked for aside, and once, however many want it. */
static void answer(struct call *c, enum table_format format)
{
	char asked[API_VERSION_SIZE], key[KEY_MAX];

	key_of(c, format, key);
	if (remembered(c, format, key, asked) || step_aside(c, key))
		return;
	cache_claim(key);
	if (!remembered(c, format, key, asked))
		ask_and_answer(c, format, key, asked);
	cache_done(key);
}

/* ---- a new version ---- */

static const struct route *route_of(const char *pattern)
{
	for (const struct route *o = api_routes; o->method; o++)
		if (strcmp(o->method, "GET") == 0 && strcmp(o->pattern, pattern) == 0)
			return o;
	return NULL;
}

/* What key_of wrote, taken apart in place. */
static bool read_key(char *key, struct call *c, enum table_format *format)
{
	char *line = strchr(key, '\n'), *pattern = strchr(key, ' '), *sources;

	if (line)
		*line++ = 0;
	sources = pattern ? strchr(++pattern, ' ') : NULL;
	if (!sources)
		return false;
	*sources++ = 0;
	*format = (enum table_format)strtol(key, NULL, 10);
	c->route = route_of(pattern);
	snprintf(c->who.sources, sizeof c->who.sources, "%s", sources);
	while (line && c->count < API_ARGUMENTS_MAX) {
		char *next = strchr(line, '\n'), *value = strchr(line, '=');

		if (next)
			*next++ = 0;
		if (!value)
			return false;
		*value++ = 0;
		c->arguments[c->count++] = (struct argument){line, value};
		line = next;
	}
	return c->route != NULL;
}

/* -1: the session is broken. */
static int make_anew(struct db *db, struct worker *w, const char *key, const char *coming, struct err *err)
{
	char parts[KEY_MAX], version[API_VERSION_SIZE];
	struct call c = {.worker = w};
	enum table_format format;
	struct err trouble = {0};

	snprintf(parts, sizeof parts, "%s", key);
	buf_clear(&w->body);
	if (!read_key(parts, &c, &format))
		return 0;
	if (ask(&c, db, format, version, &trouble)) {
		roll_back(db);
		if (db_broken(db))
			*err = trouble;
		return db_broken(db) ? -1 : 0;
	}
	if (!w->body.overflow)
		cache_put(key, coming, version, w->body.data, w->body.len);
	return 0;
}

int figures_turn(struct db *db, const char *coming, int64_t budget_us, struct err *err)
{
	struct worker w = {0};
	int64_t until = meter_now_us() + budget_us;
	char key[KEY_MAX];
	int rc = 0;

	buf_init(&w.body, BODY_MAX);
	cache_turn(coming);
	while (rc == 0 && meter_now_us() < until && cache_used(key, sizeof key))
		rc = make_anew(db, &w, key, coming, err);
	buf_release(&w.body);
	figures_set_version(coming);
	return rc;
}

void figures_document(struct call *c)
{
	answer(c, TABLE_DOCUMENT);
}

void figures_public(struct call *c)
{
	answer(c, TABLE_DOCUMENT);
}

void figures_table(struct call *c)
{
	const char *wanted = handle_take(c, "format");
	enum table_format format;

	server_set(c->request, "Vary", "Accept");
	if (!table_choose(wanted, server_header(c->request, "Accept"), c->route->sql_stat != NULL, &format))
		problem(c->request, wanted ? 400 : 406, "Formatet finns inte",
			"format: json, csv, csv-excel, ndjson or json-stat");
	else
		answer(c, format);
}
