/* calendar: the own groups' meetings as a feed for a calendar, opened by a key in its address. Only the key's hash goes
 * to the database, and nothing here writes the address down. */
#include "api.h"

#include "api_sql.h"
#include "ics.h"
#include <stdio.h>
#include <string.h>

#define ADDRESS "/api/v1/meetings.ics?key="

void calendar_feed(struct call *c)
{
	struct err err = {0};
	struct db *db = worker_desk(c->worker, &err);
	char token[TOKEN_SIZE], key[65], text[sizeof ADDRESS + TOKEN_SIZE + 16];
	int len;

	token_new(token);
	token_key(token, key);
	if (db) {
		db_param_int8(db, c->who.account);
		db_param_text(db, key, strlen(key));
	}
	if (!db || db_query(db, api_sql_feed_put, NULL, &err) < 0) {
		problem_db(c->request, db, &err);
		return;
	}
	len = snprintf(text, sizeof text, "{\"url\":\"" ADDRESS "%s\"}", token);
	desk_send(c->request, 201, text, (size_t)len);
}

static void write_meetings(const struct db_result *res, struct buf *out)
{
	ics_begin(out, "Lägesbild: möten");
	for (long i = 0; i < db_rows(res); i++)
		if (!db_null(res, i, 1))
			ics_event(out, &(struct ics_event){.uid = db_text(res, i, 1, NULL),
							   .stamp = db_text(res, i, 2, NULL),
							   .sequence = db_int(res, i, 3),
							   .starts = db_text(res, i, 4, NULL),
							   .minutes = db_int(res, i, 5),
							   .cancelled = db_int(res, i, 6),
							   .summary = db_text(res, i, 7, NULL),
							   .place = db_text(res, i, 8, NULL),
							   .description = db_text(res, i, 9, NULL)});
	ics_end(out);
}

static void send_meetings(struct call *c, const struct db_result *res)
{
	struct buf *out = &c->worker->body;

	if (!db_rows(res)) {
		problem(c->request, 404, "Kalendern finns inte", "key: it has been replaced, or was never given");
		return;
	}
	seen_note(c->worker, db_int(res, 0, 0), c->route->pattern);
	buf_clear(out);
	write_meetings(res, out);
	server_set(c->request, "Cache-Control", "private, no-cache");
	server_set(c->request, "Content-Disposition", "inline; filename=\"lagesbild.ics\"");
	server_answer(c->request, 200, "text/calendar; charset=utf-8", out->data, out->len, SERVER_TEXT);
}

void calendar_answer(struct call *c)
{
	struct err err = {0};
	struct db *db = worker_desk(c->worker, &err);
	struct db_result *res;
	char key[65] = "";

	if (c->count)
		token_key(c->arguments[0].value, key);
	if (db)
		db_param_text(db, key, strlen(key));
	if (!db || db_query(db, api_sql_calendar, &res, &err) < 0) {
		problem_db(c->request, db, &err);
		return;
	}
	send_meetings(c, res);
	db_free(res);
}
