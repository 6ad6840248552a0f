#include "table.h"

#include <string.h>

static const struct {
	const char *name, *type;
} formats[] = {
	[TABLE_JSON] = {"json", "application/json"},
	[TABLE_CSV] = {"csv", "text/csv; charset=utf-8"},
	[TABLE_CSV_EXCEL] = {"csv-excel", "text/csv; charset=utf-8"},
	[TABLE_NDJSON] = {"ndjson", "application/x-ndjson"},
	[TABLE_JSON_STAT] = {"json-stat", "application/json"},
	[TABLE_DOCUMENT] = {"document", "application/json"},
};

const char *table_type(enum table_format format)
{
	return formats[format].type;
}

bool table_choose(const char *name, const char *accept, bool stat, enum table_format *format)
{
	if (name && *name) {
		for (int i = TABLE_JSON; i <= TABLE_JSON_STAT; i++)
			if (strcmp(name, formats[i].name) == 0 && (stat || i != TABLE_JSON_STAT)) {
				*format = (enum table_format)i;
				return true;
			}
		return false;
	}
	*format = TABLE_JSON;
	if (!accept || strstr(accept, "application/json") || strstr(accept, "*/*"))
		return true;
	if (strstr(accept, "text/csv"))
		*format = TABLE_CSV;
	else if (strstr(accept, "application/x-ndjson"))
		*format = TABLE_NDJSON;
	else
		return false;
	return true;
}

/* ---- values ---- */

static bool is_text(const struct db_result *r, int column)
{
	return db_column_type(r, column) == DB_TEXT;
}

static void json_value(const struct db_result *r, long row, int column, struct buf *out)
{
	const char *text;
	size_t len;

	if (db_null(r, row, column)) {
		buf_append(out, "null", 4);
	} else if (is_text(r, column)) {
		text = db_text(r, row, column, &len);
		buf_quote(out, text, len);
	} else if (db_column_type(r, column) == DB_BOOL) {
		buf_format(out, "%s", db_int(r, row, column) ? "true" : "false");
	} else {
		buf_format(out, "%lld", (long long)db_int(r, row, column));
	}
}

static void json_row(const struct db_result *r, long row, struct buf *out)
{
	for (int k = 0; k < db_columns(r); k++) {
		buf_byte(out, k ? ',' : '{');
		buf_quote(out, db_column_name(r, k), strlen(db_column_name(r, k)));
		buf_byte(out, ':');
		json_value(r, row, k, out);
	}
	buf_byte(out, '}');
}

static void json(const struct db_result *r, const char *version, struct buf *out)
{
	buf_format(out, "{\"version\":\"%s\",\"rows\":[", version);
	for (long i = 0; i < db_rows(r); i++) {
		if (i)
			buf_byte(out, ',');
		json_row(r, i, out);
	}
	buf_format(out, "]}");
}

static void ndjson(const struct db_result *r, struct buf *out)
{
	for (long i = 0; i < db_rows(r); i++) {
		json_row(r, i, out);
		buf_byte(out, '\n');
	}
}

void table_csv_field(struct buf *out, const char *text, size_t len, char separator)
{
	bool formula = len && strchr("=+-@\t\r", text[0]);
	bool quote = formula || memchr(text, separator, len) || memchr(text, '"', len) || memchr(text, '\n', len) ||
		     memchr(text, '\r', len);

	if (!quote) {
		buf_append(out, text, len);
		return;
	}
	buf_byte(out, '"');
	if (formula)
		buf_byte(out, '\'');
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			buf_byte(out, '"');
		buf_byte(out, (uint8_t)text[i]);
	}
	buf_byte(out, '"');
}

static void csv_value(const struct db_result *r, long row, int column, char separator, struct buf *out)
{
	const char *text;
	size_t len;

	if (db_null(r, row, column))
		return;
	if (!is_text(r, column)) {
		json_value(r, row, column, out);
		return;
	}
	text = db_text(r, row, column, &len);
	table_csv_field(out, text, len, separator);
}

static void csv(const struct db_result *r, char separator, struct buf *out)
{
	if (separator == ';')
		buf_append(out, "\xef\xbb\xbf", 3);
	for (long i = -1; i < db_rows(r); i++) {
		for (int k = 0; k < db_columns(r); k++) {
			if (k)
				buf_byte(out, (uint8_t)separator);
			if (i < 0)
				buf_format(out, "%s", db_column_name(r, k));
			else
				csv_value(r, i, k, separator, out);
		}
		buf_append(out, "\r\n", 2);
	}
}

void table_write(const struct db_result *r, enum table_format format, const char *version, struct buf *out)
{
	if (format == TABLE_CSV || format == TABLE_CSV_EXCEL)
		csv(r, format == TABLE_CSV ? ',' : ';', out);
	else if (format == TABLE_NDJSON)
		ndjson(r, out);
	else
		json(r, version, out);
}
