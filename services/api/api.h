/* api: the HTTP service of the council. What its parts share.
 *
 *   request -> handle.c: headers, web files, route -> who.c: session -> figures.c | desk.c -> answer
 *   PostgreSQL's notifications -> main.c: the figures' version -> streams, cache
 *
 * Figures are read as role lagesbild_council, which cannot write; accounts, texts, meetings and measures are read and
 * written as lagesbild_desk, which cannot see the ledger nor write a figure. Both only by functions of
 * schemas/sql/020_figures.sql and 021_desk.sql: which parameters there are, and what is wrong with them, is said
 * there, as SQLSTATE LB and a status (db_problem). */
#ifndef API_API_H
#define API_API_H

#include "base/buf.h"
#include "base/field.h"
#include "db/db.h"
#include "hash/token.h"
#include "http/server.h"
#include <stdbool.h>

#define API_VERSION_SIZE 40
#define API_ARGUMENTS_MAX 24
#define API_VALUE_MAX 2000 /* bytes of one argument */

enum role { ROLE_READER = 1, ROLE_COORDINATOR = 2, ROLE_ACTOR = 4, ROLE_OPERATOR = 8 };

/* Who asks. Sources are those that the account's groups see; nobody signed in sees none. */
struct who {
	int64_t account; /* 0: nobody is signed in */
	unsigned roles;	 /* of enum role */
	char csrf[44]; /* the session's word; "" for a program's key. A session without its second factor has one too */
	char session[65];  /* its key (session.h); "": none was given */
	char sources[512]; /* an array literal of PostgreSQL, {police,press} */
};

struct worker {
	struct db *council, *desk;
	struct buf body;
};

struct argument {
	const char *name, *value;
};

/* A request that has found its route. */
struct call {
	struct server_request *request;
	struct worker *worker;
	const struct route *route;
	struct who who;
	struct argument arguments[API_ARGUMENTS_MAX]; /* of the path, then of the query */
	int count;
	char path[512]; /* what the path's arguments point into */
};

enum access { ACCESS_ANYBODY, ACCESS_SIGNED_IN };

/* An operation. pattern: /api/v1/summary/{period}; an argument is one segment, but for a period at the end. */
struct route {
	const char *method, *pattern;
	enum access access;
	unsigned roles;	       /* any of these; 0: all who have access */
	const char *arguments; /* names that the query may have, parted by blanks */
	void (*answer)(struct call *c);
	const char *sql, *sql_stat; /* of figures_* and desk_*; a second one for JSON-stat, or for the desk's rows */
	const char *summary;	    /* one sentence, for the OpenAPI document's test */
};

extern const struct route api_routes[]; /* ends with method NULL */

/* ---- handle.c ---- */
void *handle_begin(void *ctx);
void handle_end(void *worker);
void handle(struct server_request *r, void *worker);

void route_document(struct call *c); /* schemas/openapi.yaml, as JSON */
void route_print(void);		     /* all of them as JSON, to standard output */

/* The route for a method and path; fills arguments. NULL: none, and allowed has the methods that the path knows ("" for
 * a path that nobody knows). */
const struct route *route_find(const char *method, const char *path, struct call *c, char allowed[64]);
/* One of the query; an empty one is as if it were not there. NULL, or what is wrong with it. */
const char *route_argument(struct call *c, const char *name, const char *value);

/* The session as that role, opened again when it broke. ERR_RETRY: the database is away. */
struct db *worker_council(struct worker *w, struct err *err);
struct db *worker_desk(struct worker *w, struct err *err);

/* Takes an argument out of the call, since it is not the database's; NULL: it was not given. */
const char *handle_take(struct call *c, const char *name);

/* ---- problem.c: RFC 9457 ---- */
void problem(struct server_request *r, unsigned status, const char *title, const char *detail);
/* What a statement of db failed with. */
void problem_db(struct server_request *r, const struct db *db, const struct err *err);

/* ---- figures.c ---- */
void figures_document(struct call *c); /* one row, one column: JSON as it is */
void figures_table(struct call *c);    /* rows: JSON, CSV, JSON-stat by Accept or format= */
/* The same for anybody: what it says, its headers too, depends on nothing but its content. */
void figures_public(struct call *c);
/* The version that the listener knows, and what it says from now on. */
void figures_version(char out[API_VERSION_SIZE]);
void figures_set_version(const char *version);
/* A new version: what is looked at is made anew first, for so long at most, and then it is the one that is known. -1:
 * the session (as lagesbild_council) is broken. */
int figures_turn(struct db *db, const char *coming, int64_t budget_us, struct err *err) MUST_CHECK;

/* ---- desk.c ---- */
void desk_answer(struct call *c); /* status and JSON by a function of the desk */
void desk_table(struct call *c);  /* the same; with format=, rows as a file for a spreadsheet */
void desk_send_row(struct server_request *r, struct db_result *res); /* status and text; frees res */
void desk_send(struct server_request *r, unsigned status, const char *text, size_t len);

/* The first three parameters of a desk's function: who, names and values of the arguments. */
void desk_put_call(struct call *c, struct db *db);

/* ---- streams.c ---- */
void desk_changes(struct call *c);
/* Ends the streams of those whose session is gone. */
void streams_look(struct worker *w);

/* ---- editions.c, document.c ---- */
void editions_draft(struct call *c);
void document_answer(struct call *c);

/* ---- signin.c: sessions by name and password ---- */
int signin_open(struct err *err) MUST_CHECK; /* once, before the first request */
void signin_session(struct call *c);
void signin_in(struct call *c);
void signin_out(struct call *c);
void signin_password(struct call *c);
/* A fresh session's cookie and word; key is what the database keeps. */
struct signin_words {
	char cookie[TOKEN_SIZE], csrf[TOKEN_SIZE], key[65];
};
void signin_words(struct signin_words *w);
void signin_set_cookie(struct server_request *r, const char *value); /* "": it ends */
/* Reads a body of a few texts into fields; *reader owns them (jsonread_close). false: it has been answered. */
struct jsonread;
bool signin_read(struct call *c, const struct field_spec *specs, size_t count, struct field *fields,
		 struct jsonread **reader);

/* ---- second.c: the second factor; its secrets are sealed by the installation key (hex; "": they are not) ---- */
int second_open(const char *hex, struct err *err) MUST_CHECK;
void second_close(void);
void second_enrol(struct call *c);
void second_give(struct call *c);

/* ---- who.c ---- */
int who_find(struct server_request *r, struct worker *w, struct who *who, struct err *err) MUST_CHECK;
/* A reverse proxy that is believed; NULL or "": there is none. */
struct who_proxy {
	const char *from;   /* its address: the last of its X-Forwarded-For is the other end's */
	const char *header; /* has the name of who is signed in there */
};
int who_open(const struct who_proxy *proxy, struct err *err) MUST_CHECK; /* once, before the first request */
/* Numeric address of the other end, or what a believed proxy says that it is; valid until the thread's next call. */
const char *who_peer(const struct server_request *r);
/* The address that is said last in a header X-Forwarded-For, without a port; false: there is none. */
bool who_forwarded(const char *said, char out[64]);
/* A changed account or session holds from now on: nothing of it is remembered. */
void who_forget(void);

/* ---- oidc.c: signing in at the municipality's identity provider (OpenID Connect, authorization code with PKCE) ----
 */
struct oidc_options {
	const char *issuer;			/* "": there is none, and the routes are 404 */
	const char *client, *secret, *redirect; /* redirect: the address of oidc_back as the provider knows it */
	const char *claim;
};
int oidc_open(const struct oidc_options *options, struct err *err) MUST_CHECK;
void oidc_close(void);
void oidc_begin(struct call *c);
void oidc_back(struct call *c);

/* ---- calendar.c: the meetings as a feed, by a key of its own kind ---- */
void calendar_feed(struct call *c); /* a new key, in the feed's address */
void calendar_answer(struct call *c);

/* ---- seen.c: who read what, counted and written down each minute ---- */
void seen_note(struct worker *w, int64_t account, const char *route);
void seen_flush(struct worker *w);

/* ---- web.c: the page's files, read once ---- */
int web_load(const char *directory, struct err *err) MUST_CHECK;
void web_answer(struct server_request *r);
void web_release(void);

/* ---- outlines.c ---- */
int outlines_load(const char *schemas, struct err *err) MUST_CHECK;
void outlines_release(void);
void outlines_answer(struct call *c);

#endif
