/* operator_sources: which sources there are, by the file that names them or by the database that took it in. */
#include "operator.h"

#include "operator_sql.h"
#include "pack/csv.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A name becomes part of a topic, a group and a program: lower case, digits and dashes, begun by a letter. */
static bool is_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len < OPERATOR_SOURCE_SIZE && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == len &&
	       strspn(name, "0123456789-") == 0;
}

enum { NAME, NUMBER, RELEASE, COLUMNS };

static int check_row(const struct operator_sources *sources, const struct csv *csv, const int column[COLUMNS],
		     struct err *err)
{
	const char *name = csv->fields[column[NAME]], *release = csv->fields[column[RELEASE]];
	char *end;
	long id = strtol(csv->fields[column[NUMBER]], &end, 10);

	if (!is_name(name))
		return csv_fail(csv, err,
				"a source's name is 1 to %d lower-case letters, digits and dashes, and begins with a "
				"letter.",
				OPERATOR_SOURCE_SIZE - 1);
	if (end == csv->fields[column[NUMBER]] || *end || id < 1 || id > OPERATOR_SOURCES_MAX)
		return csv_fail(csv, err, "a source's number is 1 to %d.", OPERATOR_SOURCES_MAX);
	if (strcmp(release, "public") && strcmp(release, "internal") && strcmp(release, "restricted"))
		return csv_fail(csv, err, "a source's release is public, internal or restricted.");
	if (sources->count == OPERATOR_SOURCES_MAX)
		return csv_fail(csv, err, "more sources than there are numbers.");
	for (size_t i = 0; i < sources->count; i++)
		if (!strcmp(sources->names[i], name))
			return csv_fail(csv, err, "the source %s stands twice.", name);
	return 0;
}

static int read_rows(struct csv *csv, struct operator_sources *sources, struct err *err)
{
	static const char *const names[COLUMNS] = {[NAME] = "source", [NUMBER] = "id", [RELEASE] = "release"};
	int column[COLUMNS], more;

	for (int i = 0; i < COLUMNS; i++)
		if ((column[i] = csv_column(csv, names[i], err)) < 0)
			return -1;
	while ((more = csv_next(csv, err)) > 0) {
		if (check_row(sources, csv, column, err))
			return -1;
		snprintf(sources->names[sources->count++], OPERATOR_SOURCE_SIZE, "%s", csv->fields[column[NAME]]);
	}
	return more;
}

int operator_sources_read(struct operator_sources *out, struct err *err)
{
	struct operator_sources sources = {.count = 0};
	struct csv csv;
	char path[600];
	int rc;

	snprintf(path, sizeof path, "%s/sources.csv", operator_conf.schemas);
	if (csv_open(&csv, path, err))
		return -1;
	rc = read_rows(&csv, &sources, err);
	csv_close(&csv);
	if (rc == 0)
		*out = sources;
	return rc;
}

int operator_sources_known(struct operator_sources *out, struct db *db, struct err *err)
{
	struct db_result *res;
	long rows = db_query(db, operator_sql_sources, &res, err);

	if (rows < 0)
		return -1;
	out->count = 0;
	for (long i = 0; i < rows && out->count < OPERATOR_SOURCES_MAX; i++)
		snprintf(out->names[out->count++], OPERATOR_SOURCE_SIZE, "%s", db_text(res, i, 0, NULL));
	db_free(res);
	return 0;
}
