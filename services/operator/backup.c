/* backup: log, database, reference data and keys into a directory, while everything runs (backup.h says in which order,
 * and why). */
#include "backup.h"

#include "base/run.h"
#include "operator_sql.h"
#include "version.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct making {
	struct backup b;
	const char *dir; /* as it will be called */
	struct db *db;
	struct kafka_admin *admin;
	struct operator_sources sources;
	int lock; /* on the directory, held while we write into it */
	bool json;
};

/* ---- the directory ---- */

/* What a backup that was killed has left is removed: files alone, no directory of ours has another. */
static int empty(const char *dir, struct err *err)
{
	char path[1200];
	struct dirent *e;
	DIR *d = opendir(dir);
	int rc = 0;

	if (!d)
		return err_set(err, ERR_CONFIG, "The directory %s cannot be read: %s.", dir, strerror(errno));
	while (rc == 0 && (e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
		if (unlink(path))
			rc = err_set(err, ERR_CONFIG, "The file %s cannot be removed: %s.", path, strerror(errno));
	}
	closedir(d);
	return rc;
}

static int make_directory(struct making *m, struct err *err)
{
	struct stat st;

	if (strlen(m->dir) + 10 > sizeof m->b.dir)
		return err_set(err, ERR_CONFIG, "The name of the directory is too long.");
	if (stat(m->dir, &st) == 0)
		return err_set(err, ERR_CONFIG,
			       "%s is there already: a backup goes into a directory of its own, which must not exist.",
			       m->dir);
	snprintf(m->b.dir, sizeof m->b.dir, "%s.part", m->dir);
	if (mkdir(m->b.dir, 0700) && errno != EEXIST)
		return err_set(err, ERR_CONFIG, "The directory %s cannot be made: %s.", m->b.dir, strerror(errno));
	m->lock = open(m->b.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (m->lock < 0 || flock(m->lock, LOCK_EX | LOCK_NB))
		return err_set(err, ERR_CONFIG, "Another backup is writing to %s.", m->b.dir);
	return empty(m->b.dir, err);
}

static int sync_parent(const char *path)
{
	char parent[1000];
	char *slash;
	int fd, rc;

	snprintf(parent, sizeof parent, "%s", path);
	slash = strrchr(parent, '/');
	if (slash)
		slash[slash == parent] = 0;
	fd = open(slash ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rc = fd < 0 ? -1 : fsync(fd);
	if (fd >= 0)
		close(fd);
	return rc;
}

static int name_whole(struct making *m, struct err *err)
{
	run_point("backup-whole");
	if (fsync(m->lock) || rename(m->b.dir, m->dir) || sync_parent(m->dir))
		return err_set(err, ERR_CONFIG, "%s cannot be renamed to %s: %s.", m->b.dir, m->dir, strerror(errno));
	return 0;
}

/* ---- the pieces ---- */

/* The key that events are counted under must be the one that is kept. */
static int note_keys(struct making *m, struct err *err)
{
	struct db_result *res;
	struct hash_key key;
	long rows;
	int rc = 0;

	if (!*operator_conf.key)
		return err_set(err, ERR_CONFIG,
			       "LAGESBILD_KEY or LAGESBILD_KEY_FILE must be set: without the installation key a backup "
			       "is worth little.");
	if (hash_key_init(&key, operator_conf.key, err))
		return -1;
	snprintf(m->b.m.key_id, sizeof m->b.m.key_id, "%s", key.id);
	hash_key_release(&key);
	if (*operator_conf.operator_key) {
		if (hash_key_init(&key, operator_conf.operator_key, err))
			return -1;
		snprintf(m->b.m.operator_key_id, sizeof m->b.m.operator_key_id, "%s", key.id);
		hash_key_release(&key);
	}
	rows = db_query(m->db, operator_sql_doctor_key, &res, err);
	if (rows < 0)
		return -1;
	if (rows && strcmp(db_text(res, 0, 0, NULL), m->b.m.key_id) != 0)
		rc = err_set(err, ERR_CONFIG,
			     "The installation key here is %s, the database's is %.20s: put the right one back first.",
			     m->b.m.key_id, db_text(res, 0, 0, NULL));
	db_free(res);
	return rc;
}

static int note_groups(struct making *m, struct err *err)
{
	for (size_t i = 0; i < m->sources.count; i++) {
		struct backup_group g;
		char topic[200], group[200];
		int partitions;

		snprintf(topic, sizeof topic, "%sfeed.%s", operator_conf.prefix, m->sources.names[i]);
		snprintf(group, sizeof group, "%snormalizer-%s", operator_conf.prefix, m->sources.names[i]);
		snprintf(g.source, sizeof g.source, "%s", m->sources.names[i]);
		partitions = kafka_admin_partitions(m->admin, topic, err);
		if (partitions < 0)
			return -1;
		for (g.partition = 0; g.partition < partitions; g.partition++) {
			if (kafka_admin_committed(m->admin, group, topic, g.partition, &g.next, g.metadata,
						  sizeof g.metadata, err))
				return -1;
			/* Somebody else's metadata, which no normalizer goes on from. */
			if (strspn(g.metadata, "0123456789,-") != strlen(g.metadata))
				g.metadata[0] = 0;
			if (g.next >= 0)
				backup_manifest_add_group(&m->b.m, &g);
		}
	}
	return 0;
}

static int note_ends(struct making *m, const char *name, struct err *err)
{
	const char *topic = operator_topic(name);
	int partitions = kafka_admin_partitions(m->admin, topic, err);
	struct backup_log log = {.partition = 0};

	if (partitions < 0)
		return -1;
	snprintf(log.topic, sizeof log.topic, "%s", name);
	for (; log.partition < partitions; log.partition++) {
		if (kafka_admin_watermarks(m->admin, topic, log.partition, &log.begin, &log.end, err))
			return -1;
		backup_manifest_add_log(&m->b.m, &log);
	}
	return 0;
}

/* incidents first: what it names must be in the feeds. */
static int note_logs(struct making *m, struct err *err)
{
	char name[OPERATOR_SOURCE_SIZE + 5];

	if (note_ends(m, "incidents", err) || note_ends(m, "deadletters", err))
		return -1;
	run_point("backup-ends");
	for (size_t i = 0; i < m->sources.count; i++) {
		snprintf(name, sizeof name, "feed.%s", m->sources.names[i]);
		if (note_ends(m, name, err))
			return -1;
	}
	return 0;
}

static int write_logs(struct making *m, struct err *err)
{
	struct progress progress;
	int64_t done = 0;
	int rc = 0;

	progress_begin(&progress, "log", "records", backup_manifest_records(&m->b.m));
	for (size_t i = 0; rc == 0 && i < m->b.m.log_count; i++) {
		struct backup_log_source s = {.log = &m->b.m.logs[i], .progress = &progress, .done = &done};
		char name[BACKUP_NAME_MAX + 16];

		backup_log_name(s.log, name, sizeof name);
		rc = kafka_reader_open(&s.reader, operator_topic(s.log->topic), err);
		if (rc == 0) {
			rc = backup_write_part(&m->b, name, backup_log_fill, &s, err);
			kafka_reader_close(s.reader);
		}
	}
	progress_end(&progress, done);
	return rc;
}

static int write_all(struct making *m, struct err *err)
{
	time_t now = (time_t)(run_now_ms() / 1000);
	struct tm tm;

	strftime(m->b.m.made_at, sizeof m->b.m.made_at, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	snprintf(m->b.m.code, sizeof m->b.m.code, "%s", LAGESBILD_VERSION);
	snprintf(m->b.m.prefix, sizeof m->b.m.prefix, "%s", operator_conf.prefix);
	if (note_groups(m, err))
		return -1;
	run_point("backup-groups");
	if (backup_write_part(&m->b, "database", backup_database_fill, NULL, err) ||
	    backup_write_part(&m->b, "keys", backup_keys_fill, NULL, err) ||
	    backup_write_part(&m->b, "files", backup_files_fill, NULL, err))
		return -1;
	run_point("backup-dumped");
	return note_logs(m, err) || write_logs(m, err) || backup_save(&m->b, err) ? -1 : 0;
}

/* ---- what is printed ---- */

static int64_t bytes_of(const struct backup_manifest *m)
{
	int64_t sum = 0;

	for (size_t i = 0; i < m->part_count; i++)
		sum += m->parts[i].bytes;
	return sum;
}

static void print_topics(const struct backup_manifest *m)
{
	for (size_t i = 0; i < m->log_count;) {
		const char *topic = m->logs[i].topic;
		int64_t records = 0;
		size_t partitions = 0;

		for (; i < m->log_count && !strcmp(m->logs[i].topic, topic); i++, partitions++)
			records += m->logs[i].end - m->logs[i].begin;
		printf("  %-20s %14s offsets in %zu partitions\n", topic, operator_grouped(records), partitions);
	}
}

static int print(const struct backup *b, const char *dir, bool json)
{
	if (json) {
		backup_manifest_print(&b->m, stdout);
		return 0;
	}
	printf("%s  of %s, by %s, key %s, %s KiB\n", dir, b->m.made_at, b->m.code, b->m.key_id,
	       operator_grouped(bytes_of(&b->m) >> 10));
	print_topics(&b->m);
	return 0;
}

static int list(const char *dir, bool json, struct err *err)
{
	struct backup b = {.dir = ""};
	int rc;

	snprintf(b.dir, sizeof b.dir, "%s", dir);
	rc = backup_load(&b, err);
	if (rc == 0)
		rc = print(&b, dir, json);
	backup_manifest_release(&b.m);
	return rc;
}

static int make(struct making *m, struct err *err)
{
	int rc;

	m->lock = -1;
	seal_cost_new(&m->b.m.cost);
	rc = operator_db(&m->db, err) || operator_kafka(&m->admin, err) ||
	     operator_sources_known(&m->sources, m->db, err) || note_keys(m, err) || make_directory(m, err) ||
	     backup_key(&m->b, true, err) || write_all(m, err) || name_whole(m, err);
	/* The session may have timed out meanwhile. */
	db_close(m->db);
	m->db = NULL;
	if (rc == 0 && operator_db(&m->db, err) == 0) {
		char *path = realpath(m->dir, NULL);

		db_param_text(m->db, path ? path : m->dir, strlen(path ? path : m->dir));
		rc = db_query(m->db, operator_sql_backup_noted, NULL, err) < 0 ? -1 : 0;
		free(path);
	}
	if (rc == 0)
		print(&m->b, m->dir, m->json);
	if (m->lock >= 0)
		close(m->lock);
	kafka_admin_close(m->admin);
	db_close(m->db);
	seal_key_release(&m->b.key);
	backup_manifest_release(&m->b.m);
	return rc ? -1 : 0;
}

int backup_command(int argc, char **argv, struct err *err)
{
	static struct making m;
	bool listed = false;

	for (int i = 1; i < argc; i++) {
		size_t len = strlen(argv[i]);

		if (strcmp(argv[i], "--json") == 0)
			m.json = true;
		else if (strcmp(argv[i], "--list") == 0)
			listed = true;
		else if (!m.dir && *argv[i] && *argv[i] != '-')
			m.dir = argv[i];
		else
			return err_set(err, ERR_CONFIG, "unknown argument %.40s; see lagesbild backup --help", argv[i]);
		if (m.dir == argv[i] && len > 1 && argv[i][len - 1] == '/')
			argv[i][len - 1] = 0;
	}
	if (!m.dir)
		return err_set(err, ERR_CONFIG, "say into which directory");
	return listed ? list(m.dir, m.json, err) : make(&m, err);
}
