/* desk: what people write. A desk's function answers with a status and JSON; all it needs to know is the account, the
 * arguments and the body. */
#include "api.h"

#include <string.h>

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

void desk_send(struct server_request *r, unsigned status, const char *text, size_t len)
{
	server_set(r, "Cache-Control", "no-store");
	server_answer(r, status, len ? "application/json" : NULL, text, len, SERVER_TEXT);
}

void desk_send_row(struct server_request *r, struct db_result *res)
{
	size_t len = 0;
	const char *text = db_rows(res) && !db_null(res, 0, 1) ? db_text(res, 0, 1, &len) : "";

	desk_send(r, db_rows(res) ? (unsigned)db_int(res, 0, 0) : 404, text, len);
	db_free(res);
}

void desk_answer(struct call *c)
{
	struct err err = {0};
	struct db_result *res;
	const char *body;
	size_t len;
	struct db *db = worker_desk(c->worker, &err);

	body = server_body(c->request, &len);
	if (!db) {
		problem_db(c->request, NULL, &err);
		return;
	}
	put_call(c, db, body, len);
	if (db_query(db, c->route->sql, &res, &err) < 0)
		problem_db(c->request, db, &err);
	else
		desk_send_row(c->request, res);
}

void desk_changes(struct call *c)
{
	server_stream(c->request);
}
