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
	{"LAGESBILD_OPERATOR_KEY", CONF_SECRET, "",
	 "The operator key, 64 hex digits (replay and deadletters retry need it; setup notes which it is).",
	 &operator_conf.operator_key, 0, 0},
	{"LAGESBILD_BACKUP_PASSPHRASE", CONF_SECRET, "",
	 "What a backup is sealed with (backup and restore ask for it on a terminal when it is not set).",
	 &operator_conf.passphrase, 0, 0},
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
	{"unknown", "types | places [--source NAME] [--since TIME] [--min N] [--limit N] [--json]",
	 "What the mapping or the area register does not know, read from the feeds: grouped, counted, masked, with the "
	 "line to add. Exit status 1 when there is any. The normalizers' programs must stand beside lagesbild.",
	 unknown_command},
	{"areas", "import FILE [--code FIELD] [--name FIELD] [--parent CODE] [--yes]",
	 "Takes the areas of a GeoJSON file (own areas, DeSO, tätorter) that lie in the municipality into its "
	 "register, "
	 "with their outlines, after saying which. A GeoPackage is converted by ogr2ogr first; the command says how.",
	 areas_command},
	{"builds", "[--json]", "The builds there are: which is current (*), how large, how far behind.",
	 builds_command},
	{"promote", "NAME [--wait SECONDS] [--json]",
	 "Makes a build the current one, the one that every view reads. Refused (1) while it has not taken in all that "
	 "the "
	 "current one has, unless --wait says how long to wait for that.",
	 promote_command},
	{"rollback", "[--wait SECONDS] [--json]",
	 "Promotes the build that was current before; again: the one before that. What a rollback leaves is reached by "
	 "promoting it by name.",
	 rollback_command},
	{"drop", "NAME [--yes] [--json]",
	 "Removes a build that is not current, with its tables. After an interruption: again. No reader waits for it.",
	 drop_command},
	{"replay",
	 "SOURCE [--from TIME|OFFSET] [--to TIME|OFFSET] [--partition N] [--key KEY] [--yes] "
	 "[--wait SECONDS] [--json] [--into BUILD | --to-file FILE | --to-topic TOPIC [--rate N | --speed X]] "
	 "[--mapped | --show-content]",
	 "Sends a stretch of a feed through its normalizer again as a new epoch, after saying what that would change. "
	 "Both offsets are included; a time is an append time, the second not included. --into sends nothing: it folds "
	 "the log anew into a build, the stretch mapped anew behind it, for diff; such a build is never fed, so it "
	 "cannot be promoted: replay, and rebuild. --to-file and --to-topic write the stretch instead, as NDJSON or "
	 "into a topic: the incidents that it becomes, or the messages themselves. The normalizer's program must stand "
	 "beside lagesbild, with the services' environment.",
	 replay_command},
	{"deadletters",
	 "[list | show ID | retry [ID]... [--edit FILE] [--again] | drop [ID]... [--why TEXT]] [--source S] "
	 "[--reason CODE] [--since TIME] [--state open|retried|resolved|dropped] [--show-content] [--by NAME] [--yes] "
	 "[--wait SECONDS] [--json]",
	 "Refused messages by source and reason; one of them (ID is SOURCE:PARTITION:OFFSET); sent to their feed again "
	 "as "
	 "they were, or mended, after saying what would become of them; or given up.",
	 deadletters_command},
	{"diff",
	 "A B [--area CODE] [--source NAME] [--from YYYY-MM] [--to YYYY-MM] [--incidents] [--limit N] "
	 "[--json | --csv]",
	 "Every cell in which two sides differ, and why: new, late, corrected, withdrawn, rejected, unfounded, "
	 "mapping. A side is a build, or an edition as edition:N: in its area and its period (--from: with the 36 "
	 "months before), explained against the current build or another edition. With --incidents the ids of the "
	 "incidents behind it. Exit status 1 when a cell differs.",
	 diff_command},
	{"export",
	 "cells | incidents [--build NAME] [--from YYYY-MM] [--to YYYY-MM] [--area CODE] [--category CODE] "
	 "[--source NAME] [--format csv | csv-excel | ndjson | json-stat] [--output FILE]",
	 "The figures, or the ledger behind them, as a file (csv unless told otherwise; json-stat for cells only). Two "
	 "exports of equal builds are equal to the byte.",
	 export_command},
	{"publish", "PERIOD [--area CODE] [--draft] [--by NAME] [--comment TEXT] [--force] [--yes] [--json]",
	 "Freezes a month (2026-04), tertial (2026T1), year (2026) or whole months (2026-03/2026-04) as an edition, "
	 "and "
	 "approves and publishes it unless it is to be a draft. What is incomplete is only published by --force.",
	 publish_command},
	{"editions",
	 "[list | show N | comment N TEXT | approve N | publish N | withdraw N --yes | revisions N [--all] | check N "
	 "[--build NAME]] [--by NAME] [--comment TEXT] [--force] [--json]",
	 "Published pictures: their frozen figures, their way from draft to published, what has changed since and "
	 "why (--all: in the months before the period too). check recomputes the hash, and compares with a build "
	 "that stands at the edition's positions.",
	 editions_command},
	{"rebuild",
	 "[--until TIME | --edition N] [--mapping FILE]... [--rules BUILD] [--into NAME] [--memory SIZE] [--json]",
	 "Folds topic incidents from its beginning into a build of its own; what is shown does not change. --until: as "
	 "known at a time (RFC 3339), or at the end of a day (YYYY-MM-DD). --edition: the records and the rules that "
	 "it was made of. --mapping: SOURCE.csv or SOURCE=FILE "
	 "instead of "
	 "that source's mapping. --rules: another build's categories, mappings and areas instead of the files'. "
	 "--memory: "
	 "for the incidents held at once (1G unless told otherwise); more of them take several passes.",
	 rebuild_command},
	{"purge",
	 "--incident ID | --origin SOURCE:PARTITION:OFFSET | --source NAME --before TIME  --why TEXT [--yes]  | "
	 "--resume",
	 "Takes an event, or all that came from a source before a time, out of every topic and table for ever, after "
	 "saying "
	 "how much. The services are to be stopped, and what publishes to the feed: each topic is copied without it, "
	 "deleted "
	 "and made again, with the same offsets. Interrupted anywhere, --resume ends it. Backups are not touched.",
	 purge_command},
	{"accounts",
	 "[list | set NAME [--display TEXT] [--actor CODE] [--role ROLE,...] [--group GROUP,...] "
	 "[--external|--internal] [--password-file FILE] [--subject TEXT] [--reset-second|--revoke-keys] | "
	 "token NAME [--label TEXT] [--days N] | close NAME | sources [--group GROUP] [--hide SOURCE | --show SOURCE]] "
	 "[--json]",
	 "Who may sign in to the page. A new account's password is made and printed once unless a file has it (- reads "
	 "it from standard input, none: signs in at the identity provider). What is not said of one that is there "
	 "stays; it gets a new password and is signed out. token: a key by which a program (a spreadsheet, another "
	 "dashboard) reads what the account may see; printed once. sources: which sources each group sees; "
	 "coordinators and operators see all.",
	 accounts_command},
	{"backup", "DIR [--json] | --list DIR [--json]",
	 "Log, database, reference data and keys into a directory that does not exist yet, sealed with a passphrase, "
	 "while everything runs. --list says what is in one.",
	 backup_command},
	{"restore", "DIR [--files DIR] [--yes] | --check DIR",
	 "A backup back into topics and a database that hold nothing, after checking all of it; with the services "
	 "stopped. What "
	 "was counted keeps its place, and what came while the backup was made is read on. --check only looks whether "
	 "that could be done.",
	 restore_command},
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
	{"promote", "--wait", "How long to wait for the build to catch up: 0."},
	{"rollback", "--wait", "How long to wait for the build to catch up: 0."},
	{"replay", "--from", "The first offset (then --partition too), or the time that the first came at or after."},
	{"replay", "--to", "The last offset, or the time that all came before."},
	{"replay", "--key", "Only the messages of that key: an event with all its corrections."},
	{"replay", "--yes", "Send it; without, it is only said what would change."},
	{"replay", "--wait", "How long to wait for the aggregator: 120."},
	{"replay", "--to-file", "NDJSON; - is standard output."},
	{"deadletters", "--edit", "A mended copy is sent in the letter's place: the file's bytes."},
	{"deadletters", "--again", "What was refused again too: five times at most."},
	{"deadletters", "--why", "Why it is given up; kept with the letter."},
	{"deadletters", "--by", "Who does it; the user of the session unless told otherwise."},
	{"deadletters", "--show-content", "The message as it is: it may hold what a person wrote."},
	{"deadletters", "--wait", "How long to wait for what became of it: 30."},
	{"deadletters", "--yes", "Send, or give up; without, it is only said what would become of each."},
	{"diff", "--area", "In that area and all below it."},
	{"diff", "--incidents", "The incidents' ids behind each cell; not of an edition."},
	{"diff", "--limit", "Cells to show, the largest difference first: 20; all as JSON and CSV."},
	{"rebuild", "--until", "As known then: all of a day (2026-05-05), or a time (RFC 3339)."},
	{"rebuild", "--edition", "What the edition was made of: its records, its rules."},
	{"rebuild", "--mapping", "That source's mapping from another file."},
	{"rebuild", "--rules", "Categories, mappings and areas of a build, not of the files: needs no key."},
	{"rebuild", "--into", "The build's name; the time of now unless told otherwise."},
	{"rebuild", "--memory", "For the incidents held at once: 1G; more of them take several passes."},
	{"export", "--format", "csv-excel opens in a Swedish Excel; json-stat is for cells."},
	{"export", "--output", "The file appears when it is whole; incidents': for its owner only."},
	{"publish", "--draft", "Freeze, and no more."},
	{"publish", "--force", "Also what is incomplete: it is noted in the edition."},
	{"replay", "--into", "The build to make: all of the log, then the stretch as it is mapped now."},
	{"replay", "--to-topic",
	 "Made when it is missing: CreateTime, the feed's partitions, 400 days. In the order of append times; headers "
	 "lagesbild-timestamp and lagesbild-origin say when and from where. Never one of the installation's own."},
	{"replay", "--mapped", "The incidents that the normalizer makes of it now (Avro in a topic)."},
	{"replay", "--show-content", "The messages as they are: they may hold what a person wrote."},
	{"replay", "--rate", "So many messages a second."},
	{"replay", "--speed", "So many times as fast as they came; 0, as without: as fast as it goes."},
	{"delivery", "--by", "Who says so; the user of the session unless told otherwise."},
	{"doctor", "--patience",
	 "How long a message may lie unread, a lock be waited for or a transaction be open: 60."},
	{"restore", "--files", "Write the keys and the reference data there, too."},
	{"restore", "--yes", "After a restore that was killed: delete what it wrote, and begin again."},
	{"unknown", "--source", "Of one source only."},
	{"unknown", "--since", "Messages received since then; 400 days back unless told otherwise."},
	{"unknown", "--limit", "How many to show, the most frequent first: 20."},
	{"unknown", "--min",
	 "In how many messages a text must stand to be shown, 3: what one person wrote once may tell of a person."},
	{"accounts", "--role", "reader, coordinator, actor, operator; reader unless told otherwise."},
	{"accounts", "--group", "steering, operational: decides which sources are seen."},
	{"accounts", "--actor", "The organisation that the account belongs to; kommunen unless told otherwise."},
	{"accounts", "--label", "What the key is for; a new one of the same label takes its place."},
	{"accounts", "--days", "How long the key is good: 365."},
	{"accounts", "--hide", "The group of --group sees that source no more, who is signed in too."},
	{"accounts", "--show", "The group of --group sees that source, also one whose release is restricted."},
	{"accounts", "--external", "From another organisation: needs a second factor."},
	{"accounts", "--internal", "Of the municipality: needs none."},
	{"purge", "--why", "On whose word, and why: kept in table purge."},
	{"purge", "--before", "What came (append time) before then: RFC 3339, or the beginning of a day."},
	{"purge", "--resume", "Goes on where a purge was interrupted."},
	{"accounts", "--subject", "Who it is to the identity provider (LAGESBILD_OIDC_CLAIM); empty: nobody."},
	{"accounts", "--reset-second",
	 "A telephone is lost: the second factor is made anew at the next sign-in. Nothing else is changed."},
	{"accounts", "--revoke-keys",
	 "With set: the account's keys of programs and its calendar's address end, too; a new password alone "
	 "ends none."},
	{"areas", "--code", "The property that tells areas apart: id unless told otherwise; deso, regso, tatortskod."},
	{"areas", "--name", "The property that names them: name unless told otherwise; the code where it is absent."},
	{"areas", "--parent", "What they lie in: the municipality unless told otherwise."},
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
	operator_elsewhere_print(argc, argv);
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
