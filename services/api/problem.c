/* problem: what went wrong, as application/problem+json (RFC 9457). A detail names a field, never what stood in it. */
#include "api.h"

#include "base/log.h"
#include <stdio.h>
#include <string.h>

void problem(struct server_request *r, unsigned status, const char *title, const char *detail)
{
	struct buf b;

	buf_init(&b, 8192);
	buf_format(&b, "{\"type\":\"about:blank\",\"status\":%u,\"title\":", status);
	buf_quote(&b, title, strlen(title));
	if (detail && *detail) {
		buf_format(&b, ",\"detail\":");
		buf_quote(&b, detail, strlen(detail));
	}
	buf_byte(&b, '}');
	server_set(r, "Cache-Control", "no-store");
	server_answer(r, status, "application/problem+json", b.data, b.len, SERVER_PLAIN);
	buf_release(&b);
}

void problem_db(struct server_request *r, const struct db *db, const struct err *err)
{
	const char *title, *detail;
	int status = db ? db_problem(db, &title, &detail) : 0;

	if (status) {
		problem(r, (unsigned)status, title, detail);
	} else if (err->kind == ERR_MESSAGE) {
		problem(r, 400, "Ett värde är fel", "a value has the wrong type or is out of range");
	} else if (db && db_timed_out(db) && !db_broken(db)) {
		log_text(LOG_WARNING, "database", "%s", err->text);
		problem(r, 504, "Frågan tog för lång tid", "it was stopped; ask for less, or for a shorter time");
	} else {
		log_text(LOG_WARNING, "database", "%s", err->text);
		server_set(r, "Retry-After", "2");
		problem(r, 503, "Databasen svarar inte just nu", "the database is away; nothing has been changed");
	}
}
