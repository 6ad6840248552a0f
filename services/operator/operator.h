/* operator: what the commands of "lagesbild" share: configuration, the two servers, the table of commands. */
#ifndef LAGESBILD_OPERATOR_H
#define LAGESBILD_OPERATOR_H

#include "base/err.h"
#include "db/db.h"
#include "kafka/kafka.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct operator_conf {
	const char *schemas, *pack, *key, *prefix, *operator_key, *passphrase;
	int64_t partitions, replication;
};
extern struct operator_conf operator_conf;

#define OPERATOR_FOUND 1 /* exit status: something is wrong (verify, later diff and doctor) */

/* A command gets the arguments after its name. Returns the exit status, or -1 with err. */
struct operator_command {
	const char *name, *usage, *help;
	int (*run)(int argc, char **argv, struct err *err);
};

/* What an option does, for --help, the manual and completion. Which options a command has stands in its usage; one
 * without a row here is shown without a word. */
struct operator_option {
	const char *command; /* NULL: of every command that has it */
	const char *name, *help;
};

int setup_command(int argc, char **argv, struct err *err);
int status_command(int argc, char **argv, struct err *err);
int verify_command(int argc, char **argv, struct err *err);
int picture_command(int argc, char **argv, struct err *err);
int delivery_command(int argc, char **argv, struct err *err);
int doctor_command(int argc, char **argv, struct err *err);

/* Before the configuration is read: what would keep every command from starting is noted for doctor_command and taken
 * out of the environment. */
void doctor_environment(void);
int areas_command(int argc, char **argv, struct err *err);
int unknown_command(int argc, char **argv, struct err *err);
int builds_command(int argc, char **argv, struct err *err);
int promote_command(int argc, char **argv, struct err *err);
int rollback_command(int argc, char **argv, struct err *err);
int drop_command(int argc, char **argv, struct err *err);
int replay_command(int argc, char **argv, struct err *err);
int deadletters_command(int argc, char **argv, struct err *err);
int diff_command(int argc, char **argv, struct err *err);
int export_command(int argc, char **argv, struct err *err);
int publish_command(int argc, char **argv, struct err *err);
int editions_command(int argc, char **argv, struct err *err);
int accounts_command(int argc, char **argv, struct err *err);

/* Whether the feeds or topic incidents hold what the current build has not taken in, after waiting for what is on its
 * way: 1 with the first such in text, 0 all is in. */
int verify_unread(struct db *db, int64_t wait_s, char *text, size_t size, struct err *err) MUST_CHECK;
int rebuild_command(int argc, char **argv, struct err *err);
int backup_command(int argc, char **argv, struct err *err);
int restore_command(int argc, char **argv, struct err *err);

/* Connect; a server that is away is ERR_SERVER here, since a command does not wait. */
int operator_db(struct db **db, struct err *err) MUST_CHECK;
int operator_kafka(struct kafka_admin **admin, struct err *err) MUST_CHECK;

/* Swedish thousands: a blank between groups of three. In static storage for sixteen calls. */
const char *operator_grouped(int64_t n);

/* Columns that a UTF-8 text takes in a terminal: its characters (ours are all one wide). */
int operator_width(const char *text);

/* Whether text is a month as YYYY-MM, from 1970 on. */
bool operator_is_month(const char *text);

/* The month that YYYY-MM names, counted from 1970-01; ERR_CONFIG when it names none. */
int operator_month(const char *text, int64_t *out, struct err *err) MUST_CHECK;
#define OPERATOR_MONTH_MAX 96359 /* 9999-12 */

/* RFC 3339, or a day, which begins when it does in the municipality, as milliseconds. ERR_CONFIG when it is no time. */
int operator_time(struct db *db, const char *text, int64_t *ms, struct err *err) MUST_CHECK;

/* A field of a CSV (RFC 4180), quoted where it must be. */
void operator_csv(FILE *out, const char *text, char separator);

/* Print text cut or padded to a number of characters, left or right. */
void operator_cell(const char *text, int width, bool right);

/* Whether the terminal takes colours: standard output is one, and NO_COLOR (no-color.org) is not set. */
bool operator_colours(void);

/* The command fails for want of the services' programs or environment here: its error is followed by how to give it
 * where they are, word for word. */
void operator_elsewhere(void);
void operator_elsewhere_print(int argc, char **argv);

/* Print a text as JSON has it, in quotes. */
void operator_json_text(const char *text);

/* prefix + name, in static storage until the next but three call. */
const char *operator_topic(const char *name);

/* The sources there are: as many as a cell's key has numbers for. */
#define OPERATOR_SOURCES_MAX 63
#define OPERATOR_SOURCE_SIZE 32

struct operator_sources {
	size_t count;
	char names[OPERATOR_SOURCES_MAX][OPERATOR_SOURCE_SIZE];
};

/* Those of schemas/sources.csv, in its order: what setup makes ready. ERR_CONFIG names the line of a name that cannot
 * be one. */
int operator_sources_read(struct operator_sources *out, struct err *err) MUST_CHECK;

/* Those that setup has made ready in this database, by number: what has a topic, for every other command. */
int operator_sources_known(struct operator_sources *out, struct db *db, struct err *err) MUST_CHECK;

/* Call each for every topic that setup makes, with its name before the prefix: incidents first, which must never have
 * fewer partitions than a feed. 0, or the first -1. */
int operator_topics_each(const struct operator_sources *sources,
			 int (*each)(void *ctx, const char *name, const struct kafka_topic *topic, struct err *err),
			 void *ctx, struct err *err) MUST_CHECK;

/* The n-th schema file that this program has, and the hash of its text; NULL behind the last. */
const char *setup_file(size_t n, char hash[65]);

#endif
