/* The program around the engine: configuration, --help, --map, --replay, the loop of memberships. */
#include "normalizer/normalizer.h"

#include "base/conf.h"
#include "base/log.h"
#include "base/run.h"
#include "http/health.h"
#include "incident/incident_json.h"
#include "normalizer/engine.h"
#include "normalizer/normalizer_frames.h"
#include "registry/registry.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --map has no broker: the append time of line n is this (2099-12-31T00:00Z) plus n ms, so that its output is always
 * the same. */
#define MAP_APPEND_MS 4102358400000
#define SETTLED_MS 10000 /* a membership that lasted so long ended by an accident of its own */
#define MAP_KEY "0000000000000000000000000000000000000000000000000000000000000000"

static const char *key_hex, *operator_hex, *schemas, *pack_dir, *instance, *prefix, *registry_url;
static struct health_options health;

static const struct conf_item items[] = {
	{"LAGESBILD_KEY", CONF_SECRET, "",
	 "The installation key, 64 hex digits: makes incident ids. Losing it counts every later event anew.", &key_hex,
	 0, 0},
	{"LAGESBILD_OPERATOR_KEY", CONF_SECRET, "",
	 "The operator key, 64 hex digits: signed headers count only with it.", &operator_hex, 0, 0},
	{"LAGESBILD_SCHEMAS", CONF_PATH, "schemas", "Directory of schemas, categories, mappings and areas.", &schemas,
	 0, 0},
	{"LAGESBILD_PACK", CONF_PATH, "deploy/kumla", "Directory of the municipality's pack.", &pack_dir, 0, 0},
	{"LAGESBILD_INSTANCE", CONF_TEXT, "1", "This instance's name in the group: give each of several its own.",
	 &instance, 0, 0},
	{"LAGESBILD_TOPIC_PREFIX", CONF_TEXT, "",
	 "Put before every topic and group name, so that installations can share a cluster.", &prefix, 0, 0},
	{"LAGESBILD_HTTP_ADDRESS", CONF_TEXT, "127.0.0.1",
	 "Numeric address on which /livez, /readyz and /metrics are served.", &health.address, 0, 0},
	{"LAGESBILD_HTTP_PORT", CONF_INT, "0", "Their port; 0: they are not served.", &health.port, 0, 65535},
	{"SCHEMA_REGISTRY_URL", CONF_SECRET, "",
	 "A Confluent-compatible schema registry, http(s)://[user:password@]host[:port][/path], for Avro messages that "
	 "name their schema by its id. Not set: such messages are rejected.",
	 &registry_url, 0, 0},
	{0},
};

struct program {
	struct pack *pack;
	struct registry *registry; /* here, so that what it knows outlives a membership */
	struct hash_key installation, operator;
	struct engine_options options;
};

static int program_open(struct program *p, const struct source *source, bool map, struct err *err)
{
	if (!*key_hex && !map)
		return err_set(err, ERR_CONFIG, "LAGESBILD_KEY or LAGESBILD_KEY_FILE must be set: 64 hex digits");
	if (hash_key_init(&p->installation, *key_hex ? key_hex : MAP_KEY, err) ||
	    (*operator_hex && hash_key_init(&p->operator, operator_hex, err)) ||
	    pack_open(&p->pack, schemas, pack_dir, source->name, err) ||
	    (*registry_url && registry_open(&p->registry, &(struct registry_options){.url = registry_url}, err)))
		return -1;
	p->options = (struct engine_options){.source = source,
					     .prefix = prefix,
					     .instance = instance,
					     .convert =
						     {
							     source,
							     p->pack,
							     &p->installation,
							     *operator_hex
							     ? &p->operator: NULL,
							     schemas,
							     ENGINE_MESSAGE_MAX,
							     p->registry },
					     };
	return 0;
}

static void program_close(struct program *p)
{
	registry_close(p->registry);
	pack_close(p->pack);
	hash_key_release(&p->installation);
	hash_key_release(&p->operator);
}

/* A filter: a feed message a line in, the record it becomes out. */
static int map_lines(struct program *p, struct err *err)
{
	char topic[80], *line = NULL;
	struct convert *convert;
	struct buf out;
	size_t cap = 0;
	ssize_t len;
	int rc = 0;

	if (convert_open(&convert, &p->options.convert, err))
		return -1;
	snprintf(topic, sizeof topic, "feed.%s", p->options.source->name);
	buf_init(&out, 4u << 20);
	for (int64_t n = 1; (len = getline(&line, &cap, stdin)) >= 0; n++) {
		struct convert_input input = {
			.value = line,
			.value_len = (size_t)len - (len > 0 && line[len - 1] == '\n'),
			.append_ms = MAP_APPEND_MS + n,
			.topic = topic,
			.origin = {{topic, strlen(topic)}, 0, MAP_APPEND_MS, n - 1, n},
		};
		struct incident in;

		if (convert_message(convert, &input, &in) < 0) {
			*err = *convert_failure(convert);
			rc = -1;
			break;
		}
		buf_clear(&out);
		incident_json(&in, &out);
		fwrite(out.data, 1, out.len, stdout);
	}
	free(line);
	buf_release(&out);
	convert_close(convert);
	return rc;
}

/* The same for a command: frames in, frames out (normalizer_frames.c), asked by lagesbild replay, deadletters and
 * unknown. */
static int map_frames(struct program *p, bool unknowns, struct err *err)
{
	struct convert *convert;
	int rc;

	if (convert_open(&convert, &p->options.convert, err))
		return -1;
	rc = normalizer_frames(convert, unknowns, err);
	convert_close(convert);
	return rc;
}

static int serve(const struct engine_options *options)
{
	for (unsigned attempt = 0; !run_stopping(); attempt++) {
		int64_t since_ms = run_monotonic_ms();
		struct err err = {0};
		bool worked = false;

		if (engine_session(options, &worked, &err) == 0)
			break;
		log_text(LOG_FAILURE, "session-ended", "%s", err.text);
		if (err.kind == ERR_CONFIG || err.kind == ERR_DATA_LOSS)
			return err_exit_status(err.kind);
		/* Two of one name put each other out of the group: without a longer pause neither would live to commit.
		 */
		attempt = worked && run_monotonic_ms() - since_ms >= SETTLED_MS ? 0 : attempt;
		run_pause(run_backoff_ms(attempt));
	}
	log_event(LOG_NOTE, "stopped", NULL);
	return 0;
}

/* "PARTITION:FROM-TO,FROM-TO..." and nothing else. */
static bool parse_replay(const char *text, struct engine_replay *out)
{
	char *end;

	out->partition = (int32_t)strtol(text, &end, 10);
	out->count = 0;
	if (end == text || *end != ':' || out->partition < 0)
		return false;
	do {
		struct engine_stretch *s = &out->stretches[out->count];

		if (out->count == ENGINE_STRETCHES_MAX)
			return false;
		s->from = strtoll(text = end + 1, &end, 10);
		if (end == text || *end != '-')
			return false;
		s->to = strtoll(text = end + 1, &end, 10);
		if (end == text || s->from < 0 || s->to < s->from)
			return false;
		out->count++;
	} while (*end == ',');
	return *end == 0;
}

static int help(const struct source *source)
{
	char usage[200];

	snprintf(usage, sizeof usage,
		 "normalizer-%s [--map [--frames | --unknowns] | --replay PARTITION:FROM-TO[,FROM-TO]... [--epoch N]]",
		 source->name);
	conf_help(usage,
		  "Reads the feed's topic and writes one record a message to topic incidents. --map: a filter, one "
		  "message a line in, one record a line "
		  "(JSON) out, without Kafka; --frames: for lagesbild replay; --unknowns: for lagesbild unknown. "
		  "--replay: sends stretches of the feed "
		  "(offsets, both included) through again, each as a new epoch (--epoch: not below N), then exits; "
		  "lagesbild replay says beforehand what that would change. Kafka "
		  "by KAFKA_<PROPERTY>.",
		  items);
	return 0;
}

/* What --map makes of its input. */
enum form { LINES, FRAMES, UNKNOWNS };

static int run(const struct source *source, bool map, enum form form, const struct engine_replay *replay)
{
	struct program p = {0};
	struct err err = {0};
	int status = 2;

	/* A replay runs beside the service, in its environment: the port is the service's. */
	if (conf_load(items, &err) || program_open(&p, source, map, &err) ||
	    (map && (form == LINES ? map_lines(&p, &err) : map_frames(&p, form == UNKNOWNS, &err))) ||
	    (!map && !replay && health_open(&health, &err))) {
		log_text(LOG_FAILURE, "configuration", "%s", err.text);
	} else if (map) {
		status = 0;
	} else {
		p.options.replay = replay;
		run_init();
		status = serve(&p.options);
	}
	health_close();
	program_close(&p);
	conf_release(items);
	return status;
}

int normalizer_main(const struct source *source, int argc, char **argv)
{
	static const struct option options[] = {{"map", no_argument, NULL, 'm'},
						{"frames", no_argument, NULL, 'f'},
						{"unknowns", no_argument, NULL, 'u'},
						{"replay", required_argument, NULL, 'r'},
						{"epoch", required_argument, NULL, 'e'},
						{"help", no_argument, NULL, 'h'},
						{0}};
	static struct engine_replay stretches;
	const struct engine_replay *replay = NULL;
	char name[80];
	enum form form = LINES;
	bool map = false;
	int c;

	snprintf(name, sizeof name, "normalizer-%s", source->name);
	log_init(name);
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h')
			return help(source);
		if (c == 'm')
			map = true;
		else if (c == 'f' || c == 'u')
			form = c == 'f' ? FRAMES : UNKNOWNS;
		else if (c == 'e')
			stretches.epoch = strtoll(optarg, NULL, 10);
		else if (c == 'r' && parse_replay(optarg, &stretches))
			replay = &stretches;
		else
			return fprintf(stderr, "see normalizer-%s --help\n", source->name), 2;
	}
	if (optind < argc)
		return fprintf(stderr, "an argument too many; see normalizer-%s --help\n", source->name), 2;
	return run(source, map, form, replay);
}
