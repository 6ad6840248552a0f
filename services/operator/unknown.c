/* unknown: what the mapping and the register do not know, read from the feeds by each source's own map, and the line
 * that would make it known. */
#include "unknown.h"

#include "areas.h"
#include "base/run.h"
#include "kafka/kafka_reader.h"
#include "mask.h"
#include "operator_sql.h"
#include "progress.h"
#include "replay.h"
#include "text/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SINCE_DAYS 400 /* how long feeds are kept */
#define NEAR 2	       /* so few letters apart is a slip of the pen */

struct known {
	char folded[64], code[64];
};

struct unknown {
	bool types, json, any;
	const char *source, *since;
	int64_t limit, min;
	struct db *db;
	struct kafka_reader *reader;
	struct mapper *mapper;
	char topic[200];
	struct unknown_groups groups;
	const struct deadletter *letters;
	struct known *known;
	long known_count;
	int64_t messages;
	struct progress progress;
};

/* ---- reading ---- */

static int take(void *ctx, size_t i, struct incident_text type, struct incident_text place, struct err *err)
{
	struct unknown *u = ctx;
	struct incident_text text = u->types ? type : place;

	return text.len ? unknown_add(&u->groups, text.text, text.len, u->letters[i].append_time, err) : 0;
}

static int look_at(struct unknown *u, const struct kafka_message *m, size_t count, struct err *err)
{
	static struct replay_headers headers[REPLAY_BATCH];
	static struct deadletter letters[REPLAY_BATCH];

	for (size_t i = 0; i < count; i++)
		replay_letter(&m[i], u->topic, 1, &headers[i], &letters[i]);
	u->letters = letters;
	u->messages += (int64_t)count;
	progress_at(&u->progress, u->messages);
	return mapper_unknowns(u->mapper, letters, count, take, u, err);
}

static int read_partition(struct unknown *u, int32_t partition, int64_t since_ms, struct err *err)
{
	struct kafka_message m[REPLAY_BATCH];
	int64_t from;
	int rc = 0;

	if (kafka_reader_at(u->reader, partition, since_ms, &from, err) ||
	    kafka_reader_start(u->reader, partition, from, INT64_MAX, err))
		return -1;
	while (rc == 0 && !kafka_reader_done(u->reader) && !run_stopping()) {
		int got = kafka_reader_batch(u->reader, m, REPLAY_BATCH, 200, err);

		if (got < 0)
			return -1;
		rc = look_at(u, m, (size_t)got, err);
		kafka_consumer_release(m, (size_t)got);
	}
	return rc == 0 && run_stopping() ? err_set(err, ERR_RETRY, "asked to stop") : rc;
}

static int read_source(struct unknown *u, const char *source, int64_t since_ms, struct err *err)
{
	char name[80];
	int rc = 0;

	snprintf(name, sizeof name, "feed.%s", source);
	snprintf(u->topic, sizeof u->topic, "%s", operator_topic(name));
	progress_begin(&u->progress, source, "messages", 0);
	u->messages = 0;
	if (mapper_open_unknowns(&u->mapper, source, err) || kafka_reader_open(&u->reader, u->topic, err))
		rc = -1;
	for (int32_t p = 0; rc == 0 && p < operator_conf.partitions; p++)
		rc = read_partition(u, p, since_ms, err);
	progress_end(&u->progress, u->messages);
	kafka_reader_close(u->reader);
	mapper_close(u->mapper);
	u->reader = NULL;
	u->mapper = NULL;
	return rc;
}

/* ---- what is known: for a guess ---- */

static int load_known(struct unknown *u, const char *source, struct err *err)
{
	struct db_result *res;
	long rows;

	free(u->known);
	db_param_text(u->db, source, strlen(source));
	rows = db_query(u->db, u->types ? operator_sql_unknown_mapping : operator_sql_unknown_areas, &res, err);
	if (rows < 0)
		return -1;
	u->known = calloc((size_t)rows + 1, sizeof *u->known);
	u->known_count = 0;
	for (long i = 0; u->known && i < rows; i++) {
		struct known *k = &u->known[u->known_count];
		size_t len;
		const char *text = db_text(res, i, 0, &len);
		long n = text_fold(text, len, k->folded, sizeof k->folded - 1);

		if (n <= 0)
			continue;
		k->folded[n] = 0;
		snprintf(k->code, sizeof k->code, "%s", db_text(res, i, 1, NULL));
		u->known_count++;
	}
	db_free(res);
	return u->known ? 0 : err_set(err, ERR_RETRY, "out of memory");
}

/* A known text that is nearly the same, or that this one only adds to: its code, else NULL. */
static const char *guess(const struct unknown *u, const char *text)
{
	char folded[TEXT_FOLD_MAX];
	long n = text_fold(text, strlen(text), folded, sizeof folded - 1);
	const struct known *best = NULL;
	size_t longest = 4;

	if (n <= 0)
		return NULL;
	folded[n] = 0;
	for (long i = 0; i < u->known_count; i++) {
		const struct known *k = &u->known[i];
		size_t len = strlen(k->folded);

		if (n > 5 && unknown_distance(folded, k->folded, NEAR) <= NEAR)
			return k->code;
		if (len > longest && strncmp(folded, k->folded, len) == 0) {
			best = k;
			longest = len;
		}
	}
	return best ? best->code : NULL;
}

/* ---- printing ---- */

static void day(int64_t ms, char out[11])
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, 11, "%Y-%m-%d", &tm);
}

/* The line that would make it known, in the file it belongs to. */
static void line(const struct unknown *u, const char *source, const char *text, const char *near)
{
	char code[64];

	if (u->types) {
		printf("    schemas/mappings/%s.csv: ", source);
		operator_csv(stdout, text, ',');
		printf(",%s\n", near ? near : "UNK");
	} else if (near) {
		printf("    schemas/areas: %s, a synonym more: %s\n", near, text);
	} else {
		areas_slug(text, code);
		printf("    schemas/areas/MUNICIPALITY.csv: MUNICIPALITY-%s,MUNICIPALITY,place,", code);
		operator_csv(stdout, text, ',');
		printf(",,,,,0,\n");
	}
}

static void print_group(struct unknown *u, const char *source, const struct unknown_group *g)
{
	char shown[UNKNOWN_TEXT_MAX], first[11], last[11];
	bool masked = mask_text(g->text, strlen(g->text), shown, sizeof shown);
	const char *near = masked ? NULL : guess(u, g->text);

	day(g->first_ms, first);
	day(g->last_ms, last);
	if (u->json) {
		printf("%s\n {\"source\": \"%s\", \"text\": ", u->any ? "," : "", source);
		operator_json_text(shown);
		printf(", \"masked\": %s, \"messages\": %lld, \"first\": \"%s\", \"last\": \"%s\", \"near\": ",
		       masked ? "true" : "false", (long long)g->messages, first, last);
		if (near)
			operator_json_text(near);
		else
			fputs("null", stdout);
		putchar('}');
	} else {
		printf("  %8s  %s … %s  %s\n", operator_grouped(g->messages), first, last, shown);
		if (masked)
			printf("    holds what may be personal data: ask the agency, no line is made of it\n");
		else
			line(u, source, g->text, near);
	}
	u->any = true;
}

static void print_source(struct unknown *u, const char *source)
{
	int64_t rare = u->groups.beyond, shown = 0, left = 0;
	size_t rare_texts = 0;

	unknown_sort(&u->groups);
	if (!u->json && u->groups.count)
		printf("%s: %s messages read\n", source, operator_grouped(u->messages));
	for (size_t i = 0; i < u->groups.count; i++) {
		const struct unknown_group *g = &u->groups.list[i];

		if (g->messages < u->min) {
			rare += g->messages;
			rare_texts++;
		} else if (shown < u->limit) {
			print_group(u, source, g);
			shown++;
		} else {
			left++;
		}
	}
	if (!u->json && left)
		printf("  and %lld more (--limit)\n", (long long)left);
	if (!u->json && rare)
		printf("  %8s  in %zu texts that stand in fewer than %lld messages each: not shown (--min)\n",
		       operator_grouped(rare), rare_texts, (long long)u->min);
	if (rare)
		u->any = true;
}

/* ---- the command ---- */

static int one_source(struct unknown *u, const char *source, int64_t since_ms, struct err *err)
{
	int rc;

	unknown_init(&u->groups);
	rc = load_known(u, source, err) || read_source(u, source, since_ms, err) ? -1 : 0;
	if (rc == 0)
		print_source(u, source);
	unknown_release(&u->groups);
	return rc;
}

static int all(struct unknown *u, struct err *err)
{
	struct operator_sources sources;
	int64_t since_ms = run_now_ms() - SINCE_DAYS * INT64_C(86400000);
	bool found = false;
	int rc = 0;

	if (operator_sources_known(&sources, u->db, err) ||
	    (u->since && operator_time(u->db, u->since, &since_ms, err)))
		return -1;
	if (u->json)
		printf("[");
	for (size_t i = 0; rc == 0 && i < sources.count; i++)
		if (!u->source || strcmp(u->source, sources.names[i]) == 0) {
			found = true;
			rc = one_source(u, sources.names[i], since_ms, err);
		}
	if (rc == 0 && !found)
		return err_set(err, ERR_CONFIG, "there is no source \"%.40s\"", u->source);
	if (u->json)
		printf("%s]\n", u->any ? "\n" : "");
	else if (rc == 0 && u->any)
		printf("then: lagesbild rebuild --into next, lagesbild diff live next, lagesbild promote next%s\n",
		       u->types ? ""
				: "; restart the normalizers, and lagesbild replay SOURCE for what has come already");
	else if (rc == 0)
		printf("the %s knows all\n", u->types ? "mapping" : "register");
	return rc ? -1 : u->any ? OPERATOR_FOUND : 0;
}

static int64_t number_of(const char *text)
{
	char *end;
	int64_t n = strtoll(text, &end, 10);

	return *text && !*end && n > 0 && n < 1000000000 ? n : -1;
}

static int parse(struct unknown *u, int argc, char **argv, struct err *err)
{
	if (argc < 2 || (strcmp(argv[1], "types") && strcmp(argv[1], "places")))
		return err_set(err, ERR_CONFIG, "say types or places");
	u->types = strcmp(argv[1], "types") == 0;
	for (int i = 2; i < argc; i++) {
		bool more = i + 1 < argc;

		if (strcmp(argv[i], "--json") == 0)
			u->json = true;
		else if (strcmp(argv[i], "--source") == 0 && more)
			u->source = argv[++i];
		else if (strcmp(argv[i], "--since") == 0 && more)
			u->since = argv[++i];
		else if (strcmp(argv[i], "--limit") == 0 && more && (u->limit = number_of(argv[i + 1])) > 0)
			i++;
		else if (strcmp(argv[i], "--min") == 0 && more && (u->min = number_of(argv[i + 1])) > 0)
			i++;
		else
			return err_set(err, ERR_CONFIG,
				       "unknown or incomplete argument %.40s; see lagesbild unknown --help", argv[i]);
	}
	return 0;
}

int unknown_command(int argc, char **argv, struct err *err)
{
	struct unknown u = {.limit = 20, .min = 3};
	int rc = -1;

	if (parse(&u, argc, argv, err) == 0 && operator_db(&u.db, err) == 0)
		rc = all(&u, err);
	free(u.known);
	db_close(u.db);
	return rc;
}
