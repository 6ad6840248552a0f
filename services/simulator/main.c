/* simulator: made-up feeds of all sources, and the truth about them. */
#include "base/conf.h"
#include "base/log.h"
#include "base/run.h"
#include "broken.h"
#include "generate.h"
#include "options.h"
#include "personal.h"
#include "reports.h"
#include "sink.h"
#include "world.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { VALUE_MAX = 65536, SHOW_EVERY = 1024 };

struct state {
	struct options options;
	struct world world;
	struct generate generate;
	struct sink sink;
	struct reports reports;
	struct buf value;
	int64_t started_ms, shown_ms;
};

static const char *prefix, *operator_key, *schemas, *pack;

static const struct conf_item items[] = {
	{"LAGESBILD_TOPIC_PREFIX", CONF_TEXT, "", "Put before every topic's name (for tests).", &prefix, 0, 0},
	{"LAGESBILD_OPERATOR_KEY", CONF_SECRET, "",
	 "The operator's key, 64 hex digits, or _FILE; signs history. Not needed with --to-files or --live.",
	 &operator_key, 0, 0},
	{"LAGESBILD_SCHEMAS", CONF_PATH, "schemas", "Directory of schemas, categories, mappings and areas.", &schemas,
	 0, 0},
	{"LAGESBILD_PACK", CONF_PATH, "deploy/kumla", "Directory of the municipality's own settings.", &pack, 0, 0},
	{NULL, CONF_TEXT, NULL, NULL, NULL, 0, 0},
};

static void show(struct state *s, int64_t at_ms)
{
	struct period_civil c;
	int64_t now;

	if (s->sink.sent % SHOW_EVERY || !isatty(STDERR_FILENO))
		return;
	now = run_monotonic_ms();
	if (now - s->shown_ms < 500)
		return;
	s->shown_ms = now;
	period_local(s->world.zone, at_ms, &c);
	fprintf(stderr, "\r%04d-%02d: %" PRIu64 " messages", c.year, c.month, s->sink.sent);
}

static int send_event(struct state *s, const struct event *e, struct err *err)
{
	char key[EVENT_KEY_SIZE];
	struct sink_message m = {.source = e->source, .key = key, .at_ms = e->at_ms};
	const char *text = NULL;
	struct personal personal;
	struct object object;

	m.key_len = sources[e->source]->key(e, &s->world, key);
	s->reports.messages[e->source]++;
	if (e->withdrawn) {
		s->reports.withdrawals[e->source]++;
		return sink_send(&s->sink, &m, err);
	}
	if (e->personal) {
		personal_make(s->options.seed, e->personal, &personal);
		text = e->strange ? personal.pieces[PERSONAL_NAME] : personal.text;
		if (!e->echo && !e->version)
			reports_personal(&s->reports, e->source, key, &personal);
	}
	buf_clear(&s->value);
	object_begin(&object, &s->value, s->world.zone);
	sources[e->source]->write(e, &s->world, text, &object);
	object_end(&object);
	m.value = (const char *)s->value.data;
	m.value_len = s->value.len;
	return sink_send(&s->sink, &m, err);
}

static int send_events(struct state *s, struct err *err)
{
	struct event e;

	while (!run_stopping() && generate_next(&s->generate, &e)) {
		if (send_event(s, &e, err))
			return -1;
		show(s, e.at_ms);
	}
	return run_stopping() ? err_set(err, ERR_RETRY, "Asked to stop.") : 0;
}

/* '#' stands for the round. */
static void fill_in(struct buf *out, const char *text, size_t len, int64_t round)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] == '#')
			buf_format(out, "%" PRId64, round);
		else
			buf_byte(out, (uint8_t)text[i]);
}

static int send_broken(struct state *s, const struct broken *b, int64_t round, struct err *err)
{
	struct sink_message m = {.source = source_find(b->source, strlen(b->source)), .raw = true};
	size_t key_len;

	if (!(s->options.wanted & 1u << m.source))
		return 0;
	m.at_ms = s->generate.end_ms - 1000;
	buf_clear(&s->value);
	fill_in(&s->value, b->key, strlen(b->key), round);
	key_len = s->value.len;
	buf_byte(&s->value, '\0');
	fill_in(&s->value, b->value, b->value_len ? b->value_len : strlen(b->value), round);
	m.key = (const char *)s->value.data;
	m.key_len = key_len;
	m.value = m.key + key_len + 1;
	m.value_len = s->value.len - key_len - 1;
	s->reports.messages[m.source]++;
	reports_broken(&s->reports, m.source, m.key, b->kind, b->reason);
	return sink_send(&s->sink, &m, err);
}

static int write_truth(struct state *s, struct err *err)
{
	const char *base = s->options.truth;
	char hours[512], story[512];

	snprintf(hours, sizeof hours, "%s.hours.csv", base);
	snprintf(story, sizeof story, "%s.story.csv", base);
	return truth_write(&s->generate.truth, false, base, err) || truth_write(&s->generate.truth, true, hours, err) ||
			       story_write(s->generate.stories, &s->world, story, err)
		       ? -1
		       : 0;
}

static int send_all(struct state *s, struct err *err)
{
	if (send_events(s, err))
		return -1;
	for (int64_t round = 1; round <= s->options.broken; round++)
		for (size_t i = 0; i < broken_count; i++)
			if (send_broken(s, &broken_kinds[i], round, err))
				return -1;
	if (sink_finish(&s->sink, err) || reports_finish(&s->reports, err))
		return -1;
	return s->options.truth ? write_truth(s, err) : 0;
}

static int open_sink(struct state *s, struct hash_key *key, struct feed_plan *plan, struct err *err)
{
	if (s->options.dir)
		return sink_open_files(&s->sink, s->options.dir, s->options.wanted, err);
	*plan = (struct feed_plan){.program = "simulator", .prefix = prefix, .rate = s->options.rate};
	if (!s->options.live) {
		if (!*operator_key)
			return err_set(err, ERR_CONFIG,
				       "LAGESBILD_OPERATOR_KEY_FILE is needed to sign history, or --live.");
		if (hash_key_init(key, operator_key, err))
			return -1;
		plan->key = key;
	}
	return sink_open_topics(&s->sink, plan, s->options.wanted, err);
}

static void close_line(const struct state *s)
{
	double seconds = (double)(run_monotonic_ms() - s->started_ms) / 1000;

	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
	printf("%" PRIu64 " messages, %.1f s, %.0f/s\n", s->sink.sent, seconds,
	       (double)s->sink.sent / (seconds > 0.001 ? seconds : 0.001));
}

/* A source that is asked for and sends nothing would look like a fault. */
static void tell_silent(const struct state *s)
{
	for (int i = 0; i < SOURCES; i++)
		if ((s->options.wanted & 1u << i) && s->generate.from[i] >= s->options.end_month)
			log_text(LOG_WARNING, "nothing", "%s delivers no %s in these months (delivery.csv).",
				 sources[i]->name, sources[i]->kind);
}

static int run(struct state *s, struct err *err)
{
	const struct options *o = &s->options;
	struct generate_plan plan = {.world = &s->world,
				     .seed = o->seed,
				     .from_month = o->from_month,
				     .end_month = o->end_month,
				     .wanted = o->wanted,
				     .scale = o->scale,
				     .personal = o->personal};
	struct feed_plan feed = {0};
	struct hash_key key;
	int rc;

	s->started_ms = run_monotonic_ms();
	buf_init(&s->value, VALUE_MAX);
	if (world_open(&s->world, schemas, pack, err))
		return -1;
	generate_open(&s->generate, &plan);
	tell_silent(s);
	rc = open_sink(s, &key, &feed, err) || reports_open(&s->reports, o->truth, err) ? -1 : send_all(s, err);
	if (!rc)
		close_line(s);
	reports_close(&s->reports);
	sink_close(&s->sink);
	if (feed.key)
		hash_key_release(&key);
	generate_close(&s->generate);
	world_close(&s->world);
	buf_release(&s->value);
	return rc;
}

int main(int argc, char **argv)
{
	static struct state state;
	struct err err = {0};
	int rc;

	log_init("simulator");
	run_init();
	rc = options_read(&state.options, argc, argv, &err);
	if (!rc && state.options.help) {
		conf_help(options_usage, options_help, items);
		return 0;
	}
	rc = rc || conf_load(items, &err) || run(&state, &err);
	conf_release(items);
	if (!rc)
		return 0;
	if (!run_stopping())
		log_text(LOG_FAILURE, "stopped", "%s", err.text);
	return run_stopping() ? 1 : err_exit_status(err.kind);
}
