/* export_stat: the cells as a JSON-stat 2.0 data set: time, area, category, source, with their Swedish names. */
#include "export.h"

#include "operator_sql.h"

/* The document names every place of the cube: beyond this it is no format for a tool to read at once. */
#define PLACES_MAX 5000000

static int run(struct export *x, const char *sql, struct err *err)
{
	return db_stream(x->db, sql, NULL, NULL, err) < 0 ? -1 : 0;
}

static int make(struct export *x, struct err *err)
{
	if (db_script(x->db, operator_sql_export_stat_begin, err))
		return -1;
	export_params(x);
	if (run(x, operator_sql_export_stat_cells, err) || db_script(x->db, "ANALYZE stat_cell", err))
		return -1;
	db_param_int2(x->db, x->build_id);
	db_param_int8(x->db, x->from);
	db_param_int8(x->db, x->to);
	return run(x, operator_sql_export_stat_codes, err);
}

static int check_size(const struct db_result *dimensions, struct err *err)
{
	int64_t places = 1;

	if (db_rows(dimensions) != 4)
		return err_set(err, ERR_CONFIG, "there is no cell in that selection");
	for (long i = 0; i < 4; i++)
		places *= db_int(dimensions, i, 1);
	if (places > PLACES_MAX)
		return err_set(
			err, ERR_CONFIG,
			"JSON-stat names every combination, here %lld (%lld months, %lld areas, %lld categories, %lld "
			"sources), at most %d: narrow it by --from, --area, --category or --source, or take csv",
			(long long)places, (long long)db_int(dimensions, 0, 1), (long long)db_int(dimensions, 1, 1),
			(long long)db_int(dimensions, 2, 1), (long long)db_int(dimensions, 3, 1), PLACES_MAX);
	return 0;
}

static void write_dimensions(struct export *x, const struct db_result *dimensions)
{
	static const char *const labels[] = {"Månad", "Område", "Kategori", "Källa"};

	fputs("{\"version\": \"2.0\", \"class\": \"dataset\", \"label\": \"Lägesbild: händelser per månad, område, "
	      "kategori och "
	      "källa\",\n"
	      " \"id\": [\"time\", \"area\", \"category\", \"source\"], \"role\": {\"time\": [\"time\"], \"geo\": "
	      "[\"area\"]},\n"
	      " \"note\": [\"Källor får inte summeras: samma händelse kan finnas i flera.\"],\n \"size\": [",
	      x->file);
	for (long i = 0; i < 4; i++)
		fprintf(x->file, "%s%lld", i ? ", " : "", (long long)db_int(dimensions, i, 1));
	fputs("],\n \"dimension\": {", x->file);
	for (long i = 0; i < 4; i++)
		fprintf(x->file, "%s\n  \"%s\": {\"label\": \"%s\", \"category\": {\"index\": %s, \"label\": %s}}",
			i ? "," : "", db_text(dimensions, i, 0, NULL), labels[i], db_text(dimensions, i, 2, NULL),
			db_text(dimensions, i, 3, NULL));
	fputs("},\n \"value\": [", x->file);
}

static int write_value(void *arg, const struct db_result *r, struct err *err)
{
	struct export *x = arg;

	if (db_rows(r) == 0)
		return 0;
	fprintf(x->file, "%s%s", x->rows ? "," : "", db_null(r, 0, 0) ? "null" : db_text(r, 0, 0, NULL));
	return export_out_row(x, err);
}

static int write_status(void *arg, const struct db_result *r, struct err *err)
{
	struct export *x = arg;

	(void)err;
	if (db_rows(r))
		fprintf(x->file, "%s\"%s\":\"%s\"", x->headed ? "," : "", db_text(r, 0, 0, NULL),
			db_text(r, 0, 1, NULL));
	x->headed = true;
	return 0;
}

static int write_document(struct export *x, const struct db_result *dimensions, struct err *err)
{
	if (check_size(dimensions, err) || run(x, operator_sql_export_stat_values, err) ||
	    db_script(x->db, "COMMIT", err))
		return -1;
	write_dimensions(x, dimensions);
	if (db_stream(x->db, operator_sql_export_stat_value, write_value, x, err) < 0)
		return -1;
	fputs("],\n \"status\": {", x->file);
	if (db_stream(x->db, operator_sql_export_stat_status, write_status, x, err) < 0)
		return -1;
	fputs("},\n \"extension\": {\"status\": {\"..\": \"uppgift saknas\", \"<5\": \"litet antal, visas ej\", \"≥\": "
	      "\"minst: något "
	      "saknas i talet\", \"p\": \"preliminär: månaden fylls på\"}}}\n",
	      x->file);
	return 0;
}

int export_stat_write(struct export *x, struct err *err)
{
	struct db_result *dimensions;
	int rc;

	if (make(x, err) || db_query(x->db, operator_sql_export_stat_dimensions, &dimensions, err) < 0)
		return -1;
	rc = write_document(x, dimensions, err);
	db_free(dimensions);
	return rc;
}
