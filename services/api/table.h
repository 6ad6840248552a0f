/* table: rows of a query as JSON, CSV or NDJSON. Numbers, texts, booleans and nulls; pure. */
#ifndef API_TABLE_H
#define API_TABLE_H

#include "base/buf.h"
#include "db/db.h"

enum table_format {
	TABLE_JSON,	 /* {"version": "...", "rows": [{"column": value}]} */
	TABLE_CSV,	 /* RFC 4180, comma, UTF-8, header */
	TABLE_CSV_EXCEL, /* as a Swedish Excel opens it: byte order mark, semicolon */
	TABLE_NDJSON,
	TABLE_JSON_STAT, /* made by the database (https://json-stat.org/full/) */
	TABLE_DOCUMENT,	 /* likewise, plain JSON */
};

/* By name ("" or NULL: by the Accept header, JSON when that takes anything); stat: JSON-stat is to be had. false: none
 * of what was asked for. */
bool table_choose(const char *name, const char *accept, bool stat, enum table_format *format);

const char *table_type(enum table_format format); /* media type */

void table_write(const struct db_result *rows, enum table_format format, const char *version, struct buf *out);

/* One CSV field: quoted where it must be, and a text that a spreadsheet would take for a formula made plain text. */
void table_csv_field(struct buf *out, const char *text, size_t len, char separator);

#endif
