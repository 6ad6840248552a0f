/* The rules of the build to be: from the files as setup reads them, or from another build; with other mappings. */
#include "rebuild.h"

#include "base/period.h"
#include "base/run.h"
#include "hash/hash.h"
#include "operator_sql.h"
#include "pack/pack.h"
#include "setup_rules.h"
#include <stdio.h>
#include <string.h>

#define DAY_MS 86400000

/* Where the rules come from: texts that the made build takes over. */
struct origin {
	char zone[64], municipality[8];
	int16_t reference; /* 0: the current build */
};

/* Zone and municipality of the build that the statement finds: how many there are. */
static long find_build(struct rebuild *r, const char *sql, struct origin *o, struct err *err)
{
	struct db_result *res;
	long rows = db_query(r->db, sql, &res, err);

	if (rows < 0)
		return -1;
	if (rows) {
		o->reference = (int16_t)db_int(res, 0, 0);
		snprintf(o->zone, sizeof o->zone, "%s", db_text(res, 0, 1, NULL));
		snprintf(o->municipality, sizeof o->municipality, "%s", db_text(res, 0, 2, NULL));
	}
	db_free(res);
	return rows;
}

static int stage_edition(struct rebuild *r, struct origin *o, struct err *err)
{
	if (find_build(r, operator_sql_rebuild_current, o, err) < 0)
		return -1;
	db_param_int4(r->db, r->edition);
	return db_query(r->db, operator_sql_rebuild_stage_edition, NULL, err) < 0 ? -1 : 0;
}

static int stage_build(struct rebuild *r, struct origin *o, struct err *err)
{
	long rows;

	db_param_text(r->db, r->rules_of, strlen(r->rules_of));
	rows = find_build(r, operator_sql_rebuild_name, o, err);
	if (rows < 0)
		return -1;
	if (rows == 0)
		return err_set(err, ERR_CONFIG, "there is no build %.40s to take the rules of", r->rules_of);
	db_param_int2(r->db, o->reference);
	return db_query(r->db, operator_sql_rebuild_stage_build, NULL, err) < 0 ? -1 : 0;
}

static int stage_files(struct rebuild *r, struct origin *o, struct err *err)
{
	struct operator_sources sources;
	struct pack *pack;
	int rc;

	if (operator_sources_read(&sources, err) ||
	    pack_open(&pack, operator_conf.schemas, operator_conf.pack, NULL, err))
		return -1;
	snprintf(o->zone, sizeof o->zone, "%s", pack_zone_name(pack));
	snprintf(o->municipality, sizeof o->municipality, "%s", pack_municipality(pack));
	rc = setup_rules_stage(r->db, pack, &sources, err);
	pack_close(pack);
	return rc;
}

/* Mapping rows from files need the installation key: the records of a type that no mapping knew bear its keyed hash. */
static int make_keys(struct rebuild *r, struct err *err)
{
	struct hash_key key;
	int rc;

	if ((r->rules_of || r->edition) && r->mapping_count == 0)
		return 0;
	if (!*operator_conf.key)
		return err_set(err, ERR_CONFIG,
			       "LAGESBILD_KEY or LAGESBILD_KEY_FILE must be set for rules from files; --rules BUILD "
			       "does without");
	if (hash_key_init(&key, operator_conf.key, err))
		return -1;
	rc = setup_check_key(r->db, &key, err) || setup_rules_keys(r->db, &key, err) ? -1 : 0;
	hash_key_release(&key);
	return rc;
}

static int stage(struct rebuild *r, struct origin *o, struct err *err)
{
	struct db_result *res;
	long rows;

	if (db_script(r->db, operator_sql_setup_stage, err) || (r->rules_of  ? stage_build
								: r->edition ? stage_edition
									     : stage_files)(r, o, err))
		return -1;
	for (size_t i = 0; i < r->mapping_count; i++)
		if (setup_rules_replace_mapping(r->db, r->mappings[i].source, r->mappings[i].path, err))
			return -1;
	rows = db_query(r->db, operator_sql_rebuild_unmapped, &res, err);
	if (rows > 0)
		err_set(err, ERR_CONFIG, "%.400s", db_text(res, 0, 0, NULL));
	if (rows >= 0)
		db_free(res);
	return rows ? -1 : make_keys(r, err);
}

/* What the build bears as its time; its end is the edition's positions. */
static int edition_time(struct rebuild *r, struct err *err)
{
	struct db_result *res;
	int rc = 0;

	db_param_int4(r->db, r->edition);
	if (db_query(r->db, operator_sql_rebuild_edition_time, &res, err) < 0)
		return -1;
	if (db_rows(res))
		r->until_ms = db_int(res, 0, 0);
	else
		rc = err_set(err, ERR_CONFIG, "there is no edition %d; see lagesbild editions", r->edition);
	db_free(res);
	return rc;
}

/* A date is all of its day in the build's zone: "what we knew on 5 May" includes what came that evening. */
static int work_out_until(struct rebuild *r, const char *zone_name, struct err *err)
{
	struct period_zone *zone;
	struct err wrong = {0};
	bool day;
	int rc;

	if (r->edition)
		return edition_time(r, err);
	if (r->more)
		r->until_ms = run_now_ms();
	if (!r->until)
		return 0;
	if (period_zone_open(&zone, zone_name, err))
		return -1;
	rc = period_parse(zone, r->until, strlen(r->until), &r->until_ms, &day, &wrong);
	if (rc == 0 && day) {
		struct period_civil c;

		/* Noon of the next day exists whatever the clocks do; from there back to its midnight. */
		period_local(zone, r->until_ms + DAY_MS + DAY_MS / 2, &c);
		c.hour = c.minute = c.second = 0;
		r->until_ms = period_utc_ms(zone, &c) - 1;
	}
	period_zone_close(zone);
	if (rc)
		return err_set(err, ERR_CONFIG,
			       "--until takes a date, YYYY-MM-DD (all of that day), or a time, "
			       "YYYY-MM-DDTHH:MM:SS+01:00");
	if (r->until_ms >= run_now_ms())
		return err_set(
			err, ERR_CONFIG,
			"--until has not passed yet: what is known then cannot be said now; leave it out for all "
			"there is");
	return 0;
}

static int make(struct rebuild *r, const struct origin *o, struct err *err)
{
	struct db *db = r->db;

	if (db_script(db, operator_sql_rebuild_made, err))
		return -1;
	db_param_text(db, r->name, strlen(r->name));
	db_param_text(db, o->zone, strlen(o->zone));
	db_param_text(db, o->municipality, strlen(o->municipality));
	if (rebuild_partly(r))
		db_param_int8(db, r->until_ms);
	else
		db_param_text(db, NULL, 0);
	if (o->reference)
		db_param_int2(db, o->reference);
	else
		db_param_text(db, NULL, 0);
	return db_query(db, operator_sql_rebuild_made_build, NULL, err) < 0 ||
			       db_script(db, operator_sql_rebuild_choose, err)
		       ? -1
		       : 0;
}

int rebuild_rules_load(struct rebuild *r, struct err *err)
{
	struct origin origin = {.reference = 0};
	int rc;

	if (stage(r, &origin, err) || work_out_until(r, origin.zone, err) || make(r, &origin, err) ||
	    db_script(r->db, "BEGIN", err))
		return -1;
	/* Read back as the aggregator will read them, then undone: no transaction stays open while the log is read. */
	rc = db_script(r->db, operator_sql_rebuild_build, err) || rules_load(&r->rules, r->db, r->name, err) ? -1 : 0;
	return rc || db_script(r->db, "ROLLBACK", err) ? -1 : 0;
}
