/* db: a PostgreSQL session (libpq), hidden. Binary parameters and results, prepared statements, errors sorted by what
 * to do.
 *
 * Connects by libpq's own PG* variables or service file. Kinds of failure: ERR_MESSAGE with REASON_CONSTRAINT for
 * SQLSTATE classes 22 and 23 (the record's fault), ERR_CONFIG for a wrong password, missing database, schema, table or
 * right, ERR_RETRY for all else: the session may be broken then (db_broken), and a COMMIT that failed so is unclear.
 * One session, one thread. Statement parameters are filled with db_param_*, kept in reused buffers. */
#ifndef LAGESBILD_DB_H
#define LAGESBILD_DB_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct db_result;

#define DB_PARAMS_MAX 24

/* application names the session in pg_stat_activity (the view's column application_name). Sets
 * idle_in_transaction_session_timeout 5 s, lock_timeout 10 s, statement_timeout as given (0: none), client_encoding
 * UTF8, time zone UTC. */
int db_open(struct db **db, const char *application, int statement_timeout_ms, struct err *err) MUST_CHECK;

/* The same as another role than PGUSER's (NULL: that one). */
int db_open_as(struct db **db, const char *user, const char *application, int statement_timeout_ms,
	       struct err *err) MUST_CHECK;
void db_close(struct db *db); /* NULL allowed */
bool db_broken(const struct db *db);

/* Was the last failure a row that is there already (SQLSTATE 23505)? */
bool db_duplicate(const struct db *db);

/* Was it a statement that took longer than it may (57014)? */
bool db_timed_out(const struct db *db);

/* Was the last failure raised by a function of ours as a problem: SQLSTATE LB and an HTTP status? That status (400 to
 * 599) with its message and detail, valid until the next call; 0: it was not. */
int db_problem(const struct db *db, const char **title, const char **detail);

/* Run one or more statements of plain SQL text without parameters (a script); results are dropped. */
int db_script(struct db *db, const char *sql, struct err *err) MUST_CHECK;

/* Prepare under a name (borrowed; the text of the statement's constant may serve). */
int db_prepare(struct db *db, const char *name, const char *sql, struct err *err) MUST_CHECK;

/* Parameters of the next db_run, in order; cleared by it. Arrays are one-dimensional; begin says the element type, then
 * items follow. */
enum db_type { DB_BOOL = 16, DB_CHAR = 18, DB_INT8 = 20, DB_INT2 = 21, DB_INT4 = 23, DB_TEXT = 25, DB_UUID = 2950 };
void db_param_int8(struct db *db, int64_t v);
void db_param_int4(struct db *db, int32_t v);
void db_param_int2(struct db *db, int16_t v);
void db_param_uuid(struct db *db, const uint8_t v[16]);
void db_param_text(struct db *db, const char *text, size_t len);	/* NULL text: SQL null */
void db_param_array(struct db *db, enum db_type element, size_t count); /* then exactly count of: */
void db_item_int8(struct db *db, int64_t v);
void db_item_int4(struct db *db, int32_t v);
void db_item_int2(struct db *db, int16_t v);
void db_item_char(struct db *db, char v);
void db_item_bool(struct db *db, bool v);
void db_item_uuid(struct db *db, const uint8_t v[16]);
void db_item_text(struct db *db, const char *text, size_t len);

/* Run a prepared statement. result may be NULL when only the count matters. Returns the number of rows returned or
 * affected. */
long db_run(struct db *db, const char *name, struct db_result **result, struct err *err) MUST_CHECK;

/* Run SQL text with the parameters given (unprepared), for what runs once. */
long db_query(struct db *db, const char *sql, struct db_result **result, struct err *err) MUST_CHECK;

/* Run SQL text with the parameters given, the rows handed out one by one as they come, so that an answer may be larger
 * than memory. row is called for each (values as text, db_text; the result holds that row alone and dies with the
 * call), and once more at the end with no row, for the columns' names; -1 from it ends the query. NULL for a statement
 * that returns none but takes long: SIGINT ends either (ERR_CONFIG, run.h). Returns the number of rows. */
long db_stream(struct db *db, const char *sql, int (*row)(void *arg, const struct db_result *r, struct err *err),
	       void *arg, struct err *err) MUST_CHECK;

/* COPY ... FROM STDIN with this whole content. */
int db_copy(struct db *db, const char *sql, const char *content, size_t len, struct err *err) MUST_CHECK;

/* The same as a stream: begin, any number of pieces of any size, end. After a -1 of any of them the COPY is over (in a
 * transaction: roll back). */
int db_copy_begin(struct db *db, const char *sql, struct err *err) MUST_CHECK;
int db_copy_put(struct db *db, const void *piece, size_t len, struct err *err) MUST_CHECK;
int db_copy_end(struct db *db, struct err *err) MUST_CHECK;

/* Results: binary. Columns by number from 0. Texts are views until the result is freed. */
long db_rows(const struct db_result *r);
int db_columns(const struct db_result *r);
const char *db_column_name(const struct db_result *r, int column);
int db_column_type(const struct db_result *r, int column); /* of enum db_type, or another type's OID */
bool db_null(const struct db_result *r, long row, int column);
int64_t db_int(const struct db_result *r, long row, int column);		   /* int2, int4, int8, bool, "char" */
double db_real(const struct db_result *r, long row, int column);		   /* float8 */
const char *db_text(const struct db_result *r, long row, int column, size_t *len); /* terminated; len may be NULL */
const uint8_t *db_uuid(const struct db_result *r, long row, int column);
void db_free(struct db_result *r); /* NULL allowed */

/* Wait at most timeout_ms for a NOTIFY; 1 arrived, 0 time is up. One a call: the channel of the last that arrived is
 * db_notified, until the next call. */
int db_wait_notify(struct db *db, int timeout_ms, struct err *err) MUST_CHECK;
const char *db_notified(const struct db *db);

#endif
