/* setup: schema files, sources and rules of the first build, positions, topics. Repeatable; what differs is refused. */
#include "operator.h"

#include "base/log.h"
#include "hash/hash.h"
#include "operator_sql.h"
#include "pack/pack.h"
#include "schema_sql.h"
#include "setup_rules.h"
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name, *sql;
} files[] = {
	{"001_tables.sql", schema_sql_001_tables},
	{"002_views.sql", schema_sql_002_views},
	{"003_roles.sql", schema_sql_003_roles},
	{"004_health.sql", schema_sql_004_health},
	{"005_builds.sql", schema_sql_005_builds},
	{"006_editions.sql", schema_sql_006_editions},
	{"007_deadletters.sql", schema_sql_007_deadletters},
	{"008_purge.sql", schema_sql_008_purge},
	{"020_figures.sql", schema_sql_020_figures},
	{"021_desk.sql", schema_sql_021_desk},
	{"022_meetings.sql", schema_sql_022_meetings},
	{"023_measures.sql", schema_sql_023_measures},
	{"024_signin.sql", schema_sql_024_signin},
	{"025_editions.sql", schema_sql_025_editions},
	{"026_documents.sql", schema_sql_026_documents},
	{"027_calendar.sql", schema_sql_027_calendar},
	{"028_import.sql", schema_sql_028_import},
	{"029_effect.sql", schema_sql_029_effect},
	{"030_seal.sql", schema_sql_030_seal},
	{"031_release.sql", schema_sql_031_release},
	{"032_desk_words.sql", schema_sql_032_desk_words},
	{"033_quality.sql", schema_sql_033_quality},
	{"034_pace.sql", schema_sql_034_pace},
	{"035_span.sql", schema_sql_035_span},
	{"036_covered.sql", schema_sql_036_covered},
	{"037_asked.sql", schema_sql_037_asked},
	{"038_truth.sql", schema_sql_038_truth},
	{"039_desk.sql", schema_sql_039_desk}, /* in the order they are applied */
};

const char *setup_file(size_t n, char hash[65])
{
	uint8_t digest[32];

	if (n >= sizeof files / sizeof *files)
		return NULL;
	hash_sha256(files[n].sql, strlen(files[n].sql), digest);
	hash_hex(digest, sizeof digest, hash);
	return files[n].name;
}

static int one_text(struct db *db, const char *sql, char *out, size_t max, struct err *err)
{
	struct db_result *res;
	long rows = db_query(db, sql, &res, err);

	if (rows < 0)
		return -1;
	snprintf(out, max, "%s", rows ? db_text(res, 0, 0, NULL) : "");
	db_free(res);
	return (int)rows;
}

static int one_flag(struct db *db, const char *sql, struct err *err)
{
	struct db_result *res;
	int value;

	if (db_query(db, sql, &res, err) < 0)
		return -1;
	value = (int)db_int(res, 0, 0);
	db_free(res);
	return value;
}

/* 1 applied, 0 already so. */
static int apply_file(struct db *db, size_t n, bool any_applied, struct err *err)
{
	char hash[65], applied[80];
	const char *name = setup_file(n, hash), *sql = files[n].sql;
	int rows = 0;

	if (any_applied) {
		db_param_text(db, name, strlen(name));
		rows = one_text(db, operator_sql_setup_file_hash, applied, sizeof applied, err);
	}
	if (rows < 0)
		return -1;
	if (rows && strcmp(applied, hash) != 0)
		return err_set(err, ERR_CONFIG,
			       "schemas/sql/%s has been edited since it was applied to this database: a change of the "
			       "schema is a new file",
			       name);
	if (rows)
		return 0;
	if (db_script(db, "BEGIN", err) || db_script(db, sql, err))
		return -1;
	db_param_text(db, name, strlen(name));
	db_param_text(db, hash, strlen(hash));
	return db_query(db, operator_sql_setup_file_add, NULL, err) < 0 || db_script(db, "COMMIT", err) ? -1 : 1;
}

static int apply_files(struct db *db, struct err *err)
{
	int any = one_flag(db, operator_sql_setup_has_files, err);

	if (any < 0)
		return -1;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		int rc = apply_file(db, i, any || i > 0, err);

		if (rc < 0)
			return -1;
		printf("schema   %-16s %s\n", files[i].name, rc ? "applied" : "already so");
	}
	return 0;
}

int setup_check_key(struct db *db, const struct hash_key *key, struct err *err)
{
	char id[80];

	db_param_text(db, key->id, strlen(key->id));
	if (one_text(db, operator_sql_setup_key_id, id, sizeof id, err) < 0)
		return -1;
	if (strcmp(id, key->id) == 0)
		return 0;
	return err_set(err, ERR_CONFIG,
		       "this database was made with another installation key (id %s, not %s): with this one every "
		       "later event would be counted anew",
		       id, key->id);
}

static int note_operator_key(struct db *db, struct err *err)
{
	struct hash_key key;
	int rc;

	if (!*operator_conf.operator_key)
		return 0;
	if (hash_key_init(&key, operator_conf.operator_key, err))
		return -1;
	db_param_text(db, key.id, strlen(key.id));
	rc = db_query(db, operator_sql_setup_operator_key_id, NULL, err) < 0 ? -1 : 0;
	hash_key_release(&key);
	return rc;
}

static int note_today(struct db *db, bool from_data, struct err *err)
{
	const char *value = from_data ? "data" : "clock";
	long set;

	db_param_text(db, value, strlen(value));
	set = db_query(db, operator_sql_setup_today, NULL, err);
	if (set < 0)
		return -1;
	if (set)
		printf("today    %-16s %s\n", value, from_data ? "the newest time in the data" : "the clock");
	else
		printf("today    %-16s already so\n", "");
	return 0;
}

static const char *const counted[] = {"sources", "categories", "areas", "mapped types", "partitions"};
#define COUNTED (sizeof counted / sizeof *counted)

static int count_rules(struct db *db, int64_t n[COUNTED], struct err *err)
{
	struct db_result *res;

	if (db_query(db, operator_sql_setup_counts, &res, err) < 0)
		return -1;
	for (size_t i = 0; i < COUNTED; i++)
		n[i] = db_int(res, 0, (int)i);
	db_free(res);
	return 0;
}

static void report(const char *kind, const char *name, int64_t n, int64_t added)
{
	char text[64];

	if (n >= 0)
		snprintf(text, sizeof text, "%lld %s", (long long)n, name);
	else
		snprintf(text, sizeof text, "%s", name);
	if (added)
		printf("%-8s %-16s %lld added or changed\n", kind, text, (long long)added);
	else
		printf("%-8s %-16s already so\n", kind, text);
}

static int setup_database(struct db *db, const struct pack *pack, const struct operator_sources *sources,
			  const struct hash_key *key, bool from_data, struct err *err)
{
	int64_t before[COUNTED], after[COUNTED];
	int deliveries;

	if (db_query(db, operator_sql_setup_lock, NULL, err) < 0 || apply_files(db, err) ||
	    db_script(db, operator_sql_setup_guard, err) ||
	    setup_check_key(db, key, err) || note_operator_key(db, err) || note_today(db, from_data, err) ||
	    count_rules(db, before, err))
		return -1;
	deliveries = setup_rules(db, pack, sources, key, err);
	if (deliveries < 0)
		return -1;
	db_param_int4(db, (int32_t)operator_conf.partitions);
	if (db_query(db, operator_sql_setup_positions, NULL, err) < 0 || count_rules(db, after, err))
		return -1;
	for (size_t i = 0; i < COUNTED; i++)
		report("build", counted[i], after[i], after[i] - before[i]);
	report("pack", "deliveries", -1, deliveries);
	return 0;
}

static int ensure(void *admin, const char *name, const struct kafka_topic *topic, struct err *err)
{
	int rc = kafka_admin_ensure(admin, topic, true, err);

	if (rc >= 0)
		printf("topic    %-16s %s\n", name, rc ? "created" : "already so");
	return rc < 0 ? -1 : 0;
}

static int setup_topics(const struct operator_sources *sources, struct err *err)
{
	struct kafka_admin *admin;
	int rc;

	if (operator_kafka(&admin, err))
		return -1;
	rc = operator_topics_each(sources, ensure, admin, err);
	kafka_admin_close(admin);
	return rc;
}

int setup_command(int argc, char **argv, struct err *err)
{
	bool from_data = argc == 2 && strcmp(argv[1], "--today-from-data") == 0;
	struct operator_sources sources;
	struct hash_key key;
	struct pack *pack = NULL;
	struct db *db = NULL;
	int rc = -1;

	if (argc > 1 && !from_data)
		return err_set(err, ERR_CONFIG, "unknown argument; see lagesbild setup --help");
	if (!*operator_conf.key)
		return err_set(err, ERR_CONFIG, "LAGESBILD_KEY or LAGESBILD_KEY_FILE must be set: 64 hex digits");
	if (hash_key_init(&key, operator_conf.key, err))
		return -1;
	/* Topics first: positions are for their partitions. */
	if (operator_sources_read(&sources, err) == 0 &&
	    pack_open(&pack, operator_conf.schemas, operator_conf.pack, NULL, err) == 0 && operator_db(&db, err) == 0)
		rc = setup_topics(&sources, err) || setup_database(db, pack, &sources, &key, from_data, err) ? -1 : 0;
	db_close(db);
	pack_close(pack);
	hash_key_release(&key);
	return rc;
}
