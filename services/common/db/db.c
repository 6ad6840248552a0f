#include "db/db.h"

#include "base/buf.h"
#include "base/run.h"
#include <assert.h>
#include <endian.h>
#include <libpq-fe.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARAMETER_BYTES_MAX (256u << 20)

struct db {
	PGconn *conn;
	struct buf params[DB_PARAMS_MAX];
	bool null[DB_PARAMS_MAX];
	int count;
	size_t array_left; /* items still owed to the array being filled */
	bool duplicate;	   /* the last failure was a unique violation */
	bool timed_out;	   /* ... or took longer than a statement may */
	int problem;	   /* ... or raised by a function of ours: its HTTP status */
	char title[200], detail[400];
	char notified[64]; /* channel of the last notification */
};

static struct db_result *wrap(PGresult *result)
{
	return (struct db_result *)result;
}

static PGresult *unwrap(const struct db_result *result)
{
	return (PGresult *)result;
}

/* The server's message without its line breaks, so that it fits a sentence and a log line. */
static int fail(struct err *err, enum err_kind kind, const char *what, const char *message)
{
	char flat[300];
	size_t n = 0;

	for (const char *p = message; *p && n + 1 < sizeof flat; p++)
		flat[n++] = *p == '\n' || *p == '\r' ? ' ' : *p;
	while (n && flat[n - 1] == ' ')
		n--;
	flat[n] = 0;
	return err_set(err, kind, "PostgreSQL: %s: %s", what, flat);
}

static bool begins(const char *state, const char *class)
{
	return strncmp(state, class, 2) == 0;
}

static void take_problem(struct db *db, PGresult *result, const char *state)
{
	const char *title = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	const char *detail = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL) : NULL;

	db->problem = state && begins(state, "LB") ? (int)strtol(state + 2, NULL, 10) : 0;
	snprintf(db->title, sizeof db->title, "%s", title ? title : "");
	snprintf(db->detail, sizeof db->detail, "%s", detail ? detail : "");
}

/* Which SQLSTATEs are a record's fault, the installation's, or the moment's. */
static int fail_result(struct db *db, PGresult *result, struct err *err)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;

	db->duplicate = state && strcmp(state, "23505") == 0;
	db->timed_out = state && strcmp(state, "57014") == 0;
	take_problem(db, result, state);
	if (!state)
		return fail(err, ERR_RETRY, "connection", PQerrorMessage(db->conn));
	if (!primary)
		primary = state;
	/* Class 22 and 23 messages quote values, so only the code is kept. 54001: JSON nested beyond the stack. */
	if (begins(state, "22") || begins(state, "23") || strcmp(state, "54001") == 0)
		return err_message(err, REASON_CONSTRAINT, "the database refused the value (SQLSTATE %s)", state);
	if (begins(state, "28") || begins(state, "3D") || begins(state, "3F") || strcmp(state, "42P01") == 0 ||
	    strcmp(state, "42703") == 0 || strcmp(state, "42501") == 0)
		return err_set(err, ERR_CONFIG,
			       "PostgreSQL: %.300s (SQLSTATE %s); has \"lagesbild setup\" been run as its owner?",
			       primary, state);
	if (begins(state, "42"))
		return fail(err, ERR_CONFIG, state, primary);
	return fail(err, ERR_RETRY, state, primary);
}

bool db_duplicate(const struct db *db)
{
	return db->duplicate;
}

bool db_timed_out(const struct db *db)
{
	return db->timed_out;
}

int db_problem(const struct db *db, const char **title, const char **detail)
{
	*title = db->title;
	*detail = db->detail;
	return db->problem >= 400 && db->problem < 600 ? db->problem : 0;
}

/* A failed connection has no SQLSTATE in libpq 15: a refused password or database is told by what it says. */
static enum err_kind connect_kind(const PGconn *conn)
{
	const char *text = PQerrorMessage(conn);

	if (PQconnectionNeedsPassword(conn) || strstr(text, "authentication failed") ||
	    strstr(text, "no password supplied") || strstr(text, "does not exist") || strstr(text, "pg_hba.conf") ||
	    strstr(text, "invalid connection option") || strstr(text, "definition of service"))
		return ERR_CONFIG;
	return ERR_RETRY;
}

int db_open(struct db **out, const char *application, int statement_timeout_ms, struct err *err)
{
	return db_open_as(out, NULL, application, statement_timeout_ms, err);
}

int db_open_as(struct db **out, const char *user, const char *application, int statement_timeout_ms, struct err *err)
{
	const char *keys[] = {
		"fallback_application_name", "client_encoding", "connect_timeout", "options", "user", NULL};
	char options[160];
	const char *values[] = {application, "UTF8", "5", options, user, NULL};
	struct db *db = calloc(1, sizeof *db);

	if (!db)
		return err_set(err, ERR_RETRY, "out of memory");
	snprintf(options, sizeof options,
		 "-c idle_in_transaction_session_timeout=5000 -c lock_timeout=10000 -c statement_timeout=%d -c "
		 "timezone=UTC",
		 statement_timeout_ms);
	for (int i = 0; i < DB_PARAMS_MAX; i++)
		buf_init(&db->params[i], PARAMETER_BYTES_MAX);
	db->conn = PQconnectdbParams(keys, values, 0);
	if (PQstatus(db->conn) != CONNECTION_OK) {
		fail(err, connect_kind(db->conn), "cannot connect", PQerrorMessage(db->conn));
		db_close(db);
		return -1;
	}
	*out = db;
	return 0;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	PQfinish(db->conn);
	for (int i = 0; i < DB_PARAMS_MAX; i++)
		buf_release(&db->params[i]);
	free(db);
}

bool db_broken(const struct db *db)
{
	return PQstatus(db->conn) != CONNECTION_OK;
}

int db_script(struct db *db, const char *sql, struct err *err)
{
	PGresult *result = PQexec(db->conn, sql);
	ExecStatusType status = PQresultStatus(result);
	int rc = 0;

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
		rc = fail_result(db, result, err);
	PQclear(result);
	return rc;
}

int db_prepare(struct db *db, const char *name, const char *sql, struct err *err)
{
	PGresult *result = PQprepare(db->conn, name, sql, 0, NULL);
	int rc = 0;

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		rc = fail_result(db, result, err);
	PQclear(result);
	return rc;
}

static struct buf *param(struct db *db)
{
	struct buf *b;

	assert(db->count < DB_PARAMS_MAX && db->array_left == 0);
	b = &db->params[db->count];
	db->null[db->count++] = false;
	buf_clear(b);
	return b;
}

void db_param_int8(struct db *db, int64_t v)
{
	buf_be64(param(db), (uint64_t)v);
}

void db_param_int4(struct db *db, int32_t v)
{
	buf_be32(param(db), (uint32_t)v);
}

void db_param_int2(struct db *db, int16_t v)
{
	buf_be16(param(db), (uint16_t)v);
}

void db_param_uuid(struct db *db, const uint8_t v[16])
{
	buf_append(param(db), v, 16);
}

void db_param_text(struct db *db, const char *text, size_t len)
{
	struct buf *b = param(db);

	if (text)
		buf_append(b, text, len);
	else
		db->null[db->count - 1] = true;
}

void db_param_array(struct db *db, enum db_type element, size_t count)
{
	struct buf *b = param(db);

	/* array_recv: dimensions, has-null flag, element type, then length and lower bound of the one dimension. */
	buf_be32(b, 1);
	buf_be32(b, 0);
	buf_be32(b, (uint32_t)element);
	buf_be32(b, (uint32_t)count);
	buf_be32(b, 1);
	db->array_left = count;
}

static struct buf *item(struct db *db, uint32_t len)
{
	struct buf *b = &db->params[db->count - 1];

	assert(db->array_left > 0);
	db->array_left--;
	buf_be32(b, len);
	return b;
}

void db_item_int8(struct db *db, int64_t v)
{
	buf_be64(item(db, 8), (uint64_t)v);
}

void db_item_int4(struct db *db, int32_t v)
{
	buf_be32(item(db, 4), (uint32_t)v);
}

void db_item_int2(struct db *db, int16_t v)
{
	buf_be16(item(db, 2), (uint16_t)v);
}

void db_item_char(struct db *db, char v)
{
	buf_byte(item(db, 1), (uint8_t)v);
}

void db_item_bool(struct db *db, bool v)
{
	buf_byte(item(db, 1), v);
}

void db_item_uuid(struct db *db, const uint8_t v[16])
{
	buf_append(item(db, 16), v, 16);
}

void db_item_text(struct db *db, const char *text, size_t len)
{
	buf_append(item(db, (uint32_t)len), text, len);
}

static long finish(struct db *db, PGresult *result, struct db_result **out, struct err *err)
{
	ExecStatusType status = PQresultStatus(result);
	long rows = -1;

	if (status == PGRES_TUPLES_OK)
		rows = PQntuples(result);
	else if (status == PGRES_COMMAND_OK)
		rows = strtol(PQcmdTuples(result), NULL, 10);
	else
		fail_result(db, result, err);
	if (rows >= 0 && out)
		*out = wrap(result);
	else
		PQclear(result);
	return rows;
}

struct arguments {
	const char *values[DB_PARAMS_MAX];
	int lengths[DB_PARAMS_MAX];
	int formats[DB_PARAMS_MAX];
	int count;
};

static int collect(struct db *db, struct arguments *a, struct err *err)
{
	assert(db->array_left == 0);
	a->count = db->count;
	db->count = 0;
	for (int i = 0; i < a->count; i++) {
		struct buf *b = &db->params[i];

		if (b->overflow)
			return err_set(err, ERR_RETRY, "out of memory for a statement's parameters");
		a->values[i] = db->null[i] ? NULL : b->len ? (const char *)b->data : "";
		a->lengths[i] = (int)b->len;
		a->formats[i] = 1;
	}
	return 0;
}

long db_run(struct db *db, const char *name, struct db_result **out, struct err *err)
{
	struct arguments a;

	if (collect(db, &a, err))
		return -1;
	return finish(db, PQexecPrepared(db->conn, name, a.count, a.values, a.lengths, a.formats, 1), out, err);
}

long db_query(struct db *db, const char *sql, struct db_result **out, struct err *err)
{
	struct arguments a;

	if (collect(db, &a, err))
		return -1;
	return finish(db, PQexecParams(db->conn, sql, a.count, NULL, a.values, a.lengths, a.formats, 1), out, err);
}

int db_copy_begin(struct db *db, const char *sql, struct err *err)
{
	PGresult *result = PQexec(db->conn, sql);
	int rc = 0;

	if (PQresultStatus(result) != PGRES_COPY_IN)
		rc = fail_result(db, result, err);
	PQclear(result);
	return rc;
}

int db_copy_end(struct db *db, struct err *err)
{
	PGresult *result;
	int rc = 0;

	if (PQputCopyEnd(db->conn, NULL) != 1)
		rc = fail(err, ERR_RETRY, "COPY", PQerrorMessage(db->conn));
	while ((result = PQgetResult(db->conn)) != NULL) {
		if (PQresultStatus(result) != PGRES_COMMAND_OK && rc == 0)
			rc = fail_result(db, result, err);
		PQclear(result);
	}
	return rc;
}

int db_copy_put(struct db *db, const void *piece, size_t len, struct err *err)
{
	assert(len <= INT_MAX);
	if (len == 0 || PQputCopyData(db->conn, piece, (int)len) == 1)
		return 0;
	/* Why the server has given up is in the result, if there is one. */
	if (db_copy_end(db, err) == 0)
		return fail(err, ERR_RETRY, "COPY", PQerrorMessage(db->conn));
	return -1;
}

int db_copy(struct db *db, const char *sql, const char *content, size_t len, struct err *err)
{
	return db_copy_begin(db, sql, err) || db_copy_put(db, content, len, err) || db_copy_end(db, err) ? -1 : 0;
}

long db_rows(const struct db_result *r)
{
	return PQntuples(unwrap(r));
}

int db_columns(const struct db_result *r)
{
	return PQnfields(unwrap(r));
}

const char *db_column_name(const struct db_result *r, int column)
{
	return PQfname(unwrap(r), column);
}

int db_column_type(const struct db_result *r, int column)
{
	return (int)PQftype(unwrap(r), column);
}

bool db_null(const struct db_result *r, long row, int column)
{
	return PQgetisnull(unwrap(r), (int)row, column);
}

int64_t db_int(const struct db_result *r, long row, int column)
{
	const char *p = PQgetvalue(unwrap(r), (int)row, column);
	uint64_t v8;
	uint32_t v4;
	uint16_t v2;

	switch (PQgetlength(unwrap(r), (int)row, column)) {
	case 8:
		memcpy(&v8, p, 8);
		return (int64_t)be64toh(v8);
	case 4:
		memcpy(&v4, p, 4);
		return (int32_t)be32toh(v4);
	case 2:
		memcpy(&v2, p, 2);
		return (int16_t)be16toh(v2);
	case 1:
		return *p;
	default:
		return 0;
	}
}

double db_real(const struct db_result *r, long row, int column)
{
	int64_t bits = db_int(r, row, column);
	double v;

	memcpy(&v, &bits, sizeof v);
	return v;
}

const char *db_text(const struct db_result *r, long row, int column, size_t *len)
{
	if (len)
		*len = (size_t)PQgetlength(unwrap(r), (int)row, column);
	return PQgetvalue(unwrap(r), (int)row, column);
}

const uint8_t *db_uuid(const struct db_result *r, long row, int column)
{
	return (const uint8_t *)PQgetvalue(unwrap(r), (int)row, column);
}

void db_free(struct db_result *r)
{
	PQclear(unwrap(r));
}

/* Until a result is there, looking up from time to time whether the caller has been asked to stop. */
static int await_result(struct db *db, struct err *err)
{
	struct pollfd p = {.fd = PQsocket(db->conn), .events = POLLIN};

	while (PQisBusy(db->conn)) {
		if (run_stopping())
			return err_set(err, ERR_CONFIG, "interrupted");
		if (poll(&p, 1, 100) > 0 && !PQconsumeInput(db->conn))
			return fail(err, ERR_RETRY, "connection", PQerrorMessage(db->conn));
	}
	return 0;
}

static void cancel(struct db *db)
{
	PGcancel *request = PQgetCancel(db->conn);
	char ignored[256];

	if (request)
		PQcancel(request, ignored, sizeof ignored);
	PQfreeCancel(request);
	for (PGresult *r = PQgetResult(db->conn); r; r = PQgetResult(db->conn))
		PQclear(r);
}

/* What came: a row, the end of the rows, or a statement done that has none. */
static int take_result(struct db *db, PGresult *result,
		       int (*row)(void *arg, const struct db_result *r, struct err *err), void *arg, long *rows,
		       struct err *err)
{
	ExecStatusType status = PQresultStatus(result);

	if (status == PGRES_COMMAND_OK)
		*rows = strtol(PQcmdTuples(result), NULL, 10);
	else if (status == PGRES_SINGLE_TUPLE)
		++*rows;
	else if (status != PGRES_TUPLES_OK)
		return fail_result(db, result, err);
	return row && status != PGRES_COMMAND_OK ? row(arg, wrap(result), err) : 0;
}

long db_stream(struct db *db, const char *sql, int (*row)(void *arg, const struct db_result *r, struct err *err),
	       void *arg, struct err *err)
{
	struct arguments a;
	PGresult *result;
	long rows = 0;
	int rc = 0;

	if (collect(db, &a, err))
		return -1;
	if (!PQsendQueryParams(db->conn, sql, a.count, NULL, a.values, a.lengths, a.formats, 0) ||
	    !PQsetSingleRowMode(db->conn))
		return fail(err, ERR_RETRY, "connection", PQerrorMessage(db->conn));
	while ((rc = await_result(db, err)) == 0 && (result = PQgetResult(db->conn)) != NULL) {
		rc = take_result(db, result, row, arg, &rows, err);
		PQclear(result);
		if (rc)
			break;
	}
	if (rc)
		cancel(db);
	return rc ? -1 : rows;
}

int db_wait_notify(struct db *db, int timeout_ms, struct err *err)
{
	struct pollfd p = {.fd = PQsocket(db->conn), .events = POLLIN};
	PGnotify *n = PQnotifies(db->conn); /* several may have come at once */

	if (!n) {
		if (poll(&p, 1, timeout_ms) > 0 && !PQconsumeInput(db->conn))
			return fail(err, ERR_RETRY, "connection", PQerrorMessage(db->conn));
		n = PQnotifies(db->conn);
	}
	if (!n)
		return 0;
	snprintf(db->notified, sizeof db->notified, "%s", n->relname);
	PQfreemem(n);
	return 1;
}

const char *db_notified(const struct db *db)
{
	return db->notified;
}
