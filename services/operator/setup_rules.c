#include "setup_rules.h"

#include "operator_sql.h"
#include "pack/csv.h"
#include "text/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* PostgreSQL's own reader takes the file; the pack has checked it already. */
static int copy_file(struct db *db, const char *path, const char *copy, struct err *err)
{
	char *bytes;
	size_t len;
	int rc;

	if (csv_slurp(path, &bytes, &len, err))
		return -1;
	rc = db_copy(db, copy, bytes, len, err);
	free(bytes);
	return rc ? err_set(err, ERR_CONFIG, "%s cannot be loaded: %.300s", path, err->text) : 0;
}

static int copy_mapping(struct db *db, const char *source, const char *path, struct err *err)
{
	if (copy_file(db, path, operator_sql_copy_mapping, err))
		return -1;
	db_param_text(db, source, strlen(source));
	return db_query(db, operator_sql_setup_stage_mapping, NULL, err) < 0 ? -1 : 0;
}

static int stage_mapping(struct db *db, const char *source, struct err *err)
{
	char path[600];

	snprintf(path, sizeof path, "%s/mappings/%s.csv", operator_conf.schemas, source);
	if (access(path, F_OK) != 0)
		return 0; /* a source that is not built yet */
	/* The pack's own reader, as the normalizer uses it: a category that is none, or a type that stands twice, is
	 * named with its line. */
	return pack_check_source(operator_conf.schemas, operator_conf.pack, source, err) ||
			       copy_mapping(db, source, path, err)
		       ? -1
		       : 0;
}

int setup_rules_replace_mapping(struct db *db, const char *source, const char *path, struct err *err)
{
	if (pack_check_mapping(operator_conf.schemas, path, err))
		return -1;
	db_param_text(db, source, strlen(source));
	if (db_query(db, operator_sql_setup_unstage_mapping, NULL, err) < 0)
		return -1;
	return copy_mapping(db, source, path, err);
}

static int stage_files(struct db *db, const struct operator_sources *sources, struct err *err)
{
	char path[600];

	snprintf(path, sizeof path, "%s/sources.csv", operator_conf.schemas);
	if (copy_file(db, path, operator_sql_copy_sources, err))
		return -1;
	snprintf(path, sizeof path, "%s/categories.csv", operator_conf.schemas);
	if (copy_file(db, path, operator_sql_copy_categories, err))
		return -1;
	snprintf(path, sizeof path, "%s/delivery.csv", operator_conf.pack);
	if (copy_file(db, path, operator_sql_copy_deliveries, err))
		return -1;
	snprintf(path, sizeof path, "%s/units.csv", operator_conf.pack);
	if (copy_file(db, path, operator_sql_copy_units, err))
		return -1;
	for (size_t i = 0; i < sources->count; i++)
		if (stage_mapping(db, sources->names[i], err))
			return -1;
	return 0;
}

static const char *kind_name(enum pack_area_kind kind)
{
	static const char *const names[] = {"country", "county", "municipality", "area", "place"};

	return names[kind];
}

static const char *municipality_of(const struct pack_area *a)
{
	return a->municipality ? a->municipality : a->county ? a->county : "00";
}

static int stage_areas(struct db *db, const struct pack *pack, struct err *err)
{
	size_t n = 0;

	while (pack_area_at_index(pack, n))
		n++;
#define EACH_AREA(a)                                                                                                   \
	for (size_t i_ = 0; i_ < n; i_++)                                                                              \
		for (const struct pack_area *a = pack_area_at_index(pack, i_); a; a = NULL)
#define AREA_TEXTS(text)                                                                                               \
	do {                                                                                                           \
		db_param_array(db, DB_TEXT, n);                                                                        \
		EACH_AREA (a)                                                                                          \
			db_item_text(db, text, strlen(text));                                                          \
	} while (0)
	db_param_array(db, DB_INT4, n);
	for (size_t i = 0; i < n; i++)
		db_item_int4(db, (int32_t)i + 1);
	AREA_TEXTS(a->code);
	AREA_TEXTS(a->parent ? a->parent->code : "");
	AREA_TEXTS(kind_name(a->kind));
	AREA_TEXTS(a->name);
	AREA_TEXTS(municipality_of(a));
	db_param_array(db, DB_BOOL, n);
	EACH_AREA (a)
		db_item_bool(db, a->institution);
	return db_query(db, operator_sql_setup_stage_areas, NULL, err) < 0 ? -1 : 0;
}

/* What the normalizer writes for a type while its own mapping lacks it, so that a later mapping row finds the old
 * records. */
static void unknown_key(const struct hash_key *key, const char *source, const char *type, size_t len, char out[21])
{
	char folded[TEXT_FOLD_MAX];
	long n = text_fold(type, len, folded, sizeof folded);
	const struct hash_part parts[] = {{source, strlen(source) + 1}, {folded, n < 0 ? 0 : (size_t)n}};
	uint8_t mac[32];

	hash_hmac(key, parts, 2, mac);
	memcpy(out, "UNK:", 4);
	hash_hex(mac, 8, out + 4);
}

int setup_rules_keys(struct db *db, const struct hash_key *key, struct err *err)
{
	struct db_result *res;
	long rows = db_query(db, operator_sql_setup_unkeyed, &res, err);
	char text[21];

	if (rows < 0)
		return -1;
	db_param_array(db, DB_INT4, (size_t)rows);
	for (long i = 0; i < rows; i++)
		db_item_int4(db, (int32_t)db_int(res, i, 0));
	db_param_array(db, DB_TEXT, (size_t)rows);
	for (long i = 0; i < rows; i++) {
		size_t len;
		const char *type = db_text(res, i, 2, &len);

		unknown_key(key, db_text(res, i, 1, NULL), type, len, text);
		db_item_text(db, text, 20);
	}
	db_free(res);
	return db_query(db, operator_sql_setup_keys, NULL, err) < 0 ? -1 : 0;
}

static int refuse_differences(struct db *db, struct err *err)
{
	struct db_result *res;
	long rows = db_query(db, operator_sql_setup_differs, &res, err);

	if (rows > 0)
		err_set(err, ERR_CONFIG,
			"%s (differences in all: %ld): the rules of a build never change in place, "
			"a changed rule takes effect by rebuild and promote",
			db_text(res, 0, 0, NULL), rows);
	if (rows >= 0)
		db_free(res);
	return rows == 0 ? 0 : -1;
}

int setup_rules_differences(struct db *db, const struct pack *pack, const struct operator_sources *sources,
			    void (*each)(void *ctx, const char *what), void *ctx, struct err *err)
{
	struct db_result *res;
	long rows;

	if (db_script(db, operator_sql_setup_stage, err) || stage_files(db, sources, err) || stage_areas(db, pack, err))
		return -1;
	rows = db_query(db, operator_sql_setup_differs, &res, err);
	for (long i = 0; i < rows; i++)
		each(ctx, db_text(res, i, 0, NULL));
	if (rows >= 0)
		db_free(res);
	return rows < 0 ? -1 : 0;
}

/* After the sources are there. */
static int add_deliveries(struct db *db, struct err *err)
{
	struct db_result *res;
	long rows = db_query(db, operator_sql_setup_bad_deliveries, &res, err);

	if (rows > 0)
		err_set(err, ERR_CONFIG, "%s", db_text(res, 0, 0, NULL));
	if (rows >= 0)
		db_free(res);
	return rows == 0 ? (int)db_query(db, operator_sql_setup_deliveries, NULL, err) : -1;
}

int setup_rules_stage(struct db *db, const struct pack *pack, const struct operator_sources *sources, struct err *err)
{
	return stage_files(db, sources, err) || stage_areas(db, pack, err) ? -1 : 0;
}

int setup_rules(struct db *db, const struct pack *pack, const struct operator_sources *sources,
		const struct hash_key *key, struct err *err)
{
	const char *zone = pack_zone_name(pack), *municipality = pack_municipality(pack);
	int deliveries;

	if (db_script(db, operator_sql_setup_stage, err) || setup_rules_stage(db, pack, sources, err) ||
	    setup_rules_keys(db, key, err) || db_script(db, "BEGIN", err))
		return -1;
	db_param_text(db, zone, strlen(zone));
	db_param_text(db, municipality, strlen(municipality));
	if (db_query(db, operator_sql_setup_first_build, NULL, err) < 0 || refuse_differences(db, err) ||
	    db_script(db, operator_sql_setup_add, err))
		return -1;
	deliveries = add_deliveries(db, err);
	return deliveries < 0 || db_query(db, operator_sql_setup_units, NULL, err) < 0 ||
			       db_script(db, operator_sql_setup_analyze, err) || db_script(db, "COMMIT", err)
		       ? -1
		       : deliveries;
}
