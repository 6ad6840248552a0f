/* csv: a small strict reader of RFC 4180 files: reference data, so everything that is not as it
 * should be is an error with file and line.
 *
 * UTF-8 (a byte order mark is skipped), comma, quotes doubled inside quotes, CRLF or LF, first row
 * = column names, every row as many fields as the first. The file is read whole and unquoted in
 * place: fields are terminated texts that live until csv_close. */
#ifndef LAGESBILD_CSV_H
#define LAGESBILD_CSV_H

#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

#define CSV_COLUMNS_MAX 32

/* The caller owns the struct; its members are for csv.c, but for the three read-only ones. */
struct csv {
	int line; /* the line on which the current row begins */
	size_t columns;
	uint64_t hash; /* content hash of the file's bytes */
	char path[256];
	char *bytes;
	size_t len, pos;
	int next_line;
	const char *names[CSV_COLUMNS_MAX];
	const char *fields[CSV_COLUMNS_MAX];
};

/* Read the file and its header. ERR_CONFIG, also when a column has no name or two have the same. On
 * failure nothing is to be closed. */
int csv_open(struct csv *csv, const char *path, struct err *err) MUST_CHECK;
void csv_close(struct csv *csv);

/* The next row: 1, 0 at the end, -1. */
int csv_next(struct csv *csv, struct err *err) MUST_CHECK;

/* Column number by name; -1 with ERR_CONFIG when the file has none of that name. */
int csv_column(const struct csv *csv, const char *name, struct err *err) MUST_CHECK;

/* ERR_CONFIG: "<path>, line <n>: <message>". Always -1. */
int csv_fail(const struct csv *csv, struct err *err, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The whole file in memory of malloc, terminated by a NUL that len does not count. ERR_CONFIG when
 * it cannot be read or passes 64 MiB. */
int csv_slurp(const char *path, char **bytes, size_t *len, struct err *err) MUST_CHECK;

#endif
