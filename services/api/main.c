/* api: figures, documents and the desk over HTTP, and the page that people use. */
#include "api.h"

#include "api_sql.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/run.h"
#include "cache.h"
#include "http/health.h"
#include "meter.h"
#include <stdio.h>
#include <string.h>

#define SETTLE_MS 400	/* between two versions, however fast commits come */
#define TURN_US 1000000 /* for making anew what is looked at; what is not done then is made when it is asked for */
#define LOOK_MS 5000	/* without a notification: midnight makes another day too */
#define STREAMS_MS 15000 /* ... and sessions run out */
#define CACHE_BYTES (64 << 20)

static const char *web, *schemas, *key;
static struct who_proxy proxy;
static struct oidc_options oidc;
static int64_t workers, connections;
static struct worker listener; /* its session of the desk */
static int64_t looked_streams;
static struct health_options health;
static struct server_options options = {.worker_begin = handle_begin, .worker_end = handle_end, .handle = handle};

static const struct conf_item items[] = {
	{"LAGESBILD_API_ADDRESS", CONF_TEXT, "127.0.0.1",
	 "Numeric address to serve on. TLS is a proxy's in front (deploy/README.md); the session's cookie needs it, "
	 "but "
	 "on this machine.",
	 &options.address, 0, 0},
	{"LAGESBILD_API_PORT", CONF_INT, "8080", "Port to serve on; 0: a free one, which the log names.", &options.port,
	 0, 65535},
	{"LAGESBILD_API_WORKERS", CONF_INT, "4",
	 "Threads that answer, with a database session each; half as many and two more, with two each, for what takes "
	 "long: one of them only for signing in.",
	 &workers, 1, 64},
	{"LAGESBILD_API_CONNECTIONS", CONF_INT, "2000", "Most connections at a time, open pages among them.",
	 &connections, 16, 60000},
	{"LAGESBILD_KEY", CONF_SECRET, "",
	 "The installation key, 64 hex digits: seals the secrets of second factors in the database. Empty: they stand "
	 "there as they are.",
	 &key, 0, 0},
	{"LAGESBILD_WEB", CONF_PATH, "", "Directory of the built page; empty: only the interface for programs.", &web,
	 0, 0},
	{"LAGESBILD_OIDC_ISSUER", CONF_TEXT, "",
	 "Identity provider (OpenID Connect) as it names itself, https://...; empty: nobody signs in by one.",
	 &oidc.issuer, 0, 0},
	{"LAGESBILD_OIDC_CLIENT_ID", CONF_TEXT, "", "What it knows this program as.", &oidc.client, 0, 0},
	{"LAGESBILD_OIDC_CLIENT_SECRET", CONF_SECRET, "", "What proves it.", &oidc.secret, 0, 0},
	{"LAGESBILD_OIDC_REDIRECT", CONF_TEXT, "", "https://<this page's host>/api/v1/oidc/callback.", &oidc.redirect,
	 0, 0},
	{"LAGESBILD_OIDC_CLAIM", CONF_TEXT, "sub",
	 "What of its token is an account's --subject; email only when the provider has verified it.", &oidc.claim, 0,
	 0},
	{"LAGESBILD_PROXY_FROM", CONF_TEXT, "",
	 "Numeric address of a reverse proxy that is believed: the last address of its X-Forwarded-For is who asks.",
	 &proxy.from, 0, 0},
	{"LAGESBILD_PROXY_HEADER", CONF_TEXT, "",
	 "Header in which that proxy names the account that is signed in there; it must drop the header when others "
	 "send it. Empty: no proxy signs anybody in.",
	 &proxy.header, 0, 0},
	{"LAGESBILD_SCHEMAS", CONF_PATH, "schemas", "Directory whose areas/ holds the outlines for maps.", &schemas, 0,
	 0},
	{"LAGESBILD_HTTP_ADDRESS", CONF_TEXT, "127.0.0.1",
	 "Numeric address on which /livez, /readyz and /metrics are served.", &health.address, 0, 0},
	{"LAGESBILD_HTTP_PORT", CONF_INT, "0", "Their port; 0: they are not served.", &health.port, 0, 65535},
	{0},
};

/* ---- the listener: what is new? ---- */

static int look(struct db *db, char known[API_VERSION_SIZE], struct err *err)
{
	struct db_result *res;
	int rc = 0;

	if (db_query(db, api_sql_version, &res, err) < 0)
		return -1;
	if (db_rows(res) && strcmp(known, db_text(res, 0, 0, NULL)) != 0) {
		snprintf(known, API_VERSION_SIZE, "%s", db_text(res, 0, 0, NULL));
		rc = figures_turn(db, known, TURN_US, err);
		server_send("figures", known);
	}
	db_free(res);
	return rc;
}

/* Who has no session any more hears no more. */
static void look_at_streams(void)
{
	streams_look(&listener);
	looked_streams = run_monotonic_ms();
}

/* Of accounts only what the desk says: figures come and go many times a second, and 200 pages are looked at. */
static void hear(const struct db *db)
{
	if (strcmp(db_notified(db), "lagesbild_desk") != 0)
		return;
	who_forget();
	look_at_streams();
}

/* Until the figures may change again. Who has signed out is forgotten at once. What was heard; -1: an error. */
static int settle(struct db *db, int64_t ms, struct err *err)
{
	int64_t until = run_monotonic_ms() + ms, left;
	int all = 0;

	while (!run_stopping() && (left = until - run_monotonic_ms()) > 0) {
		int heard = db_wait_notify(db, (int)left, err);

		if (heard < 0)
			return -1;
		if (heard)
			hear(db);
		all += heard;
	}
	return all;
}

/* Until the session breaks or the program is to stop. */
static int listen_to(struct db *db, char known[API_VERSION_SIZE], struct err *err)
{
	int64_t looked = 0, began;
	int heard = 0;

	if (db_script(db, api_sql_listen, err))
		return -1;
	while (!run_stopping()) {
		if (heard == 0)
			heard = db_wait_notify(db, SETTLE_MS, err);
		if (heard < 0)
			return -1;
		meter_server();
		if (heard)
			hear(db);
		if (run_monotonic_ms() - looked_streams >= STREAMS_MS)
			look_at_streams();
		if (!heard && run_monotonic_ms() - looked < LOOK_MS)
			continue;
		began = run_monotonic_ms();
		if (look(db, known, err))
			return -1;
		looked = run_monotonic_ms();
		health_ready(NULL);
		/* As long a rest as the work took: under steady commits readers keep half of the database. */
		if (heard)
			heard = settle(db, looked - began > SETTLE_MS ? looked - began : SETTLE_MS, err);
	}
	return 0;
}

static int follow(struct err *err)
{
	unsigned failures = 0;
	bool ever = false;

	while (!run_stopping()) {
		char known[API_VERSION_SIZE] = ""; /* so that the version is told again when the database is back */
		struct db *db = NULL;

		if (db_open_as(&db, "lagesbild_council", "api listener", 15000, err) == 0 &&
		    listen_to(db, known, err) == 0)
			failures = 0;
		db_close(db);
		if (run_stopping())
			break;
		ever = ever || *known;
		health_ready("the database is away");
		server_send("away", "database");
		log_text(LOG_WARNING, "database", "%s", err->text);
		if (err->kind == ERR_CONFIG && !ever)
			return -1;
		run_pause(run_backoff_ms(*known ? failures = 0 : failures++));
	}
	return 0;
}

static int serve(struct err *err)
{
	options.workers = (int)workers;
	options.workers_aside = (int)(workers + 1) / 2 + 2;
	options.connections_max = (unsigned)connections;
	options.queue_max = 1024;
	options.body_max = 1 << 20;
	cache_open(CACHE_BYTES);
	meter_open();
	if (signin_open(err) || second_open(key, err) || who_open(&proxy, err) || oidc_open(&oidc, err) ||
	    web_load(web, err) || outlines_load(schemas, err) || health_open(&health, err) ||
	    server_open(&options, err))
		return -1;
	log_text(LOG_NOTE, "serving", "http://%s:%d", options.address, server_port());
	return follow(err);
}

int main(int argc, char **argv)
{
	struct err err = {0};
	int rc;

	if (argc == 2 && strcmp(argv[1], "--routes") == 0) {
		route_print();
		return 0;
	}
	if (argc > 1) {
		conf_help("api [--routes]",
			  "Figures, documents and the desk over HTTP, and the page that people use. PostgreSQL is "
			  "configured by PG*: the roles lagesbild_council and lagesbild_desk.",
			  items);
		return strcmp(argv[1], "--help") ? 2 : 0;
	}
	run_init();
	if (conf_load(items, &err)) {
		log_text(LOG_FAILURE, "configuration", "%s", err.text);
		return err_exit_status(err.kind);
	}
	rc = serve(&err);
	if (rc)
		log_text(LOG_FAILURE, "stopped", "%s", err.text);
	server_close();
	health_close();
	db_close(listener.desk);
	web_release();
	oidc_close();
	second_close();
	cache_close();
	conf_release(items);
	return rc ? err_exit_status(err.kind) : 0;
}
