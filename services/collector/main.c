/* collector: publishes an archive of a source's events on its feed topic. */
#include "archive.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/run.h"
#include "publish.h"
#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
	const char *source, *archive;
	int64_t id_shift, copies, rate;
	double repeat_share, late_share;
	bool no_backfill, no_key, help;
};

/* Events kept in memory, for further copies and for sending some again at the end. */
struct kept {
	struct archive_event *events;
	size_t len, cap;
};

struct state {
	struct options options;
	struct publish *publish;
	struct kept all, late;
	double repeat, again; /* what the shares have summed up to */
	uint64_t sent, skipped;
	int64_t shift_step; /* between copies */
	int64_t shown_ms, started_ms;
};

static const char *prefix, *operator_key;

static const struct conf_item items[] = {
	{"LAGESBILD_TOPIC_PREFIX", CONF_TEXT, "", "Put before every topic's name (for tests).", &prefix, 0, 0},
	{"LAGESBILD_OPERATOR_KEY", CONF_SECRET, "",
	 "The operator's key, 64 hex digits, or _FILE; signs imported history. Not needed with "
	 "--no-backfill.",
	 &operator_key, 0, 0},
	{NULL, CONF_TEXT, NULL, NULL, NULL, 0, 0},
};

static void help(void)
{
	conf_help("collector --source NAME --archive FILE|- [--no-backfill] [--id-shift N] "
		  "[--copies N] [--rate N] [--no-key] "
		  "[--repeat-share P] [--late-share P]",
		  "Publishes an archive (NDJSON lines {\"observed_at\":unix,\"event\":{...}}) on "
		  "feed.NAME, as signed history "
		  "unless --no-backfill. --id-shift adds N to every id, --copies publishes N times "
		  "under new ids, --rate is "
		  "messages a second, --no-key leaves Kafka's key out; the shares (0 to 1) send "
		  "messages twice, or again at "
		  "the end. Kafka is configured by KAFKA_<property>.",
		  items);
}

/* ---- options ---- */

static int whole(const char *text, int64_t min, int64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoll(text, &end, 10);
	return errno || end == text || *end || *out < min || *out > INT64_C(1000000000000) ? -1 : 0;
}

static int share(const char *text, double *out)
{
	char *end;

	*out = strtod(text, &end);
	return end == text || *end || !(*out >= 0 && *out <= 1) ? -1 : 0;
}

static int take_option(struct options *o, int c)
{
	switch (c) {
	case 's':
		o->source = optarg;
		return 0;
	case 'a':
		o->archive = optarg;
		return 0;
	case 'b':
		o->no_backfill = true;
		return 0;
	case 'k':
		o->no_key = true;
		return 0;
	case 'h':
		o->help = true;
		return 0;
	case 'i':
		return whole(optarg, 0, &o->id_shift);
	case 'c':
		return whole(optarg, 1, &o->copies);
	case 'r':
		return whole(optarg, 1, &o->rate);
	case 'p':
		return share(optarg, &o->repeat_share);
	case 'l':
		return share(optarg, &o->late_share);
	default:
		return -1;
	}
}

static int read_options(struct options *o, int argc, char **argv, struct err *err)
{
	static const struct option list[] = {
		{"source", required_argument, NULL, 's'},
		{"archive", required_argument, NULL, 'a'},
		{"no-backfill", no_argument, NULL, 'b'},
		{"id-shift", required_argument, NULL, 'i'},
		{"copies", required_argument, NULL, 'c'},
		{"rate", required_argument, NULL, 'r'},
		{"no-key", no_argument, NULL, 'k'},
		{"repeat-share", required_argument, NULL, 'p'},
		{"late-share", required_argument, NULL, 'l'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int c;

	*o = (struct options){.copies = 1};
	while ((c = getopt_long(argc, argv, "", list, NULL)) != -1)
		if (take_option(o, c))
			return err_set(err, ERR_CONFIG, "An option or its value is wrong; --help lists them.");
	if (o->help)
		return 0;
	if (optind < argc || !o->source || !o->archive ||
	    strspn(o->source, "abcdefghijklmnopqrstuvwxyz") != strlen(o->source) || !*o->source ||
	    strlen(o->source) > 32)
		return err_set(err, ERR_CONFIG,
			       "--source NAME (small letters) and --archive FILE are needed; "
			       "--help says more.");
	return 0;
}

/* ---- what is kept ---- */

static void keep(struct kept *k, const struct archive_event *e)
{
	struct archive_event *copy;
	char *value;

	if (k->len == k->cap) {
		k->cap = k->cap ? 2 * k->cap : 1024;
		k->events = realloc(k->events, k->cap * sizeof *k->events);
		assert(k->events);
	}
	copy = &k->events[k->len++];
	*copy = *e;
	value = malloc(e->value_len + 1);
	assert(value);
	memcpy(value, e->value, e->value_len);
	copy->value = value;
	copy->id = value + (e->id - e->value);
}

static void release(struct kept *k)
{
	while (k->len)
		free((void *)(uintptr_t)k->events[--k->len].value);
	free(k->events);
}

/* ---- publishing ---- */

static bool falls(double *sum, double part)
{
	*sum += part;
	if (*sum < 1)
		return false;
	*sum -= 1;
	return true;
}

static void show(struct state *s)
{
	int64_t now;

	if (s->sent % 1024 || !isatty(STDERR_FILENO))
		return;
	now = run_monotonic_ms();
	if (now - s->shown_ms < 500)
		return;
	s->shown_ms = now;
	fprintf(stderr, "\rpublished %" PRIu64, publish_acknowledged(s->publish));
}

/* One event, perhaps twice. A broken one is told and counted. */
static int send(struct state *s, const struct archive_event *e, int64_t shift, struct err *err)
{
	int times = falls(&s->repeat, s->options.repeat_share) ? 2 : 1;

	while (times--) {
		if (!publish_event(s->publish, e, shift, err)) {
			s->sent++;
			continue;
		}
		if (err->kind != ERR_MESSAGE)
			return -1;
		fprintf(stderr, "line %" PRIu64 ": %s\n", e->line, err->text);
		s->skipped++;
		return 0;
	}
	show(s);
	return 0;
}

static int send_first(struct state *s, struct archive *archive, struct err *err)
{
	struct archive_event e;
	int rc;

	while (!run_stopping() && (rc = archive_next(archive, &e, err))) {
		if (rc < 0) {
			if (err->kind != ERR_MESSAGE)
				return -1;
			fprintf(stderr, "line %" PRIu64 ": %s\n", e.line, err->text);
			s->skipped++;
			continue;
		}
		if (e.number >= s->shift_step)
			s->shift_step = e.number + 1;
		if (s->options.copies > 1)
			keep(&s->all, &e);
		if (falls(&s->again, s->options.late_share))
			keep(&s->late, &e);
		if (send(s, &e, s->options.id_shift, err))
			return -1;
	}
	return 0;
}

static int send_kept(struct state *s, const struct kept *k, int64_t copy, struct err *err)
{
	size_t i;

	for (i = 0; i < k->len && !run_stopping(); i++)
		if (send(s, &k->events[i], s->options.id_shift + copy * s->shift_step, err))
			return -1;
	return 0;
}

static int send_all(struct state *s, struct err *err)
{
	struct archive *archive;
	int64_t copy;
	int rc;

	if (archive_open(&archive, s->options.archive, err))
		return -1;
	rc = send_first(s, archive, err);
	archive_close(archive);
	for (copy = 1; !rc && copy < s->options.copies; copy++)
		rc = send_kept(s, &s->all, copy, err);
	for (copy = 0; !rc && copy < s->options.copies; copy++)
		rc = send_kept(s, &s->late, copy, err);
	return rc || publish_finish(s->publish, err) ? -1 : 0;
}

static void close_line(const struct state *s)
{
	double seconds = (double)(run_monotonic_ms() - s->started_ms) / 1000;
	uint64_t n = publish_acknowledged(s->publish);

	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
	printf("published %" PRIu64 ", skipped %" PRIu64 ", %.1f s, %.0f/s\n", n, s->skipped, seconds,
	       (double)n / (seconds > 0.001 ? seconds : 0.001));
}

static int run(struct state *s, struct err *err)
{
	struct hash_key key;
	struct publish_plan plan = {
		.source = s->options.source, .prefix = prefix, .no_key = s->options.no_key, .rate = s->options.rate};
	int rc;

	if (!s->options.no_backfill) {
		if (!*operator_key)
			return err_set(err, ERR_CONFIG,
				       "LAGESBILD_OPERATOR_KEY_FILE is needed to sign history, or "
				       "--no-backfill.");
		if (hash_key_init(&key, operator_key, err))
			return -1;
		plan.key = &key;
	}
	s->started_ms = run_monotonic_ms();
	rc = publish_open(&s->publish, &plan, err);
	if (!rc) {
		rc = send_all(s, err);
		close_line(s);
		publish_close(s->publish);
	}
	release(&s->all);
	release(&s->late);
	if (plan.key)
		hash_key_release(&key);
	return rc;
}

int main(int argc, char **argv)
{
	struct state state = {0};
	struct err err = {0};
	int rc;

	log_init("collector");
	run_init();
	rc = read_options(&state.options, argc, argv, &err);
	if (!rc && state.options.help) {
		help();
		return 0;
	}
	rc = rc || conf_load(items, &err) || run(&state, &err);
	conf_release(items);
	if (!rc && !run_stopping())
		return 0;
	if (rc)
		log_text(LOG_FAILURE, "stopped", "%s", err.text);
	return rc ? err_exit_status(err.kind) : 1;
}
