/* document: the bytes of an edition's documents. What there is, and for whom, says schemas/sql/026_documents.sql. */
#include "api.h"

#include <stdio.h>
#include <string.h>

static const char *type_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && strcmp(dot, ".docx") == 0
		       ? "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
		       : "application/pdf";
}

/* name, file, sha256, bytes */
static void send_document(struct call *c, const struct db_result *res)
{
	char tag[72], disposition[200];
	const char *known = server_header(c->request, "If-None-Match");
	const char *bytes;
	size_t len;

	snprintf(tag, sizeof tag, "\"%.64s\"", db_text(res, 0, 2, NULL));
	snprintf(disposition, sizeof disposition, "attachment; filename=\"%.150s\"", db_text(res, 0, 1, NULL));
	server_set(c->request, "ETag", tag);
	server_set(c->request, "Cache-Control",
		   c->route->access == ACCESS_ANYBODY ? "public, max-age=60" : "private, no-cache");
	server_set(c->request, "Content-Disposition", disposition);
	bytes = db_text(res, 0, 3, &len);
	if (known && strstr(known, tag))
		server_answer(c->request, 304, NULL, NULL, 0, SERVER_PLAIN);
	else
		server_answer(c->request, 200, type_of(db_text(res, 0, 0, NULL)), bytes, len, SERVER_PLAIN);
}

void document_answer(struct call *c)
{
	struct err err = {0};
	struct db_result *res;
	struct db *db = worker_desk(c->worker, &err);

	if (db)
		desk_put_call(c, db);
	if (!db || db_query(db, c->route->sql, &res, &err) < 0) {
		problem_db(c->request, db, &err);
		return;
	}
	if (db_rows(res))
		send_document(c, res);
	else
		problem(c->request, 404, "Dokumentet finns inte än", "name");
	db_free(res);
}
