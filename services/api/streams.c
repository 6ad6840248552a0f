/* streams: who hears of changes. One reader does not take the room of all, and hears nothing once it has no session. */
#include "api.h"

#include "api_sql.h"
#include "base/log.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STREAMS_MAX 30 /* of a session: so many pages are open in a browser */
#define READERS_MAX 4096

void desk_changes(struct call *c)
{
	char reader[SERVER_READER_SIZE];

	/* A program's key and who a proxy names have no session: the account. */
	if (*c->who.session)
		snprintf(reader, sizeof reader, "%s", c->who.session);
	else
		snprintf(reader, sizeof reader, "%lld", (long long)c->who.account);
	if (!server_stream(c->request, reader, STREAMS_MAX)) {
		server_set(c->request, "Retry-After", "60");
		problem(c->request, 429, "För många öppna sidor", "one session has 30 streams at most");
	}
}

static bool has(const struct db_result *res, const char *reader)
{
	for (long i = 0; i < db_rows(res); i++)
		if (strcmp(db_text(res, i, 0, NULL), reader) == 0)
			return true;
	return false;
}

static int look(struct db *db, char (*readers)[SERVER_READER_SIZE], int count, struct err *err)
{
	struct db_result *res;

	db_param_array(db, DB_TEXT, (size_t)count);
	for (int i = 0; i < count; i++)
		db_item_text(db, readers[i], strlen(readers[i]));
	if (db_query(db, api_sql_still_here, &res, err) < 0)
		return -1;
	for (int i = 0; i < count; i++)
		if (!has(res, readers[i]))
			server_stream_end(readers[i]);
	db_free(res);
	return 0;
}

void streams_look(struct worker *w)
{
	char(*readers)[SERVER_READER_SIZE] = calloc(READERS_MAX, sizeof *readers);
	int count = readers ? server_readers(readers, READERS_MAX) : 0;
	struct err err = {0};
	struct db *db = count ? worker_desk(w, &err) : NULL;

	if (count && (!db || look(db, readers, count, &err)))
		log_text(LOG_WARNING, "database", "%s", err.text);
	free(readers);
}
