/* desk: what people write. A desk's function answers with a status and JSON; all it needs to know is the account, the
 * arguments and the body. */
#include "api.h"

#include "table.h"
#include <string.h>

void desk_put_call(struct call *c, struct db *db)
{
	db_param_int8(db, c->who.account);
	db_param_array(db, DB_TEXT, (size_t)c->count);
	for (int i = 0; i < c->count; i++)
		db_item_text(db, c->arguments[i].name, strlen(c->arguments[i].name));
	db_param_array(db, DB_TEXT, (size_t)c->count);
	for (int i = 0; i < c->count; i++)
		db_item_text(db, c->arguments[i].value, strlen(c->arguments[i].value));
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

/* NULL: it went wrong, and has been answered. */
static struct db_result *ask(struct call *c, const char *sql)
{
	struct err err = {0};
	struct db_result *res;
	struct db *db = worker_desk(c->worker, &err);
	size_t len;
	const char *body = server_body(c->request, &len);

	if (db) {
		desk_put_call(c, db);
		db_param_text(db, len ? body : NULL, len);
	}
	if (db && db_query(db, sql, &res, &err) >= 0)
		return res;
	problem_db(c->request, db, &err);
	return NULL;
}

void desk_answer(struct call *c)
{
	struct db_result *res = ask(c, c->route->sql);

	if (res)
		desk_send_row(c->request, res);
}

static void send_table(struct call *c, const struct db_result *res, enum table_format format)
{
	struct buf *out = &c->worker->body;

	buf_clear(out);
	table_write(res, format, "", out);
	server_set(c->request, "Cache-Control", "no-store");
	if (format != TABLE_NDJSON)
		server_set(c->request, "Content-Disposition", "attachment; filename=\"lagesbild.csv\"");
	server_answer(c->request, 200, table_type(format), out->data, out->len, SERVER_TEXT);
}

void desk_table(struct call *c)
{
	const char *wanted = handle_take(c, "format");
	enum table_format format = TABLE_JSON;
	struct db_result *res;

	if (wanted && !table_choose(wanted, NULL, false, &format)) {
		problem(c->request, 400, "Formatet finns inte", "format: json, csv, csv-excel or ndjson");
	} else if (format == TABLE_JSON) {
		desk_answer(c);
	} else if ((res = ask(c, c->route->sql_stat))) {
		send_table(c, res, format);
		db_free(res);
	}
}
