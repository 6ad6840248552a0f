/* handle: from a request to the operation that answers it. */
#include "api.h"

#include "meter.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BODY_MAX (32u << 20)
#define STATEMENT_TIMEOUT_MS 15000

/* ---- a worker's sessions ---- */

void *handle_begin(void *ctx)
{
	struct worker *w = calloc(1, sizeof *w);

	(void)ctx;
	if (!w)
		abort();
	buf_init(&w->body, BODY_MAX);
	return w;
}

void handle_end(void *worker)
{
	struct worker *w = worker;

	seen_flush(w);
	db_close(w->council);
	db_close(w->desk);
	buf_release(&w->body);
	free(w);
}

/* Has the server closed it meanwhile? Its parting words come first, so twice; costs no way there and back. */
static bool gone(struct db *db)
{
	struct err ignored = {0};

	return db_broken(db) || db_wait_notify(db, 0, &ignored) < 0 || db_wait_notify(db, 0, &ignored) < 0;
}

static struct db *session(struct db **db, const char *role, struct err *err)
{
	if (*db && gone(*db)) {
		db_close(*db);
		*db = NULL;
	}
	if (!*db && db_open_as(db, role, "api", STATEMENT_TIMEOUT_MS, err))
		*db = NULL;
	return *db;
}

struct db *worker_council(struct worker *w, struct err *err)
{
	return session(&w->council, "lagesbild_council", err);
}

struct db *worker_desk(struct worker *w, struct err *err)
{
	return session(&w->desk, "lagesbild_desk", err);
}

/* ---- every answer's headers ---- */

static void secure(struct server_request *r)
{
	static const char *const headers[][2] = {
		{"Content-Security-Policy",
		 "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
		 "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
		 "frame-ancestors 'none'"},
		{"X-Content-Type-Options", "nosniff"},
		{"Referrer-Policy", "same-origin"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
		{"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
	};

	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
		server_set(r, headers[i][0], headers[i][1]);
}

/* ---- arguments ---- */

struct reading {
	struct call *c;
	const char *trouble;
};

static void take_argument(void *arg, const char *name, const char *value)
{
	struct reading *g = arg;

	if (!g->trouble)
		g->trouble = route_argument(g->c, name, value);
}

static bool read_arguments(struct call *c)
{
	struct reading g = {.c = c};

	server_each_query(c->request, take_argument, &g);
	if (g.trouble)
		problem(c->request, 400, "Frågan är fel", g.trouble);
	return !g.trouble;
}

const char *handle_take(struct call *c, const char *name)
{
	const char *value;

	for (int i = 0; i < c->count; i++)
		if (strcmp(c->arguments[i].name, name) == 0) {
			value = c->arguments[i].value;
			c->arguments[i] = c->arguments[--c->count];
			return value;
		}
	return NULL;
}

/* ---- may they? ---- */

/* A request that changes something comes from our own page: it knows the session's word, and no other site sent it. */
static bool own_page(const struct call *c)
{
	const char *word = server_header(c->request, "X-CSRF-Token");
	const char *site = server_header(c->request, "Sec-Fetch-Site");

	if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
		return false;
	if (!*c->who.csrf)
		return c->who.account == 0;
	return word && strcmp(word, c->who.csrf) == 0;
}

static bool allowed(struct call *c)
{
	const struct route *o = c->route;

	if (o->access != ACCESS_ANYBODY && !c->who.account)
		problem(c->request, 401, "Logga in för att se det här", NULL);
	else if (o->roles && !(o->roles & c->who.roles))
		problem(c->request, 403, "Ditt konto har inte den rätten", NULL);
	else if (strcmp(o->method, "GET") != 0 && c->who.account && !*c->who.csrf)
		problem(c->request, 403, "En nyckel läser bara", "a program's key changes nothing");
	else if (strcmp(o->method, "GET") != 0 && !own_page(c))
		problem(c->request, 403, "Begäran kom inte från sidan själv",
			"X-CSRF-Token must be the one that GET /api/v1/session gave");
	else
		return true;
	return false;
}

/* Argon2, and the freezing of a picture; of figures, only what has to be asked for (figures.c). */
static bool takes_long(const struct route *o)
{
	return o->answer == signin_in || o->answer == signin_password || o->answer == editions_draft;
}

/* Signing in waits behind nobody's figures. */
static bool step_aside(const struct call *c)
{
	return takes_long(c->route) &&
	       server_aside(c->request, c->route->answer == signin_in ? SERVER_URGENT : c->who.account, 0);
}

/* The changes' stream tells nothing but that there are some. */
static bool has_read(const struct call *c)
{
	unsigned status = server_status(c->request);

	return c->route->access != ACCESS_ANYBODY && strcmp(c->route->method, "GET") == 0 &&
	       c->route->answer != desk_changes && (status == 200 || status == 304);
}

static void call(struct call *c)
{
	struct err err = {0};

	if (who_find(c->request, c->worker, &c->who, &err))
		problem_db(c->request, c->worker->desk, &err);
	else if (allowed(c) && read_arguments(c)) {
		if (step_aside(c))
			return;
		c->route->answer(c);
		if (has_read(c))
			seen_note(c->worker, c->who.account, c->route->pattern);
	}
}

static void answer(struct server_request *r, void *worker)
{
	struct call c = {.request = r, .worker = worker};
	const char *method = server_method(r), *path = server_path(r);
	char methods[64];

	secure(r);
	if (strncmp(path, "/api/", 5) != 0) {
		web_answer(r);
		return;
	}
	c.route = route_find(method, path, &c, methods);
	if (c.route) {
		call(&c);
		if (!server_status(r)) /* it has stepped aside */
			return;
		if (c.route->answer == signin_in || c.route->answer == second_give || c.route->answer == oidc_back)
			meter_sign_in(server_status(r));
	} else if (*methods) {
		server_set(r, "Allow", methods);
		problem(r, 405, "Så kan man inte göra här", NULL);
	} else {
		problem(r, 404, "Adressen finns inte", "see /api/v1/openapi.json");
	}
}

void handle(struct server_request *r, void *worker)
{
	int64_t began = meter_now_us();

	answer(r, worker);
	if (server_status(r))
		meter_request(server_status(r), meter_now_us() - began);
}
