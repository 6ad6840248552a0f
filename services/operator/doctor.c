/* doctor: looks at everything, and says of each thing that is not as it should be in one sentence what to do. */
#include "doctor.h"

#include "kafka/kafka_reader.h"
#include "operator_sql.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FINDINGS_MAX 200
#define SHOWN_MAX 12 /* of one check */
#define PATIENCE_S 60

struct finding {
	size_t check;
	enum doctor_level level;
	char what[400], todo[400];
};

struct doctor {
	struct db *db;
	struct kafka_admin *admin;
	struct err no_database, no_kafka; /* why a server cannot be asked, until that has been said */
	struct operator_sources sources;
	int64_t patience_s;
	bool json, database_away, kafka_away, no_schema;
	size_t check, more; /* the check in hand; how many of its findings were left out */
	struct finding findings[FINDINGS_MAX];
	size_t count;
};

enum needs { ALONE, DATABASE = 1, TABLES = 2 | DATABASE, KAFKA = 4 };

static const struct {
	const char *group, *name, *well;
	int needs;
	int (*run)(struct doctor *d, struct err *err);
	const char *sql; /* instead: rows of level ('wrong', 'warning'), what, todo */
	bool timed;	 /* it takes the patience in seconds */
} checks[] = {
	{"configuration", "variables", "every variable is known", ALONE, doctor_variables, NULL, false},
	{"configuration", "secrets", "files of secrets are closed to others", ALONE, doctor_secrets, NULL, false},
	{"configuration", "certificates", "certificates are valid for another 30 days", ALONE, doctor_certificates,
	 NULL, false},
	{"configuration", "files", "schemas, mappings, areas and the pack can be read", ALONE, doctor_files, NULL,
	 false},
	{"Kafka", "topics", "every topic is as setup makes it", KAFKA, doctor_topics, NULL, false},
	{"Kafka", "replicas", "every topic has its replicas", KAFKA, doctor_replicas, NULL, false},
	{"Kafka", "groups", "every feed is read", KAFKA, doctor_groups, NULL, false},
	{"PostgreSQL", "schema", "the schema is this program's", DATABASE, doctor_schema, NULL, false},
	{"PostgreSQL", "server", "version and settings keep what is committed", DATABASE, NULL,
	 operator_sql_doctor_server, false},
	{"PostgreSQL", "roles", "roles have their rights and no more", TABLES, NULL, operator_sql_doctor_roles, false},
	{"PostgreSQL", "sessions", "nobody waits for a lock, no transaction is old", DATABASE, NULL,
	 operator_sql_doctor_sessions, true},
	{"PostgreSQL", "indexes", "every index is valid", DATABASE, NULL, operator_sql_doctor_indexes, false},
	{"PostgreSQL", "tables", "every partition belongs to a build", TABLES, NULL, operator_sql_doctor_tables, false},
	{"PostgreSQL", "bloat", "vacuum keeps up", DATABASE, NULL, operator_sql_doctor_bloat, false},
	{"PostgreSQL", "disk", "there is room on the disk", DATABASE, doctor_disk, NULL, false},
	{"PostgreSQL", "zone", "PostgreSQL and the services know the same wall time", TABLES, doctor_zone, NULL, false},
	{"installation", "key", "the installation key is the database's", TABLES, doctor_key, NULL, false},
	{"installation", "clock", "clocks agree", TABLES, doctor_clock, NULL, false},
	{"installation", "rules", "the files say what the current build counts by", TABLES, doctor_rules, NULL, false},
	{"installation", "backup", "the backup is fresh", TABLES, NULL, operator_sql_doctor_backup, false},
	{"figures", "positions", "every record on incidents is taken in", TABLES | KAFKA, doctor_positions, NULL,
	 false},
	{"figures", "chains", "the balance adds up, every record is ours", TABLES, NULL, operator_sql_doctor_chains,
	 false},
	{"figures", "gaps", "nothing is lost", TABLES, doctor_gaps, NULL, false},
	{"figures", "silent", "every connected source sends", TABLES, NULL, operator_sql_doctor_silent, false},
	{"figures", "deadletters", "no dead letter is open", TABLES, NULL, operator_sql_doctor_deadletters, false},
	{"figures", "documents", "every document that was asked for is made", TABLES, NULL,
	 operator_sql_doctor_documents, false},
};
#define CHECKS (sizeof checks / sizeof *checks)

struct db *doctor_db(struct doctor *d)
{
	return d->db;
}

struct kafka_admin *doctor_kafka(struct doctor *d)
{
	return d->admin;
}

const struct operator_sources *doctor_sources(const struct doctor *d)
{
	return &d->sources;
}

int64_t doctor_patience_ms(const struct doctor *d)
{
	return d->patience_s * 1000;
}

const char *doctor_time(int64_t ms)
{
	static char texts[2][32];
	static unsigned next;
	char *out = texts[next++ % 2];
	time_t s = (time_t)(ms / 1000);
	struct tm tm;

	if (!gmtime_r(&s, &tm) || !strftime(out, sizeof texts[0], "%Y-%m-%d %H:%M UTC", &tm))
		snprintf(out, sizeof texts[0], "%lld ms", (long long)ms);
	return out;
}

void doctor_find(struct doctor *d, enum doctor_level level, const char *todo, const char *format, ...)
{
	struct finding *f = &d->findings[d->count];
	size_t same = 0, len;
	va_list args;

	for (size_t i = 0; i < d->count; i++)
		same += d->findings[i].check == d->check;
	if (d->count == FINDINGS_MAX || same == SHOWN_MAX) {
		d->more++;
		return;
	}
	f->check = d->check;
	f->level = level;
	va_start(args, format);
	vsnprintf(f->what, sizeof f->what, format, args);
	va_end(args);
	len = strlen(f->what);
	if (len && f->what[len - 1] == '.')
		f->what[len - 1] = 0;
	snprintf(f->todo, sizeof f->todo, "%s", todo);
	d->count++;
}

int doctor_appended(struct doctor *d, const char *topic, int32_t partition, int64_t offset, int64_t *at_ms,
		    struct err *err)
{
	struct kafka_reader *reader = NULL;
	struct kafka_message m;
	int64_t low, high;
	int n = 0;

	if (kafka_admin_watermarks(d->admin, topic, partition, &low, &high, err))
		return -1;
	if (offset < low)
		offset = low;
	if (offset >= high)
		return 0;
	if (kafka_reader_open(&reader, topic, err) || kafka_reader_start(reader, partition, offset, INT64_MAX, err))
		n = -1;
	while (n == 0 && !kafka_reader_done(reader))
		n = kafka_reader_batch(reader, &m, 1, 1000, err);
	if (n > 0) {
		*at_ms = m.append_ms;
		kafka_consumer_release(&m, 1);
	}
	kafka_reader_close(reader);
	return n;
}

/* ---- the run */

static int run_sql(struct doctor *d, const char *sql, bool timed, struct err *err)
{
	struct db_result *res;
	long rows;

	if (timed)
		db_param_int4(d->db, (int32_t)d->patience_s);
	rows = db_query(d->db, sql, &res, err);
	for (long i = 0; i < rows; i++)
		doctor_find(d, strcmp(db_text(res, i, 0, NULL), "wrong") ? DOCTOR_WARNING : DOCTOR_WRONG,
			    db_text(res, i, 2, NULL), "%s", db_text(res, i, 1, NULL));
	if (rows >= 0)
		db_free(res);
	return rows < 0 ? -1 : 0;
}

static bool possible(const struct doctor *d, int needs)
{
	return !(needs & KAFKA && !d->admin) && !(needs & DATABASE && !d->db) &&
	       !((needs & TABLES) == TABLES && d->no_schema);
}

/* A server that goes away under way is named once, and what needs it is left out from then on. */
static void failed(struct doctor *d, const struct err *why)
{
	int needs = checks[d->check].needs;

	if (why->kind != ERR_SERVER && why->kind != ERR_RETRY) {
		if (strcmp(checks[d->check].name, "schema") == 0)
			d->no_schema = true;
		doctor_find(d, DOCTOR_WRONG,
			    needs & DATABASE ? "run lagesbild setup as the schema's owner, or this as the role operator"
					     : "mend what the sentence names",
			    "%s", why->text);
		return;
	}
	doctor_find(d, DOCTOR_WRONG, "start the server, or mend its address", "%s", why->text);
	if (needs & DATABASE && (!(needs & KAFKA) || db_broken(d->db))) {
		db_close(d->db);
		d->db = NULL;
		d->database_away = true;
	} else if (needs & KAFKA) {
		kafka_admin_close(d->admin);
		d->admin = NULL;
		d->kafka_away = true;
	}
}

static void print_check(const struct doctor *d, size_t before, bool made)
{
	enum doctor_level worst = DOCTOR_WARNING;

	if (d->check == 0 || strcmp(checks[d->check].group, checks[d->check - 1].group) != 0)
		printf("%s%s\n", d->check ? "\n" : "", checks[d->check].group);
	for (size_t i = before; i < d->count; i++)
		worst = d->findings[i].level > worst ? d->findings[i].level : worst;
	printf("  %-5s%s\n",
	       !made		       ? "-"
	       : d->count == before    ? "ok"
	       : worst == DOCTOR_WRONG ? "FEL"
				       : "OBS",
	       checks[d->check].well);
	for (size_t i = before; i < d->count; i++)
		printf("       - %s: %s\n", d->findings[i].what, d->findings[i].todo);
	if (d->more)
		printf("       - and %zu more of the same kind\n", d->more);
}

static void say_away(struct doctor *d, struct err *why)
{
	if (why->kind != ERR_NONE)
		doctor_find(d, DOCTOR_WRONG, "start the server, or mend its address and password", "%s", why->text);
	*why = (struct err){0};
}

static void run_check(struct doctor *d)
{
	size_t before = d->count;
	bool made = possible(d, checks[d->check].needs);
	struct err why = {0};
	int rc = 0;

	d->more = 0;
	if (checks[d->check].needs & DATABASE)
		say_away(d, &d->no_database);
	if (checks[d->check].needs & KAFKA)
		say_away(d, &d->no_kafka);
	if (made)
		rc = checks[d->check].run ? checks[d->check].run(d, &why)
					  : run_sql(d, checks[d->check].sql, checks[d->check].timed, &why);
	if (rc)
		failed(d, &why);
	if (!d->json)
		print_check(d, before, made);
}

static void print_finding(const struct finding *f)
{
	printf("{\"group\": \"%s\", \"check\": \"%s\", \"level\": \"%s\", \"what\": ", checks[f->check].group,
	       checks[f->check].name, f->level == DOCTOR_WRONG ? "wrong" : "warning");
	operator_json_text(f->what);
	printf(", \"do\": ");
	operator_json_text(f->todo);
	printf("}");
}

static int conclude(const struct doctor *d)
{
	size_t wrong = 0;

	for (size_t i = 0; i < d->count; i++)
		wrong += d->findings[i].level == DOCTOR_WRONG;
	if (d->json) {
		printf("{\"wrong\": %zu, \"warnings\": %zu, \"kafka_away\": %s, \"database_away\": %s, \"findings\": [",
		       wrong, d->count - wrong, d->kafka_away ? "true" : "false", d->database_away ? "true" : "false");
		for (size_t i = 0; i < d->count; i++) {
			printf("%s", i ? ", " : "");
			print_finding(&d->findings[i]);
		}
		printf("]}\n");
	} else {
		printf("\n%s: %zu wrong, %zu warnings, %zu checks\n",
		       d->kafka_away || d->database_away ? "a server is away, and what needs it was not looked at"
		       : wrong				 ? "something is wrong"
		       : d->count			 ? "all works, and somebody should look"
							 : "all well",
		       wrong, d->count - wrong, CHECKS);
	}
	return d->kafka_away || d->database_away ? 3 : wrong ? OPERATOR_FOUND : 0;
}

/* Both servers are tried; what is away, or refuses us, is the first finding of its group. */
static void connect_both(struct doctor *d)
{
	struct err why = {0};

	if (operator_db(&d->db, &d->no_database))
		d->database_away = d->no_database.kind == ERR_SERVER;
	if (operator_kafka(&d->admin, &d->no_kafka) == 0 &&
	    kafka_admin_partitions(d->admin, operator_topic("incidents"), &why) < 0 && why.kind == ERR_SERVER) {
		kafka_admin_close(d->admin);
		d->admin = NULL;
		d->kafka_away = true;
		d->no_kafka = why;
	}
	if ((!d->db || operator_sources_known(&d->sources, d->db, &why) || !d->sources.count) &&
	    operator_sources_read(&d->sources, &why))
		d->sources.count = 0;
}

static int parse(struct doctor *d, int argc, char **argv, struct err *err)
{
	for (int i = 1; i < argc; i++) {
		char *end = NULL;

		if (strcmp(argv[i], "--json") == 0)
			d->json = true;
		else if (strcmp(argv[i], "--patience") == 0 && i + 1 < argc)
			d->patience_s = strtol(argv[++i], &end, 10);
		else
			return err_set(err, ERR_CONFIG, "unknown argument %.40s; see lagesbild doctor --help", argv[i]);
		if (end && (*end || d->patience_s < 0 || d->patience_s > 1000000))
			return err_set(err, ERR_CONFIG, "--patience takes seconds");
	}
	return 0;
}

int doctor_command(int argc, char **argv, struct err *err)
{
	struct doctor *d = calloc(1, sizeof *d);
	int status = -1;

	if (!d)
		return err_set(err, ERR_RETRY, "out of memory");
	d->patience_s = PATIENCE_S;
	if (parse(d, argc, argv, err) == 0) {
		connect_both(d);
		for (d->check = 0; d->check < CHECKS; d->check++)
			run_check(d);
		status = conclude(d);
	}
	kafka_admin_close(d->admin);
	db_close(d->db);
	free(d);
	return status;
}
