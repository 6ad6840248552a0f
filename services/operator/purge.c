/* purge: an event, or what came before a day, taken out of every topic and every table for ever. */
#include "purge.h"

#include "base/run.h"
#include "operator_sql.h"
#include "replay.h"
#include <stdlib.h>
#include <string.h>

/* ---- names of topics ---- */

const char *purge_topic_name(const struct purge *p, int topic)
{
	static char names[4][OPERATOR_SOURCE_SIZE + 8];
	static unsigned next;
	char *out = names[next++ % 4];

	if (topic < PURGE_FEEDS)
		return topic == PURGE_INCIDENTS ? "incidents" : "deadletters";
	snprintf(out, sizeof names[0], "feed.%s", p->sources.names[topic - PURGE_FEEDS]);
	return out;
}

int purge_topic_number(const struct purge *p, const char *full, size_t len)
{
	for (int i = 0; i < PURGE_FEEDS + (int)p->sources.count; i++) {
		const char *name = operator_topic(purge_topic_name(p, i));

		if (strlen(name) == len && memcmp(name, full, len) == 0)
			return i;
	}
	return -1;
}

/* ---- what is asked for ---- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* 32 hex digits, with or without a UUID's hyphens. */
static int parse_id(const char *text, uint8_t id[16], struct err *err)
{
	size_t n = 0;

	for (; *text; text++) {
		int digit = hex_digit(*text);

		if (*text == '-')
			continue;
		if (digit < 0 || n == 32)
			return err_set(err, ERR_CONFIG, "--incident is an id of 32 hexadecimal digits");
		id[n / 2] = (uint8_t)(n % 2 ? id[n / 2] | digit : digit << 4);
		n++;
	}
	return n == 32 ? 0 : err_set(err, ERR_CONFIG, "--incident is an id of 32 hexadecimal digits");
}

/* SOURCE:PARTITION:OFFSET, as dead letters are named. */
static int parse_origin(struct purge *p, struct err *err)
{
	char source[OPERATOR_SOURCE_SIZE] = "", *end;
	size_t len = strcspn(p->origin, ":");
	const char *at = p->origin + len;

	if (*at == ':' && len < sizeof source) {
		memcpy(source, p->origin, len);
		p->origin_partition = (int32_t)strtol(at + 1, &end, 10);
		if (*end == ':' && end[1]) {
			p->origin_offset = strtoll(end + 1, &end, 10);
			for (size_t i = 0; !*end && i < p->sources.count; i++)
				if (strcmp(p->sources.names[i], source) == 0) {
					p->origin_topic = PURGE_FEEDS + (int)i;
					return 0;
				}
		}
	}
	return err_set(err, ERR_CONFIG, "--origin is SOURCE:PARTITION:OFFSET, such as press:0:17");
}

static int parse(struct purge *p, int argc, char **argv, struct err *err)
{
	const struct {
		const char *name;
		const char **to;
	} texts[] = {{"--incident", &p->incident},
		     {"--origin", &p->origin},
		     {"--source", &p->source},
		     {"--before", &p->before},
		     {"--why", &p->why}};

	for (int i = 1; i < argc; i++) {
		size_t k = 0;

		while (k < 5 && strcmp(argv[i], texts[k].name))
			k++;
		if (k < 5 && i + 1 < argc)
			*texts[k].to = argv[++i];
		else if (strcmp(argv[i], "--yes") == 0)
			p->yes = true;
		else if (strcmp(argv[i], "--resume") == 0)
			p->resume = true;
		else
			return err_set(err, ERR_CONFIG,
				       "unknown or incomplete argument %.40s; see lagesbild purge --help", argv[i]);
	}
	if ((p->incident != NULL) + (p->origin != NULL) + (p->before != NULL) + p->resume != 1 ||
	    (p->before != NULL) != (p->source != NULL))
		return err_set(
			err, ERR_CONFIG,
			"say one of --incident ID, --origin SOURCE:PARTITION:OFFSET, --source NAME --before TIME; or "
			"--resume");
	if (!p->resume && (!p->why || !*p->why || strlen(p->why) > 500))
		return err_set(err, ERR_CONFIG, "--why says on whose word: it is kept");
	return 0;
}

static int understand(struct purge *p, struct err *err)
{
	bool known = !p->source;

	if (p->incident)
		return parse_id(p->incident, p->id, err);
	if (p->origin)
		return parse_origin(p, err);
	for (size_t i = 0; !known && i < p->sources.count; i++)
		known = strcmp(p->sources.names[i], p->source) == 0;
	if (!known)
		return err_set(err, ERR_CONFIG, "there is no source \"%.40s\"", p->source);
	return p->before ? operator_time(p->db, p->before, &p->before_ms, err) : 0;
}

/* ---- an unfinished one ---- */

static int unfinished(struct purge *p, struct err *err)
{
	struct db_result *res;
	long rows = db_query(p->db, operator_sql_purge_unfinished, &res, err);

	if (rows < 0)
		return -1;
	p->number = rows ? db_int(res, 0, 0) : 0;
	db_free(res);
	if (rows && !p->resume)
		return err_set(err, ERR_CONFIG, "a purge is not done: lagesbild purge --resume");
	return !rows && p->resume ? err_set(err, ERR_CONFIG, "no purge is waiting to be resumed") : 0;
}

static int load_records(struct purge *p, struct err *err)
{
	struct db_result *res;
	long rows;

	db_param_int8(p->db, p->number);
	rows = db_query(p->db, operator_sql_purge_records, &res, err);
	if (rows < 0)
		return -1;
	p->records = calloc((size_t)rows + 1, sizeof *p->records);
	for (long i = 0; p->records && i < rows; i++) {
		const char *name = operator_topic(db_text(res, i, 0, NULL));

		p->records[p->count++] = (struct purge_record){purge_topic_number(p, name, strlen(name)),
							       (int32_t)db_int(res, i, 1), db_int(res, i, 2)};
	}
	db_free(res);
	return p->records ? purge_sort(p), 0 : err_set(err, ERR_RETRY, "out of memory");
}

/* ---- noting what is to be done ---- */

static int note_records(struct purge *p, struct err *err)
{
	for (size_t i = 0; i < p->count; i++) {
		const char *name = purge_topic_name(p, p->records[i].topic);

		db_param_int8(p->db, p->number);
		db_param_text(p->db, name, strlen(name));
		db_param_int4(p->db, p->records[i].partition);
		db_param_int8(p->db, p->records[i].offset);
		if (db_query(p->db, operator_sql_purge_note, NULL, err) < 0)
			return -1;
	}
	return 0;
}

static int note_group(struct purge *p, const char *source, struct err *err)
{
	char topic[200], group[200], metadata[96];
	int partitions;
	int64_t next;

	snprintf(topic, sizeof topic, "%sfeed.%s", operator_conf.prefix, source);
	snprintf(group, sizeof group, "%snormalizer-%s", operator_conf.prefix, source);
	partitions = kafka_admin_partitions(p->admin, topic, err);
	for (int32_t i = 0; i < partitions; i++) {
		if (kafka_admin_committed(p->admin, group, topic, i, &next, metadata, sizeof metadata, err))
			return -1;
		if (next < 0)
			continue;
		db_param_int8(p->db, p->number);
		db_param_text(p->db, source, strlen(source));
		db_param_int4(p->db, i);
		db_param_int8(p->db, next);
		db_param_text(p->db, metadata, strlen(metadata));
		if (db_query(p->db, operator_sql_purge_group, NULL, err) < 0)
			return -1;
	}
	return partitions < 0 ? -1 : 0;
}

static int note(struct purge *p, struct err *err)
{
	const char *what = p->incident ? "incident" : p->origin ? "origin" : "before";
	struct db_result *res;

	if (db_script(p->db, "BEGIN", err))
		return -1;
	db_param_text(p->db, p->why, strlen(p->why));
	db_param_text(p->db, what, strlen(what));
	if (db_query(p->db, operator_sql_purge_begin, &res, err) < 0)
		return -1;
	p->number = db_int(res, 0, 0);
	db_free(res);
	if (note_records(p, err))
		return -1;
	for (size_t i = 0; i < p->sources.count; i++)
		if (note_group(p, p->sources.names[i], err))
			return -1;
	db_param_int8(p->db, p->number);
	return db_query(p->db, operator_sql_purge_plan, NULL, err) < 0 || db_script(p->db, "COMMIT", err) ? -1 : 0;
}

/* ---- builds ---- */

static int run_command(int (*command)(int, char **, struct err *), char *const *args, int count, struct err *err)
{
	char *argv[8];
	int status;

	memcpy(argv, args, (size_t)count * sizeof *argv);
	argv[count] = NULL;
	status = command(count, argv, err);
	return status == 0 ? 0 : status < 0 ? -1 : err_set(err, ERR_CONFIG, "%s ended with %d", args[0], status);
}

static int made_already(struct purge *p, const char *name, struct err *err)
{
	struct db_result *res;
	long rows;

	db_param_text(p->db, name, strlen(name));
	rows = db_query(p->db, operator_sql_rebuild_name, &res, err);
	if (rows >= 0)
		db_free(res);
	return rows < 0 ? -1 : rows > 0;
}

static int remake(struct purge *p, char *name, int64_t id, struct err *err)
{
	char fresh[40], old[40];
	char *rebuild[] = {"rebuild", "--into", fresh, "--rules", name}, *drop[] = {"drop", old, "--yes"};
	int there;

	snprintf(fresh, sizeof fresh, "purging-%lld", (long long)id);
	snprintf(old, sizeof old, "purged-%lld", (long long)id);
	there = made_already(p, old, err); /* swapped, not yet dropped */
	if (there < 0)
		return -1;
	if (!there) {
		there = made_already(p, fresh, err);
		if (there < 0 || (!there && run_command(rebuild_command, rebuild, 5, err)))
			return -1;
		run_point("purge-rebuilt");
		db_param_text(p->db, name, strlen(name));
		db_param_text(p->db, fresh, strlen(fresh));
		if (db_query(p->db, operator_sql_purge_swap, NULL, err) < 0)
			return -1;
	}
	run_point("purge-swapped");
	return run_command(drop_command, drop, 3, err);
}

static int builds(struct purge *p, struct err *err)
{
	struct db_result *res;
	int rc = 0;

	db_param_int8(p->db, p->number);
	if (db_query(p->db, operator_sql_purge_builds, &res, err) < 0)
		return -1;
	for (long i = 0; rc == 0 && i < db_rows(res); i++) {
		char name[48];
		char *drop[] = {"drop", name, "--yes"};

		snprintf(name, sizeof name, "%s", db_text(res, i, 1, NULL));
		rc = db_int(res, i, 2) ? remake(p, name, db_int(res, i, 0), err)
				       : run_command(drop_command, drop, 3, err);
	}
	db_free(res);
	return rc;
}

/* ---- the command ---- */

static int work(struct purge *p, struct err *err)
{
	if (purge_topics(p, err))
		return -1;
	db_param_int8(p->db, p->number);
	if (db_query(p->db, operator_sql_purge_forget, NULL, err) < 0 || builds(p, err))
		return -1;
	db_param_int8(p->db, p->number);
	if (db_query(p->db, operator_sql_purge_done, NULL, err) < 0)
		return -1;
	printf("purge %lld is done: it is in no topic and no table. Start the services; the files of deleted topics go "
	       "within "
	       "the broker's file.delete.delay.ms. Editions hold counts only and stay. Backups made before still hold "
	       "it: "
	       "delete them\n",
	       (long long)p->number);
	return 0;
}

static int fresh(struct purge *p, struct err *err)
{
	if (understand(p, err) || purge_find(p, err))
		return -1;
	printf("%s messages of feeds, %s records of incidents, %s dead letters go out; every fed build is made anew "
	       "from the "
	       "log, the others are dropped\n",
	       operator_grouped(p->feed_count), operator_grouped(p->incident_count), operator_grouped(p->letter_count));
	if (!replay_agreed(p->yes)) {
		printf("nothing is changed: --yes\n");
		return 0;
	}
	if (!*operator_conf.operator_key)
		return err_set(err, ERR_CONFIG,
			       "LAGESBILD_OPERATOR_KEY is needed: what stands in a message's place is signed");
	return purge_alone(p, err) || note(p, err) || work(p, err) ? -1 : 0;
}

int purge_command(int argc, char **argv, struct err *err)
{
	struct purge p = {.number = 0};
	int rc = -1;

	if (parse(&p, argc, argv, err) == 0 && operator_db(&p.db, err) == 0 && operator_kafka(&p.admin, err) == 0 &&
	    operator_sources_known(&p.sources, p.db, err) == 0 && purge_decode_open(&p, err) == 0 &&
	    unfinished(&p, err) == 0)
		rc = !p.resume							      ? fresh(&p, err)
		     : load_records(&p, err) || purge_alone(&p, err) || work(&p, err) ? -1
										      : 0;
	purge_decode_close(&p);
	free(p.records);
	kafka_admin_close(p.admin);
	db_close(p.db);
	return rc;
}
