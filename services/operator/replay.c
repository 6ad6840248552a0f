/* replay: a stretch of a feed through its normalizer again, as a new epoch. First what would change; then, on a yes,
 * the normalizer's own --replay, and the balance of what came of it. */
#include "replay.h"

#include "base/run.h"
#include "hash/hash.h"
#include "incident/incident_json.h"
#include "operator_sql.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PARTITIONS_MAX 1024
#define STRETCHES_MAX 1000 /* what a normalizer takes */
#define WAIT_S 120

struct stretch {
	int32_t partition;
	int64_t from, to; /* to: not included */
};

struct replay {
	const char *source, *from, *to, *key, *file;
	int64_t partition, wait_s;
	bool yes, json, mapped, show;
	char topic[200];
	struct db *db;
	struct kafka_reader *reader;
	struct preview *preview;
	struct mapper *mapper;
	FILE *out;
	struct stretch *stretches;
	size_t count;
	int64_t epoch, messages, sent;
	int32_t partitions[STRETCHES_MAX];
	int64_t epochs[STRETCHES_MAX];
	size_t epoch_count;
	struct buf line;
};

static int64_t number_of(const char *text)
{
	char *end;
	int64_t n = strtoll(text, &end, 10);

	return *text && !*end && n >= 0 ? n : -1;
}

static int parse_one(struct replay *r, char **argv, int *i, struct err *err)
{
	const struct {
		const char *name;
		const char **to;
	} texts[] = {{"--from", &r->from}, {"--to", &r->to}, {"--key", &r->key}, {"--to-file", &r->file}};
	const struct {
		const char *name;
		bool *to;
	} flags[] = {{"--yes", &r->yes}, {"--json", &r->json}, {"--mapped", &r->mapped}, {"--show-content", &r->show}};
	const struct {
		const char *name;
		int64_t *to;
	} numbers[] = {{"--partition", &r->partition}, {"--wait", &r->wait_s}};

	for (size_t k = 0; k < sizeof flags / sizeof *flags; k++)
		if (strcmp(argv[*i], flags[k].name) == 0)
			return *flags[k].to = true, 0;
	for (size_t k = 0; argv[*i + 1] && k < sizeof texts / sizeof *texts; k++)
		if (strcmp(argv[*i], texts[k].name) == 0)
			return *texts[k].to = argv[++*i], 0;
	for (size_t k = 0; argv[*i + 1] && k < 2; k++)
		if (strcmp(argv[*i], numbers[k].name) == 0 && number_of(argv[*i + 1]) >= 0)
			return *numbers[k].to = number_of(argv[++*i]), 0;
	if (*argv[*i] != '-' && !r->source)
		return r->source = argv[*i], 0;
	return err_set(err, ERR_CONFIG, "unknown argument %.40s; see lagesbild replay --help", argv[*i]);
}

static int parse(struct replay *r, int argc, char **argv, struct err *err)
{
	for (int i = 1; i < argc; i++)
		if (parse_one(r, argv, &i, err))
			return -1;
	if (!r->source)
		return err_set(err, ERR_CONFIG, "which source? See lagesbild replay --help");
	if (r->file && !r->mapped && !r->show)
		return err_set(
			err, ERR_CONFIG,
			"a feed's messages may hold what a person wrote: --show-content writes them to a file all "
			"the same, --mapped writes what the normalizer makes of them");
	return 0;
}

/* ---- which messages ---- */

/* An offset, or the first offset at or after a time. */
static int offset_of(struct replay *r, const char *text, int32_t partition, bool end, int64_t *out, struct err *err)
{
	int64_t ms, offset = number_of(text);
	bool day;

	if (offset >= 0) {
		*out = offset + end; /* --to names the last offset, the time that nothing is later than */
		return 0;
	}
	if (period_parse(rules_zone(preview_rules(r->preview)), text, strlen(text), &ms, &day, err)) {
		err->kind = ERR_CONFIG;
		return -1;
	}
	return kafka_reader_at(r->reader, partition, ms, out, err);
}

static int bounds(struct replay *r, int32_t partition, int64_t *from, int64_t *to, struct err *err)
{
	int64_t high, low;

	if (kafka_reader_start(r->reader, partition, KAFKA_BEGINNING, INT64_MAX, err))
		return -1;
	low = kafka_reader_from(r->reader);
	high = kafka_reader_to(r->reader);
	*from = low;
	*to = high;
	if ((r->from && offset_of(r, r->from, partition, false, from, err)) ||
	    (r->to && offset_of(r, r->to, partition, true, to, err)))
		return -1;
	if (*from < low)
		return err_set(err, ERR_CONFIG, "%s partition %d begins at offset %lld: what lay before it is gone",
			       r->topic, partition, (long long)low);
	if (*to > high)
		*to = high;
	return 0;
}

static int add_stretch(struct replay *r, int32_t partition, int64_t from, int64_t to, struct err *err)
{
	if (from >= to)
		return 0;
	if (r->count == STRETCHES_MAX)
		return err_set(err, ERR_CONFIG, "more than %d messages of that key: take a shorter time",
			       STRETCHES_MAX);
	r->stretches[r->count++] = (struct stretch){partition, from, to};
	return 0;
}

/* Each message of the key is a stretch of its own: a chain must hold all that lies within its ends. */
static int find_key(struct replay *r, int32_t partition, int64_t from, int64_t to, struct err *err)
{
	struct kafka_message m[REPLAY_BATCH];
	int got, rc = 0;

	if (kafka_reader_start(r->reader, partition, from, to, err))
		return -1;
	while (rc == 0 && !kafka_reader_done(r->reader) && !run_stopping()) {
		got = kafka_reader_batch(r->reader, m, REPLAY_BATCH, 200, err);
		if (got < 0)
			return -1;
		for (int i = 0; rc == 0 && i < got; i++)
			if (m[i].key_len == strlen(r->key) && memcmp(m[i].key, r->key, m[i].key_len) == 0)
				rc = add_stretch(r, partition, m[i].offset, m[i].offset + 1, err);
		kafka_consumer_release(m, (size_t)got);
	}
	return rc;
}

static int find_stretches(struct replay *r, struct err *err)
{
	struct kafka_admin *admin;
	int partitions;

	if (operator_kafka(&admin, err))
		return -1;
	partitions = kafka_admin_partitions(admin, r->topic, err);
	kafka_admin_close(admin);
	if (partitions < 0)
		return -1;
	if (r->partition >= partitions)
		return err_set(err, ERR_CONFIG, "%s has %d partitions", r->topic, partitions);
	if (r->partition < 0 && partitions > 1 &&
	    ((r->from && number_of(r->from) >= 0) || (r->to && number_of(r->to) >= 0)))
		return err_set(err, ERR_CONFIG, "an offset is one of a partition: give --partition too");
	for (int32_t p = 0; p < partitions; p++) {
		int64_t from, to;

		if (r->partition >= 0 && p != r->partition)
			continue;
		if (bounds(r, p, &from, &to, err) ||
		    (r->key && from < to ? find_key(r, p, from, to, err) : add_stretch(r, p, from, to, err)))
			return -1;
	}
	return 0;
}

/* ---- what would become of them ---- */

void replay_letter(const struct kafka_message *m, const char *topic, int64_t epoch, struct replay_headers *headers,
		   struct deadletter *out)
{
	headers->count = 0;
	kafka_headers(m, replay_note_header, headers);
	*out = (struct deadletter){.topic = {topic, strlen(topic)},
				   .partition = m->partition,
				   .offset = m->offset,
				   .epoch = epoch,
				   .append_time = m->append_ms,
				   .headers = headers->list,
				   .header_count = headers->count,
				   .key = m->key,
				   .value = m->value,
				   .key_len = m->key_len,
				   .value_len = m->value_len};
}

void replay_note_header(void *ctx, const char *name, const void *value, size_t len)
{
	struct replay_headers *h = ctx;

	if (h->count < DEADLETTER_HEADERS_MAX)
		h->list[h->count++] = (struct deadletter_header){{name, strlen(name)}, value, len};
}

static int see(void *ctx, size_t i, const struct incident *in, struct err *err)
{
	struct replay *r = ctx;

	(void)i;
	if (!r->out)
		return preview_add(r->preview, in, err);
	buf_clear(&r->line);
	incident_json(in, &r->line);
	return fwrite(r->line.data, 1, r->line.len, r->out) == r->line.len
		       ? 0
		       : err_set(err, ERR_CONFIG, "%s cannot be written", r->file);
}

static int look_at(struct replay *r, const struct kafka_message *m, size_t count, struct err *err)
{
	static struct replay_headers headers[REPLAY_BATCH];
	static struct deadletter letters[REPLAY_BATCH];
	enum preview_fate fates[PREVIEW_BATCH];

	for (size_t i = 0; i < count; i++)
		replay_letter(&m[i], r->topic, r->epoch, &headers[i], &letters[i]);
	r->messages += (int64_t)count;
	if (r->file && !r->mapped)
		return replay_write(r->out, letters, count, err);
	return mapper_map(r->mapper, letters, count, see, r, err) || preview_settle(r->preview, fates, err) ? -1 : 0;
}

static int foretell(struct replay *r, struct err *err)
{
	struct kafka_message m[REPLAY_BATCH];
	int got, rc = 0;

	for (size_t s = 0; rc == 0 && s < r->count && !run_stopping(); s++) {
		const struct stretch *at = &r->stretches[s];

		if (kafka_reader_start(r->reader, at->partition, at->from, at->to, err))
			return -1;
		while (rc == 0 && !kafka_reader_done(r->reader) && !run_stopping()) {
			got = kafka_reader_batch(r->reader, m, REPLAY_BATCH, 200, err);
			if (got < 0)
				return -1;
			rc = look_at(r, m, (size_t)got, err);
			kafka_consumer_release(m, (size_t)got);
			if (isatty(STDERR_FILENO))
				fprintf(stderr, "\r%s messages looked at ", operator_grouped(r->messages));
		}
	}
	if (isatty(STDERR_FILENO))
		fputc('\n', stderr);
	return rc == 0 && run_stopping() ? err_set(err, ERR_RETRY, "asked to stop; nothing was sent") : rc;
}

static int print_preview(struct replay *r, struct err *err)
{
	const int64_t *counts = preview_counts(r->preview), *reasons = preview_reasons(r->preview);

	if (r->json)
		printf("{\"messages\": %lld", (long long)r->messages);
	else
		printf("%s: %s messages would be sent again\n", r->topic, operator_grouped(r->messages));
	for (int f = 0; f < PREVIEW_FATES; f++)
		if (r->json)
			printf(", \"%s\": %lld", preview_names[f], (long long)counts[f]);
		else if (counts[f])
			printf("  %-12s %12s\n", preview_names[f], operator_grouped(counts[f]));
	for (int reason = 1; !r->json && reason < REASON_COUNT; reason++)
		if (reasons[reason])
			printf("    %-16s %6s\n", err_reason_name((enum err_reason)reason),
			       operator_grouped(reasons[reason]));
	if (r->json)
		printf(", \"cells\": ");
	return preview_print_cells(r->preview, r->json, err);
}

/* ---- doing it ---- */

static int take_answer(struct replay *r, int fd)
{
	FILE *answer = fdopen(fd, "r");
	char line[200];

	while (answer && fgets(line, sizeof line, answer)) {
		char *end;

		if (strncmp(line, "epoch ", 6) || r->epoch_count == STRETCHES_MAX)
			continue;
		r->epochs[r->epoch_count] = strtoll(line + 6, &end, 10);
		end += strlen(" partition ");
		r->partitions[r->epoch_count++] = (int32_t)strtol(end, &end, 10);
		r->sent += strtoll(end + strlen(" messages "), NULL, 10);
	}
	return answer ? fclose(answer) : -1;
}

/* All stretches of one partition, from the first at `at`: how many they were. */
static size_t spell(const struct replay *r, size_t at, struct buf *text)
{
	size_t n = at;

	buf_clear(text);
	buf_format(text, "%d:", r->stretches[at].partition);
	for (; n < r->count && r->stretches[n].partition == r->stretches[at].partition; n++)
		buf_format(text, "%s%lld-%lld", n > at ? "," : "", (long long)r->stretches[n].from,
			   (long long)r->stretches[n].to - 1);
	buf_byte(text, 0);
	return n - at;
}

static int send_partition(struct replay *r, const char *stretches, struct err *err)
{
	char epoch[32];
	const char *const args[] = {"--replay", stretches, "--epoch", epoch, NULL};
	int out, status;
	pid_t pid;

	snprintf(epoch, sizeof epoch, "%lld", (long long)r->epoch);
	pid = mapper_start(r->source, args, NULL, &out, err);
	if (pid < 0)
		return -1;
	take_answer(r, out);
	if (waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return err_set(err, ERR_RETRY, "the normalizer did not finish: see its own sentence; it can be run again");
}

static int send_all(struct replay *r, struct err *err)
{
	struct buf text;
	int rc = 0;

	buf_init(&text, 100u << 10);
	for (size_t i = 0; rc == 0 && i < r->count;) {
		i += spell(r, i, &text);
		rc = send_partition(r, (const char *)text.data, err);
		run_point("partition-replayed");
	}
	buf_release(&text);
	return rc;
}

static int ask_balance(struct replay *r, int64_t out[7], struct err *err)
{
	struct db_result *res;

	db_param_text(r->db, r->topic, strlen(r->topic));
	db_param_array(r->db, DB_INT4, r->epoch_count);
	for (size_t i = 0; i < r->epoch_count; i++)
		db_item_int4(r->db, r->partitions[i]);
	db_param_array(r->db, DB_INT8, r->epoch_count);
	for (size_t i = 0; i < r->epoch_count; i++)
		db_item_int8(r->db, r->epochs[i]);
	if (db_query(r->db, operator_sql_replay_balance, &res, err) < 0)
		return -1;
	for (int i = 0; i < 7; i++)
		out[i] = db_int(res, 0, i);
	db_free(res);
	return 0;
}

static int account(struct replay *r, struct err *err)
{
	static const char *const names[] = {"received",	 "upserted", "duplicate", "superseded",
					    "withdrawn", "rejected", "lost"};
	int64_t since = run_monotonic_ms(), b[7];

	do {
		if (ask_balance(r, b, err))
			return -1;
		if (b[0] < r->sent)
			run_pause(200);
	} while (b[0] < r->sent && run_monotonic_ms() - since < r->wait_s * 1000 && !run_stopping());
	printf(r->json ? ", \"sent\": %lld, \"balance\": {" : "%lld messages sent again\n", (long long)r->sent);
	for (int i = 0; i < 7; i++)
		printf(r->json ? "%s\"%s\": %lld" : "%s  %-12s %12lld\n", r->json && i ? ", " : "", names[i],
		       (long long)b[i]);
	printf(r->json ? "}, \"accounted\": %s" : "", b[0] < r->sent ? "false" : "true");
	if (!r->json)
		printf(b[0] < r->sent ? "not all is accounted for yet: is the aggregator running?\n"
				      : "all accounted for\n");
	return b[0] < r->sent || b[6] ? OPERATOR_FOUND : 0;
}

bool replay_agreed(bool yes)
{
	char answer[16];

	if (yes || !isatty(STDIN_FILENO))
		return yes;
	fprintf(stderr, "Skicka? (ja/nej) ");
	return fgets(answer, sizeof answer, stdin) && (*answer == 'j' || *answer == 'J');
}

/* -1 unless the configured key is the one that setup has noted, or setup has noted none. */
static int check_one(const char *name, const char *value, const char *noted, struct err *err)
{
	struct hash_key key;
	bool same;

	if (hash_key_init(&key, value, err))
		return -1;
	same = !*noted || strcmp(noted, key.id) == 0;
	hash_key_release(&key);
	return same ? 0 : err_set(err, ERR_CONFIG, "%s is not the key that setup was given", name);
}

/* With another installation key every incident would get another id, and be counted a second time; what another
 * operator key signs is not believed, and an old content would come in as a new one. */
int replay_check_key(struct db *db, struct err *err)
{
	struct db_result *res;
	int rc;

	if (!*operator_conf.key || !*operator_conf.operator_key)
		return err_set(err, ERR_CONFIG,
			       "LAGESBILD_KEY and LAGESBILD_OPERATOR_KEY (or ..._FILE) must be set as they are for the "
			       "normalizers: without them ids and signed headers would not be the same");
	if (db_query(db, operator_sql_replay_key, &res, err) < 0)
		return -1;
	rc = check_one("LAGESBILD_KEY", operator_conf.key, db_text(res, 0, 0, NULL), err) ||
	     check_one("LAGESBILD_OPERATOR_KEY", operator_conf.operator_key, db_text(res, 0, 1, NULL), err);
	db_free(res);
	return rc ? -1 : 0;
}

int replay_epoch(struct db *db, const char *topic, int64_t *epoch, struct err *err)
{
	struct db_result *res;
	int64_t last;

	db_param_text(db, topic, strlen(topic));
	if (db_query(db, operator_sql_replay_epoch, &res, err) < 0)
		return -1;
	last = db_int(res, 0, 0);
	db_free(res);
	*epoch = run_now_ms() > last ? run_now_ms() : last + 1;
	return 0;
}

static int to_file(struct replay *r, struct err *err)
{
	r->out = strcmp(r->file, "-") == 0 ? stdout : fopen(r->file, "w");
	if (!r->out)
		return err_set(err, ERR_CONFIG, "%s cannot be written", r->file);
	if (foretell(r, err))
		return -1;
	if (r->out != stdout && fclose(r->out)) {
		r->out = NULL;
		return err_set(err, ERR_CONFIG, "%s cannot be written", r->file);
	}
	r->out = NULL;
	fprintf(stderr, "%lld messages written\n", (long long)r->messages);
	return 0;
}

static int work(struct replay *r, struct err *err)
{
	int status = 0;

	if (find_stretches(r, err))
		return -1;
	if (r->file)
		return to_file(r, err);
	if (foretell(r, err) || print_preview(r, err))
		return -1;
	fflush(stdout);
	if (r->count && replay_agreed(r->yes)) {
		if (send_all(r, err))
			return -1;
		status = account(r, err);
	} else if (!r->json) {
		printf("nothing was sent (--yes sends it)\n");
	}
	printf(r->json && status >= 0 ? "}\n" : "");
	return status;
}

int replay_command(int argc, char **argv, struct err *err)
{
	struct replay *r = calloc(1, sizeof *r);
	int status = -1;

	if (!r || !(r->stretches = calloc(STRETCHES_MAX, sizeof *r->stretches))) {
		free(r);
		return err_set(err, ERR_RETRY, "out of memory");
	}
	r->partition = -1;
	r->wait_s = WAIT_S;
	buf_init(&r->line, 1u << 20);
	if (parse(r, argc, argv, err) == 0) {
		snprintf(r->topic, sizeof r->topic, "%sfeed.%s", operator_conf.prefix, r->source);
		if (operator_db(&r->db, err) == 0 && replay_check_key(r->db, err) == 0 &&
		    replay_epoch(r->db, r->topic, &r->epoch, err) == 0 && preview_open(&r->preview, r->db, err) == 0 &&
		    mapper_open(&r->mapper, r->source, err) == 0 && kafka_reader_open(&r->reader, r->topic, err) == 0)
			status = work(r, err);
	}
	mapper_close(r->mapper);
	kafka_reader_close(r->reader);
	preview_close(r->preview);
	db_close(r->db);
	buf_release(&r->line);
	free(r->stretches);
	free(r);
	return status;
}
