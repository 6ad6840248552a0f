/* replay: a stretch of a feed through its normalizer again, as a new epoch. First what would change; then, on a yes,
 * the normalizer's own --replay, and the balance of what came of it. */
#include "replay_private.h"

#include "base/run.h"
#include "incident/incident_json.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_S 120

int64_t replay_number(const char *text)
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
	} texts[] = {{"--from", &r->from},	{"--to", &r->to},	    {"--key", &r->key},
		     {"--to-file", &r->file},	{"--into", &r->into},	    {"--to-topic", &r->to_topic},
		     {"--rate", &r->rate_text}, {"--speed", &r->speed_text}};
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
		if (strcmp(argv[*i], numbers[k].name) == 0 && replay_number(argv[*i + 1]) >= 0)
			return *numbers[k].to = replay_number(argv[++*i]), 0;
	if (*argv[*i] != '-' && !r->source)
		return r->source = argv[*i], 0;
	return err_set(err, ERR_CONFIG, "unknown argument %.40s; see lagesbild replay --help", argv[*i]);
}

static int parse_pace(struct replay *r, struct err *err)
{
	char *end;

	if ((r->rate_text || r->speed_text) && !r->to_topic)
		return err_set(err, ERR_CONFIG,
			       "--rate and --speed are for --to-topic: a file is written, and a feed sent again, as "
			       "fast as it goes");
	if (r->rate_text && r->speed_text)
		return err_set(err, ERR_CONFIG, "either --rate or --speed");
	if (r->rate_text && (r->rate = replay_number(r->rate_text)) < 1)
		return err_set(err, ERR_CONFIG, "--rate takes messages a second, such as 100");
	if (!r->speed_text)
		return 0;
	r->speed = strtod(r->speed_text, &end);
	return end != r->speed_text && !*end && r->speed >= 0 && r->speed <= 1e9
		       ? 0
		       : err_set(err, ERR_CONFIG,
				 "--speed takes how many times as fast as it came, such as 60; 0: as fast as it goes");
}

static int parse(struct replay *r, int argc, char **argv, struct err *err)
{
	for (int i = 1; i < argc; i++)
		if (parse_one(r, argv, &i, err))
			return -1;
	if (!r->source)
		return err_set(err, ERR_CONFIG, "which source? See lagesbild replay --help");
	if ((r->file != NULL) + (r->to_topic != NULL) + (r->into != NULL) > 1)
		return err_set(err, ERR_CONFIG, "one of --to-file, --to-topic and --into");
	if ((r->file || r->to_topic) && !r->mapped && !r->show)
		return err_set(
			err, ERR_CONFIG,
			"a feed's messages may hold what a person wrote: --show-content writes them all the same, "
			"--mapped writes what the normalizer makes of them");
	return parse_pace(r, err) || (r->to_topic && replay_topic_check(r->to_topic, err)) ? -1 : 0;
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
		const struct replay_stretch *at = &r->stretches[s];

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

	if (replay_stretch_find(r, err))
		return -1;
	if (r->file)
		return to_file(r, err);
	if (r->to_topic)
		return replay_topic(r, err);
	if (r->into)
		return replay_build(r, err);
	if (foretell(r, err) || print_preview(r, err))
		return -1;
	fflush(stdout);
	if (r->count && replay_agreed(r->yes)) {
		status = replay_send(r, err);
	} else if (!r->json) {
		printf("nothing was sent (--yes sends it)\n");
	}
	printf(r->json && status >= 0 ? "}\n" : "");
	return status;
}

/* Copying what the feed holds needs no normalizer; a rebuild has one of its own for every pass. */
static int prepare(struct replay *r, struct err *err)
{
	bool maps = !r->into && (r->mapped || (!r->file && !r->to_topic));

	return operator_db(&r->db, err) || replay_check_key(r->db, err) ||
			       replay_epoch(r->db, r->topic, &r->epoch, err) || preview_open(&r->preview, r->db, err) ||
			       (maps && mapper_open(&r->mapper, r->source, err)) ||
			       kafka_reader_open(&r->reader, r->topic, err)
		       ? -1
		       : 0;
}

int replay_command(int argc, char **argv, struct err *err)
{
	struct replay *r = calloc(1, sizeof *r);
	int status = -1;

	if (!r)
		return err_set(err, ERR_RETRY, "out of memory");
	r->partition = -1;
	r->wait_s = WAIT_S;
	buf_init(&r->line, 1u << 20);
	if (parse(r, argc, argv, err) == 0) {
		snprintf(r->topic, sizeof r->topic, "%sfeed.%s", operator_conf.prefix, r->source);
		if (prepare(r, err) == 0)
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
