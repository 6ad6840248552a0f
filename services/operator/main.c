/* lagesbild: the operator's command. One table of commands; --help, the manual and completion are made from it. */
#include "operator.h"

#include "base/conf.h"
#include "base/log.h"
#include "base/run.h"
#include "manual.h"
#include <stdio.h>
#include <string.h>

struct operator_conf operator_conf;

static const struct conf_item items[] = {
	{"LAGESBILD_SCHEMAS", CONF_PATH, "schemas", "Directory of schemas, categories, mappings and areas.",
	 &operator_conf.schemas, 0, 0},
	{"LAGESBILD_PACK", CONF_PATH, "deploy/kumla", "Directory of the municipality's pack.", &operator_conf.pack, 0,
	 0},
	{"LAGESBILD_KEY", CONF_SECRET, "", "The installation key, 64 hex digits (setup needs it).", &operator_conf.key,
	 0, 0},
	{"LAGESBILD_PARTITIONS", CONF_INT, "4", "Partitions of every feed and of topic incidents.",
	 &operator_conf.partitions, 1, 1024},
	{"LAGESBILD_REPLICATION", CONF_INT, "3", "Replicas of a topic that setup creates; 1 for a single broker.",
	 &operator_conf.replication, 1, 15},
	{"LAGESBILD_TOPIC_PREFIX", CONF_TEXT, "",
	 "Put before every topic and group name, so that installations can share a cluster.", &operator_conf.prefix, 0,
	 0},
	{0},
};

static const struct operator_command commands[] = {
	{"setup", "[--today-from-data]",
	 "Makes schema, roles, rules and topics; again: adds what is missing, refuses what differs.", setup_command},
	{"status", "[--json]", "Positions, lag, balance and deliveries.", status_command},
	{"verify", "[--wait SECONDS] [--json]",
	 "Ledger against cells, balance, chains against the feeds' ends as they are now: \"consistent\", or what is "
	 "not. "
	 "Waits for what is on its way, 5 s unless told otherwise.",
	 verify_command},
	{"picture", "[--municipality CODE] [--month YYYY-MM] [--json]", "The situation picture in the terminal.",
	 picture_command},
	{"delivery", "[SOURCE MONTH STATE [--by NAME]] [--json]",
	 "What each source has delivered, the last 13 months; or a person's word on one: STATE is complete, filling, "
	 "nothing, missing, not_connected, or derived to take it back.",
	 delivery_command},
	{"doctor", "[--patience SECONDS] [--json]",
	 "Looks at everything: configuration, Kafka, PostgreSQL, rules, chains, sources; each finding in one sentence "
	 "with what "
	 "to do. Exit status 1 when something is wrong, 0 when there are warnings alone, 3 when a server is away.",
	 doctor_command},
	{"unknown", "types|places [--source SOURCE] [--since TIME] [--limit N] [--min N] [--json]",
	 "Types and places that the files do not know, as the feeds have them: counted, numbers and addresses masked, "
	 "with the "
	 "line to add. Reads the feeds by the sources' own normalizers.",
	 unknown_command},
	{0},
};

/* One line for each option whose name does not say it all; an option has its place in usage. */
static const struct operator_option options[] = {
	{NULL, "--json", "The same for programs, as JSON."},
	{NULL, "--yes", "Do it without asking: it cannot be undone."},
	{"setup", "--today-from-data", "Today is the newest time in the data, not the clock's: for a demo."},
	{"verify", "--wait", "How long to wait for what is on its way."},
	{"picture", "--municipality", "Another than the pack's own."},
	{"picture", "--month", "Another than the last complete one."},
	{"delivery", "--by", "Who says so; the user of the session unless told otherwise."},
	{"doctor", "--patience",
	 "How long a message may lie unread, a lock be waited for or a transaction be open: 60."},
	{"unknown", "--source", "Of one source only."},
	{"unknown", "--since", "Messages received since then; 400 days back unless told otherwise."},
	{"unknown", "--limit", "How many to show, the most frequent first: 20."},
	{"unknown", "--min",
	 "In how many messages a text must stand to be shown, 3: what one person wrote once may tell of a person."},
	{0},
};

static const struct manual manual = {commands, options, items};

const char *operator_topic(const char *name)
{
	static char names[4][200];
	static unsigned next;
	char *out = names[next++ % 4];

	snprintf(out, sizeof names[0], "%s%s", operator_conf.prefix, name);
	return out;
}

int operator_db(struct db **db, struct err *err)
{
	if (db_open(db, "lagesbild", 0, err) == 0)
		return 0;
	if (err->kind == ERR_RETRY)
		err->kind = ERR_SERVER;
	return -1;
}

int operator_kafka(struct kafka_admin **admin, struct err *err)
{
	return kafka_admin_open(admin, err);
}

static int run(const struct operator_command *c, int argc, char **argv)
{
	struct err err = {0};
	int status = -1;

	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return manual_command(&manual, c), 0;
	if (c->run == doctor_command)
		doctor_environment();
	if (conf_load(items, &err) == 0) {
		run_init();
		status = c->run(argc, argv, &err);
	}
	conf_release(items);
	if (status >= 0)
		return status;
	fprintf(stderr, "lagesbild %s: %s\n", c->name, err.text);
	/* A command does not try again, and what the database refuses as a value comes from the files it was given. */
	return err.kind == ERR_RETRY ? 3 : err.kind == ERR_MESSAGE ? 2 : err_exit_status(err.kind);
}

int main(int argc, char **argv)
{
	log_init("lagesbild");
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
		return manual_help(&manual), argc < 2 ? 2 : 0;
	if (argc == 2 && strcmp(argv[1], "--man") == 0)
		return manual_page(&manual), 0;
	if (argc == 3 && strcmp(argv[1], "--completion") == 0 && strcmp(argv[2], "bash") == 0)
		return manual_completion(&manual), 0;
	for (const struct operator_command *c = commands; c->name; c++)
		if (strcmp(c->name, argv[1]) == 0)
			return run(c, argc - 1, argv + 1);
	fprintf(stderr, "lagesbild: there is no command \"%s\"; see lagesbild --help\n", argv[1]);
	return 2;
}
