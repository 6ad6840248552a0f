/* export: figures, or the ledger behind them, as a file. Rows go through as they come: ten million need no memory. */
#include "export.h"

#include "operator_sql.h"
#include <string.h>

static const char *const formats[] = {"csv", "csv-excel", "ndjson", "json-stat"};

void export_params(struct export *x)
{
	db_param_int2(x->db, x->build_id);
	db_param_int8(x->db, x->from);
	db_param_int8(x->db, x->to);
	db_param_text(x->db, x->area, strlen(x->area));
	db_param_text(x->db, x->category, strlen(x->category));
	db_param_text(x->db, x->source, strlen(x->source));
}

/* A spreadsheet takes 0180 for 180, and 12e5… for a number: such codes are written as a formula that yields the text.
 */
static bool spoilt(const char *text)
{
	size_t len = strlen(text);

	return len > 1 && strspn(text, "0123456789e") == len && (*text == '0' || len > 15 || strchr(text, 'e'));
}

static void write_field(const struct export *x, const char *text)
{
	if (x->format == EXPORT_CSV)
		operator_csv(x->file, text, ',');
	else if (spoilt(text))
		fprintf(x->file, "\"=\"\"%s\"\"\"", text);
	else
		operator_csv(x->file, text, ';');
}

/* Column 0 is the row as JSON; in Excel's dialect a byte order mark says UTF-8, and semicolons are what a Swedish one
 * splits at. */
static int write_csv(void *arg, const struct db_result *r, struct err *err)
{
	struct export *x = arg;
	const char *separator = x->format == EXPORT_CSV ? "," : ";";
	int columns = db_columns(r);

	if (!x->headed) {
		if (x->format == EXPORT_CSV_EXCEL)
			fputs("\xEF\xBB\xBF", x->file);
		for (int c = 1; c < columns; c++)
			fprintf(x->file, "%s%s", db_column_name(r, c), c + 1 < columns ? separator : "\r\n");
		x->headed = true;
	}
	if (db_rows(r) == 0)
		return 0;
	for (int c = 1; c < columns; c++) {
		write_field(x, db_text(r, 0, c, NULL));
		fputs(c + 1 < columns ? separator : "\r\n", x->file);
	}
	return export_out_row(x, err);
}

static int write_ndjson(void *arg, const struct db_result *r, struct err *err)
{
	struct export *x = arg;

	if (db_rows(r) == 0)
		return 0;
	fprintf(x->file, "%s\n", db_text(r, 0, 0, NULL));
	return export_out_row(x, err);
}

static int write_rows(struct export *x, struct err *err)
{
	bool json = x->format == EXPORT_NDJSON;

	export_params(x);
	db_param_int4(x->db, json);
	if (x->incidents)
		db_param_int4(x->db, x->filtered);
	return db_stream(x->db, x->incidents ? operator_sql_export_incidents : operator_sql_export_cells,
			 json ? write_ndjson : write_csv, x, err) < 0
		       ? -1
		       : 0;
}

static int find_build(struct export *x, struct err *err)
{
	struct db_result *res;
	long rows;

	db_param_text(x->db, x->build, strlen(x->build));
	rows = db_query(x->db, operator_sql_export_build, &res, err);
	if (rows < 0)
		return -1;
	if (rows)
		x->build_id = (int16_t)db_int(res, 0, 0);
	db_free(res);
	if (rows)
		return 0;
	return *x->build ? err_set(err, ERR_CONFIG, "there is no build \"%.60s\"", x->build)
			 : err_set(err, ERR_CONFIG, "there is no build yet: run \"lagesbild setup\"");
}

static int check_filter(struct export *x, struct err *err)
{
	const char *const names[] = {"area", "category", "source"}, *const values[] = {x->area, x->category, x->source};
	struct db_result *res;
	int rc = 0;

	db_param_int2(x->db, x->build_id);
	for (int i = 0; i < 3; i++)
		db_param_text(x->db, values[i], strlen(values[i]));
	if (db_query(x->db, operator_sql_export_filter, &res, err) < 0)
		return -1;
	for (int i = 0; i < 3 && rc == 0; i++)
		if (!db_int(res, 0, i))
			rc = err_set(err, ERR_CONFIG, "there is no %s \"%.30s\"", names[i], values[i]);
	db_free(res);
	return rc;
}

static int parse_format(struct export *x, const char *name, struct err *err)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(formats[i], name) == 0) {
			x->format = (enum export_format)i;
			return 0;
		}
	return err_set(err, ERR_CONFIG, "there is no format \"%.20s\": csv, csv-excel, ndjson or json-stat", name);
}

static int parse_value(struct export *x, const char *name, const char *value, struct err *err)
{
	x->filtered = x->filtered || (strcmp(name, "--build") && strcmp(name, "--format") && strcmp(name, "--output"));
	if (strcmp(name, "--build") == 0)
		x->build = value;
	else if (strcmp(name, "--area") == 0)
		x->area = value;
	else if (strcmp(name, "--category") == 0)
		x->category = value;
	else if (strcmp(name, "--source") == 0)
		x->source = value;
	else if (strcmp(name, "--output") == 0)
		x->path = value;
	else if (strcmp(name, "--from") == 0)
		return operator_month(value, &x->from, err);
	else if (strcmp(name, "--to") == 0)
		return operator_month(value, &x->to, err);
	else if (strcmp(name, "--format") == 0)
		return parse_format(x, value, err);
	else
		return err_set(err, ERR_CONFIG, "unknown argument %.40s; see lagesbild export --help", name);
	return 0;
}

static int parse(struct export *x, int argc, char **argv, struct err *err)
{
	if (argc < 2 || (strcmp(argv[1], "cells") && strcmp(argv[1], "incidents")))
		return err_set(err, ERR_CONFIG, "say what: lagesbild export cells, or lagesbild export incidents");
	x->incidents = strcmp(argv[1], "incidents") == 0;
	for (int i = 2; i < argc; i += 2) {
		if (i + 1 == argc)
			return err_set(err, ERR_CONFIG,
				       "unknown or incomplete argument %.40s; see lagesbild export --help", argv[i]);
		if (parse_value(x, argv[i], argv[i + 1], err))
			return -1;
	}
	if (x->incidents && x->format == EXPORT_JSON_STAT)
		return err_set(err, ERR_CONFIG, "JSON-stat is for cells; incidents come as csv, csv-excel or ndjson");
	if (x->from > x->to)
		return err_set(err, ERR_CONFIG, "--from lies after --to");
	return 0;
}

int export_command(int argc, char **argv, struct err *err)
{
	struct export x = {.build = "", .area = "", .category = "", .source = "", .to = OPERATOR_MONTH_MAX};
	int status = -1;

	if (parse(&x, argc, argv, err) == 0 && operator_db(&x.db, err) == 0 && find_build(&x, err) == 0 &&
	    check_filter(&x, err) == 0 && export_out_open(&x, err) == 0 &&
	    (x.format == EXPORT_JSON_STAT ? export_stat_write(&x, err) : write_rows(&x, err)) == 0 &&
	    export_out_finish(&x, err) == 0)
		status = 0;
	export_out_drop(&x);
	db_close(x.db);
	return status;
}
