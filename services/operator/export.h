/* export: what the parts of the command share: what was asked for, and the file that is being written. */
#ifndef LAGESBILD_EXPORT_H
#define LAGESBILD_EXPORT_H

#include "operator.h"

enum export_format { EXPORT_CSV, EXPORT_CSV_EXCEL, EXPORT_NDJSON, EXPORT_JSON_STAT };

struct export
{
	struct db *db;
	const char *build, *area, *category, *source; /* "" the current build; all */
	int64_t from, to;			      /* month numbers since 1970-01 */
	bool incidents, filtered;
	enum export_format format;
	int16_t build_id;
	const char *path; /* NULL: standard output */
	char *temporary;  /* path with .part behind it, until it is complete */
	FILE *file;
	int64_t rows, shown_ms;
	bool headed;
};

/* The place to write to: path.part, locked against a second export to the same path, or standard output. */
int export_out_open(struct export *x, struct err *err) MUST_CHECK;

/* Written whole: on disk and renamed to path. */
int export_out_finish(struct export *x, struct err *err) MUST_CHECK;

/* After a failure: nothing is left. After export_out_finish it does nothing. */
void export_out_drop(struct export *x);

/* One more row is written: tells a terminal how many, and whether the disk has taken them. */
int export_out_row(struct export *x, struct err *err) MUST_CHECK;

/* The cells as one JSON-stat 2.0 data set (https://json-stat.org/full/). */
int export_stat_write(struct export *x, struct err *err) MUST_CHECK;

/* The parameters that the statements on cells and incidents share: build, months, area, category, source. */
void export_params(struct export *x);

#endif
