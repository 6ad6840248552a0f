#include "pack/csv.h"

#include "base/utf8.h"
#include "hash/hash.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CSV_BYTES_MAX (64L << 20)

int csv_slurp(const char *path, char **bytes, size_t *len, struct err *err)
{
	FILE *file = fopen(path, "rb");
	char *data = NULL;
	long size = -1;
	int result = -1;

	if (!file)
		return err_set(err, ERR_CONFIG, "%s cannot be opened: %s.", path, strerror(errno));
	if (fseek(file, 0, SEEK_END) == 0)
		size = ftell(file);
	if (size < 0 || size > CSV_BYTES_MAX || fseek(file, 0, SEEK_SET) != 0) {
		err_set(err, ERR_CONFIG, "%s is no readable file of at most 64 MiB.", path);
		goto done;
	}
	data = malloc((size_t)size + 1);
	if (!data || fread(data, 1, (size_t)size, file) != (size_t)size) {
		err_set(err, ERR_CONFIG, "%s cannot be read whole.", path);
		goto done;
	}
	data[size] = '\0';
	*bytes = data;
	*len = (size_t)size;
	data = NULL;
	result = 0;
done:
	free(data);
	fclose(file);
	return result;
}

int csv_fail(const struct csv *csv, struct err *err, const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return err_set(err, ERR_CONFIG, "%s, line %d: %s", csv->path, csv->line, text);
}

/* What stands after a field: ',' stays in the row, '\n' ends it (also for the file's end), anything
 * else is wrong (0). */
static char csv_separator(struct csv *csv)
{
	if (csv->pos == csv->len)
		return '\n';
	if (csv->bytes[csv->pos] == '\r' && csv->pos + 1 < csv->len && csv->bytes[csv->pos + 1] == '\n')
		csv->pos++;
	switch (csv->bytes[csv->pos]) {
	case '\n':
		csv->next_line++;
		csv->pos++;
		return '\n';
	case ',':
		csv->pos++;
		return ',';
	default:
		return 0;
	}
}

/* Unquotes in place: what is written never passes what is read. */
static int csv_quoted(struct csv *csv, char **end, struct err *err)
{
	char *to = csv->bytes + csv->pos;

	for (csv->pos++; csv->pos < csv->len; csv->pos++) {
		char c = csv->bytes[csv->pos];

		if (c == '\n')
			csv->next_line++;
		if (c == '"') {
			if (csv->pos + 1 >= csv->len || csv->bytes[csv->pos + 1] != '"') {
				csv->pos++;
				*end = to;
				return 0;
			}
			csv->pos++;
		}
		*to++ = c;
	}
	return csv_fail(csv, err, "a quote is never closed.");
}

static int csv_plain(struct csv *csv, char **end, struct err *err)
{
	while (csv->pos < csv->len && !strchr(",\r\n", csv->bytes[csv->pos])) {
		if (csv->bytes[csv->pos] == '"')
			return csv_fail(csv, err, "a quote stands inside a field that does not begin with one.");
		csv->pos++;
	}
	*end = csv->bytes + csv->pos;
	return 0;
}

static int csv_row(struct csv *csv, const char **fields, struct err *err)
{
	size_t count = 0;
	char separator = ',';

	csv->line = csv->next_line;
	while (separator == ',') {
		char *end = NULL;
		int failed;

		if (count == CSV_COLUMNS_MAX)
			return csv_fail(csv, err, "more than %d fields.", CSV_COLUMNS_MAX);
		fields[count++] = csv->bytes + csv->pos;
		failed = csv->pos < csv->len && csv->bytes[csv->pos] == '"' ? csv_quoted(csv, &end, err)
									    : csv_plain(csv, &end, err);
		if (failed)
			return -1;
		separator = csv_separator(csv);
		if (!separator)
			return csv_fail(csv, err, "field %zu is not followed by a comma or a line's end.", count);
		*end = '\0';
	}
	return (int)count;
}

static int csv_header(struct csv *csv, struct err *err)
{
	int count = csv_row(csv, csv->names, err);

	if (count < 0)
		return -1;
	csv->columns = (size_t)count;
	for (int i = 0; i < count; i++) {
		if (!csv->names[i][0])
			return csv_fail(csv, err, "column %d has no name.", i + 1);
		for (int j = 0; j < i; j++)
			if (!strcmp(csv->names[i], csv->names[j]))
				return csv_fail(csv, err, "two columns have the name %s.", csv->names[i]);
	}
	return 0;
}

int csv_open(struct csv *csv, const char *path, struct err *err)
{
	struct csv fresh = {.next_line = 1, .line = 1};

	snprintf(fresh.path, sizeof(fresh.path), "%s", path);
	if (csv_slurp(path, &fresh.bytes, &fresh.len, err) < 0)
		return -1;
	fresh.hash = hash_content(fresh.bytes, fresh.len);
	if (fresh.len >= 3 && !memcmp(fresh.bytes, "\xEF\xBB\xBF", 3))
		fresh.pos = 3;
	if (!utf8_valid(fresh.bytes, fresh.len)) {
		csv_fail(&fresh, err, "the file is not UTF-8.");
		csv_close(&fresh);
		return -1;
	}
	if (csv_header(&fresh, err) < 0) {
		csv_close(&fresh);
		return -1;
	}
	*csv = fresh;
	return 0;
}

void csv_close(struct csv *csv)
{
	free(csv->bytes);
	csv->bytes = NULL;
	csv->len = csv->pos = 0;
}

int csv_next(struct csv *csv, struct err *err)
{
	int count;

	if (csv->pos >= csv->len)
		return 0;
	count = csv_row(csv, csv->fields, err);
	if (count < 0)
		return -1;
	if ((size_t)count != csv->columns)
		return csv_fail(csv, err, "%d fields where the first line has %zu.", count, csv->columns);
	return 1;
}

int csv_column(const struct csv *csv, const char *name, struct err *err)
{
	for (size_t i = 0; i < csv->columns; i++)
		if (!strcmp(csv->names[i], name))
			return (int)i;
	return err_set(err, ERR_CONFIG, "%s has no column %s.", csv->path, name);
}
