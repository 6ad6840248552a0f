/* restore: a backup into topics and a database that hold nothing yet. All is checked before anything is written; a
 * restore that was killed has left its mark in the database, and is begun again. */
#include "backup.h"

#include "base/run.h"
#include "hash/signature.h"
#include "kafka/kafka_writer.h"
#include "operator_sql.h"
#include <stdlib.h>
#include <string.h>

#define MEMBERS_MS 15000

struct restoring {
	struct backup b;
	const char *files; /* where keys and reference data go, or NULL */
	struct db *db;
	struct kafka_admin *admin;
	bool yes, check, again;
	char operator_key[80];
};

/* ---- before anything is written ---- */

static int note_operator_key(void *ctx, const char *path, const void *data, size_t len, struct err *err)
{
	struct restoring *r = ctx;

	(void)err;
	if (strcmp(path, "operator_key") == 0 && len < sizeof r->operator_key)
		snprintf(r->operator_key, sizeof r->operator_key, "%s", (const char *)data);
	return 0;
}

static int check_key(struct restoring *r, struct err *err)
{
	struct hash_key key;
	int rc = 0;

	if (!*operator_conf.key)
		return r->files ? 0
				: err_set(err, ERR_CONFIG,
					  "No installation key is set here: --files DIR writes the backup's, with its "
					  "reference data.");
	if (hash_key_init(&key, operator_conf.key, err))
		return -1;
	if (strcmp(key.id, r->b.m.key_id) != 0)
		rc = err_set(err, ERR_CONFIG,
			     "The installation key here is %s, the backup's is %s: leave LAGESBILD_KEY and its file "
			     "unset, and --files DIR writes the right one.",
			     key.id, r->b.m.key_id);
	hash_key_release(&key);
	return rc;
}

static int check_prefix(const struct restoring *r, struct err *err)
{
	if (strcmp(r->b.m.prefix, operator_conf.prefix) == 0)
		return 0;
	return err_set(
		err, ERR_CONFIG,
		"The topics of this backup begin with \"%s\", which its records name: set LAGESBILD_TOPIC_PREFIX "
		"to that.",
		r->b.m.prefix);
}

static int check_parts(struct restoring *r, struct err *err)
{
	fprintf(stderr, "checking %zu parts\n", r->b.m.part_count);
	return backup_check_parts(&r->b, err) || backup_files_read(&r->b, "keys", note_operator_key, r, err) ? -1 : 0;
}

/* Everything is read to its end, as a restore would. */
static int check_content(struct restoring *r, struct err *err)
{
	static char piece[65536];
	struct seal_in *in = NULL;
	long n = 0;
	int rc = backup_files_read(&r->b, "files", NULL, NULL, err);

	for (size_t i = 0; rc == 0 && i < r->b.m.log_count; i++)
		rc = backup_log_read(&r->b, &r->b.m.logs[i], NULL, NULL, err);
	if (rc || backup_open_part(&r->b, "database", &in, err))
		return -1;
	while ((n = seal_in_read(in, piece, sizeof piece, err)) > 0)
		;
	seal_in_close(in);
	if (n < 0)
		return -1;
	printf("%s can be restored: made at %s by %s, key %s\n", r->b.dir, r->b.m.made_at, r->b.m.code, r->b.m.key_id);
	return 0;
}

static int check_database(struct restoring *r, struct err *err)
{
	struct db_result *res;
	bool ours, begun, used = false;
	int rc = 0;

	if (db_query(r->db, operator_sql_restore_found, &res, err) < 0)
		return -1;
	ours = db_int(res, 0, 0);
	begun = db_int(res, 0, 1);
	db_free(res);
	if (begun) {
		if (db_query(r->db, operator_sql_restore_state, &res, err) < 0)
			return -1;
		if (!r->yes)
			rc = err_set(
				err, ERR_CONFIG,
				"A restore of %s was begun here at %s and never ended: with --yes what it wrote is "
				"deleted, and this one begins.",
				db_rows(res) ? db_text(res, 0, 0, NULL) : "a backup",
				db_rows(res) ? db_text(res, 0, 1, NULL) : "an unknown time");
		db_free(res);
		r->again = true;
		return rc;
	}
	if (!ours)
		return 0;
	if (db_query(r->db, operator_sql_restore_used, &res, err) < 0)
		return -1;
	used = db_int(res, 0, 0);
	db_free(res);
	return used ? err_set(err, ERR_CONFIG,
			      "This database holds figures already: restore into one that is new (createdb), and set "
			      "PGDATABASE to it.")
		    : 0;
}

/* The topic's partitions hold nothing, or there is no such topic. */
static int check_topic(struct restoring *r, const struct backup_log *log, struct err *err)
{
	const char *topic = operator_topic(log->topic);
	int64_t low, high;
	struct err none = {0};

	if (kafka_admin_partitions(r->admin, topic, &none) < 0) {
		if (none.kind == ERR_CONFIG)
			return 0;
		*err = none;
		return -1;
	}
	if (kafka_admin_watermarks(r->admin, topic, log->partition, &low, &high, err))
		return -1;
	return high == 0
		       ? 0
		       : err_set(err, ERR_CONFIG,
				 "The topic %s holds records, or has held some: restore onto a cluster without it, or "
				 "delete its topics first.",
				 topic);
}

static int check_topics(struct restoring *r, struct err *err)
{
	for (size_t i = 0; !r->again && i < r->b.m.log_count; i++)
		if (check_topic(r, &r->b.m.logs[i], err))
			return -1;
	return 0;
}

/* ---- writing ---- */

struct copy {
	struct kafka_writer *writer;
	struct progress *progress;
	int64_t done;
};

static int put(void *ctx, const struct kafka_record *record, int64_t offset, struct err *err)
{
	struct copy *c = ctx;

	if (kafka_writer_put(c->writer, record, offset, err))
		return -1;
	if (++c->done % 256 == 0)
		progress_at(c->progress, c->done);
	run_point("restore-log");
	return 0;
}

/* What stands where the old log had a transaction's marker: a message that says of itself that it is none (contracts,
 * "purged"), signed if the backup has the operator key. */
struct hole {
	struct kafka_record_header headers[2];
	char signature[SIGNATURE_SIZE];
};

static int make_hole(const struct restoring *r, const char *topic, struct hole *h, struct kafka_record *out,
		     struct err *err)
{
	static const char reason[] = "purged";
	const struct signature_text text = {.topic = {topic, strlen(topic)}, .reason = {reason, sizeof reason - 1}};
	struct hash_key key;

	h->headers[0] = (struct kafka_record_header){"lagesbild-reason", reason, sizeof reason - 1};
	*out = (struct kafka_record){.headers = h->headers, .header_count = 1};
	if (!*r->operator_key)
		return 0;
	if (hash_key_init(&key, r->operator_key, err))
		return -1;
	signature_make(&key, &text, h->signature);
	hash_key_release(&key);
	h->headers[1] = (struct kafka_record_header){"lagesbild-signature", h->signature, SIGNATURE_SIZE - 1};
	out->header_count = 2;
	return 0;
}

/* The logs of one topic, which follow one another. */
struct topic_logs {
	struct restoring *r;
	struct copy *copy;
	const struct backup_log *logs;
	size_t count;
	bool found;
};

static int restore_topic(struct topic_logs *t, const struct kafka_topic *topic, struct err *err)
{
	struct kafka_record hole;
	struct hole space;
	int rc = make_hole(t->r, topic->name, &space, &hole, err);

	if (rc || kafka_writer_open(&t->copy->writer, topic, &hole, err))
		return -1;
	for (size_t i = 0; rc == 0 && i < t->count; i++) {
		const struct backup_log *log = &t->logs[i];

		rc = kafka_writer_begin(t->copy->writer, log->partition, log->begin, err) ||
		     backup_log_read(&t->r->b, log, put, t->copy, err) ||
		     kafka_writer_fill(t->copy->writer, log->partition, log->end, err);
	}
	if (rc == 0)
		rc = kafka_writer_finish(t->copy->writer, err);
	kafka_writer_close(t->copy->writer);
	run_point("restore-topic");
	return rc ? -1 : 0;
}

/* Of all that an installation has, the one in hand; with as many partitions as it had. */
static int restore_this(void *ctx, const char *name, const struct kafka_topic *topic, struct err *err)
{
	struct topic_logs *t = ctx;
	struct kafka_topic own = *topic;
	char full[200];

	if (strcmp(name, t->logs->topic) != 0)
		return 0;
	t->found = true;
	snprintf(full, sizeof full, "%s", topic->name);
	own.name = full;
	own.partitions = (int)t->count;
	return restore_topic(t, &own, err);
}

static void sources_of(const struct backup_manifest *m, struct operator_sources *out)
{
	out->count = 0;
	for (size_t i = 0; i < m->log_count && out->count < OPERATOR_SOURCES_MAX; i++)
		if (m->logs[i].partition == 0 && strncmp(m->logs[i].topic, "feed.", 5) == 0)
			snprintf(out->names[out->count++], OPERATOR_SOURCE_SIZE, "%.*s", OPERATOR_SOURCE_SIZE - 1,
				 m->logs[i].topic + 5);
}

static int restore_topics(struct restoring *r, struct err *err)
{
	const struct backup_manifest *m = &r->b.m;
	struct operator_sources sources;
	struct progress progress;
	struct copy copy = {.progress = &progress};
	int rc = 0;

	sources_of(m, &sources);
	progress_begin(&progress, "log", "records", backup_manifest_records(m));
	for (size_t i = 0; rc == 0 && i < m->log_count;) {
		struct topic_logs t = {.r = r, .copy = &copy, .logs = &m->logs[i]};

		while (i < m->log_count && strcmp(m->logs[i].topic, t.logs->topic) == 0)
			t.count++, i++;
		rc = operator_topics_each(&sources, restore_this, &t, err);
		if (rc == 0 && !t.found)
			rc = err_set(err, ERR_CONFIG, "The backup has a topic %s, which no installation has.",
				     t.logs->topic);
	}
	progress_end(&progress, copy.done);
	return rc;
}

/* A service that has just been stopped stays a member until its session ends, 10 s. */
static int commit(struct restoring *r, const struct backup_group *g, struct err *err)
{
	int64_t until_ms = run_monotonic_ms() + MEMBERS_MS;
	char topic[200], group[200];
	struct err why = {0};

	snprintf(topic, sizeof topic, "%sfeed.%s", operator_conf.prefix, g->source);
	snprintf(group, sizeof group, "%snormalizer-%s", operator_conf.prefix, g->source);
	while (kafka_admin_commit(r->admin, group, topic, g->partition, g->next, g->metadata, &why)) {
		if (why.kind != ERR_RETRY || run_stopping() || run_monotonic_ms() > until_ms) {
			*err = why;
			return -1;
		}
		run_pause(200);
	}
	return 0;
}

static int restore_groups(struct restoring *r, struct err *err)
{
	for (size_t i = 0; i < r->b.m.group_count; i++)
		if (commit(r, &r->b.m.groups[i], err))
			return -1;
	return 0;
}

/* What a killed restore has left is dropped. */
static int drop_topics(struct restoring *r, struct err *err)
{
	for (size_t i = 0; i < r->b.m.log_count; i++)
		if (r->b.m.logs[i].partition == 0 &&
		    kafka_admin_drop(r->admin, operator_topic(r->b.m.logs[i].topic), err) < 0)
			return -1;
	return 0;
}

static int begin(struct restoring *r, struct err *err)
{
	if (r->again)
		return drop_topics(r, err);
	if (db_script(r->db, operator_sql_restore_begin, err))
		return -1;
	db_param_text(r->db, r->b.dir, strlen(r->b.dir));
	return db_query(r->db, operator_sql_restore_note, NULL, err) < 0 ? -1 : 0;
}

/* The database comes last: until it is whole nothing reads the topics as if they were. */
static int write_all(struct restoring *r, struct err *err)
{
	void *dir = (void *)(uintptr_t)r->files;

	if (begin(r, err))
		return -1;
	run_point("restore-begun");
	if (restore_topics(r, err) || restore_groups(r, err))
		return -1;
	run_point("restore-groups");
	if (db_script(r->db, operator_sql_restore_clear, err) || backup_database_restore(&r->b, err))
		return -1;
	run_point("restore-restored");
	if (r->files && (backup_files_read(&r->b, "keys", backup_files_write, dir, err) ||
			 backup_files_read(&r->b, "files", backup_files_write, dir, err)))
		return -1;
	return db_script(r->db, operator_sql_restore_end, err);
}

static void say(const struct restoring *r)
{
	printf("restored: the installation as of %s, key %s\n", r->b.m.made_at, r->b.m.key_id);
	if (r->files)
		printf("keys and reference data: %s (key, operator_key, schemas, pack)\n", r->files);
	printf("now: lagesbild setup, give the roles their passwords, start the services, lagesbild verify --wait "
	       "60\n");
}

/* What can be said at once comes before what takes long, and all of it before anything is written. */
static int restore(struct restoring *r, struct err *err)
{
	if (backup_load(&r->b, err))
		return -1;
	if (!r->check && (check_prefix(r, err) || check_key(r, err) || operator_db(&r->db, err) ||
			  operator_kafka(&r->admin, err) || check_database(r, err) || check_topics(r, err)))
		return -1;
	if (backup_key(&r->b, false, err) || backup_check_manifest(&r->b, err) || check_parts(r, err))
		return -1;
	if (r->check)
		return check_content(r, err);
	/* The session may have waited for a passphrase and for all that was read. */
	db_close(r->db);
	r->db = NULL;
	if (operator_db(&r->db, err) || write_all(r, err))
		return -1;
	say(r);
	return 0;
}

int restore_command(int argc, char **argv, struct err *err)
{
	static struct restoring r;
	int status = -1;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--yes") == 0)
			r.yes = true;
		else if (strcmp(argv[i], "--check") == 0)
			r.check = true;
		else if (strcmp(argv[i], "--files") == 0 && i + 1 < argc)
			r.files = argv[++i];
		else if (!*r.b.dir && *argv[i] && *argv[i] != '-' && strlen(argv[i]) < sizeof r.b.dir)
			snprintf(r.b.dir, sizeof r.b.dir, "%s", argv[i]);
		else
			return err_set(err, ERR_CONFIG, "unknown argument %.40s; see lagesbild restore --help",
				       argv[i]);
	}
	if (!*r.b.dir)
		return err_set(err, ERR_CONFIG, "say from which directory");
	status = restore(&r, err);
	kafka_admin_close(r.admin);
	db_close(r.db);
	seal_key_release(&r.b.key);
	explicit_bzero(r.operator_key, sizeof r.operator_key);
	backup_manifest_release(&r.b.m);
	return status;
}
