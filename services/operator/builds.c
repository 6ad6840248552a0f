/* builds: what builds there are, how large, and how far behind. */
#include "operator.h"

#include "operator_sql.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Columns of builds.sql. */
enum { NAME, NAME_JSON, CURRENT, MADE, MADE_JSON, UNTIL, UNTIL_JSON, FED, MAPPING, ROWS, BYTES, AGE, BEHIND };

/* Records on incidents that a build has not taken in, by position and end; transaction markers are none. */
static int lag_of(struct db_result *positions, const char *build, struct kafka_admin *admin, int64_t *lag,
		  struct err *err)
{
	const char *topic = operator_topic("incidents");

	*lag = 0;
	for (long i = 0; i < db_rows(positions); i++) {
		int32_t partition = (int32_t)db_int(positions, i, 1);
		int64_t low, high, found, next = db_int(positions, i, 2);
		int rc;

		if (strcmp(db_text(positions, i, 0, NULL), build) != 0)
			continue;
		rc = kafka_admin_watermarks(admin, topic, partition, &low, &high, err) ? -1 : next < high;
		if (rc > 0)
			rc = kafka_admin_message_after(admin, topic, partition, next, &found, err);
		if (rc < 0)
			return -1;
		*lag += rc ? high - next : 0;
	}
	return 0;
}

static const char *age(const struct db_result *res, long row)
{
	static char text[40];
	int64_t s = db_int(res, row, AGE);

	if (db_null(res, row, AGE))
		return "-";
	if (s < 120)
		snprintf(text, sizeof text, "%lld s", (long long)s);
	else if (s < 7200)
		snprintf(text, sizeof text, "%lld min", (long long)s / 60);
	else if (s < 172800)
		snprintf(text, sizeof text, "%lld h", (long long)s / 3600);
	else
		snprintf(text, sizeof text, "%lld d", (long long)s / 86400);
	return text;
}

static void print_row(const struct db_result *res, long row, int64_t lag)
{
	bool until = !db_null(res, row, UNTIL);
	char size[32], rows[48];

	snprintf(size, sizeof size, "%.1f MiB", (double)db_int(res, row, BYTES) / 1048576);
	snprintf(rows, sizeof rows, "about %s", operator_grouped(db_int(res, row, ROWS)));
	printf("%c %-20s %-17s %-17s %-4s %-17s %18s %12s %8s %9s %9s\n", db_int(res, row, CURRENT) ? '*' : ' ',
	       db_text(res, row, NAME, NULL), db_text(res, row, MADE, NULL),
	       until ? db_text(res, row, UNTIL, NULL) : "now", db_int(res, row, FED) ? "yes" : "no",
	       db_text(res, row, MAPPING, NULL), rows, size, age(res, row), until ? "-" : operator_grouped(lag),
	       until ? "-" : operator_grouped(db_int(res, row, BEHIND)));
}

static void print_json(const struct db_result *res, long row, int64_t lag)
{
	bool until = !db_null(res, row, UNTIL);
	char quoted[40] = "null";

	if (until)
		snprintf(quoted, sizeof quoted, "\"%s\"", db_text(res, row, UNTIL_JSON, NULL));
	printf("%s{\"name\": %s, \"current\": %s, \"made\": \"%s\", \"until\": %s, \"fed\": %s, \"mapping\": \"%s\", "
	       "\"rows_about\": %lld, \"bytes\": %lld, ",
	       row ? ", " : "", db_text(res, row, NAME_JSON, NULL), db_int(res, row, CURRENT) ? "true" : "false",
	       db_text(res, row, MADE_JSON, NULL), quoted, db_int(res, row, FED) ? "true" : "false",
	       db_text(res, row, MAPPING, NULL), (long long)db_int(res, row, ROWS), (long long)db_int(res, row, BYTES));
	if (db_null(res, row, AGE))
		printf("\"position_age_s\": null, ");
	else
		printf("\"position_age_s\": %lld, ", (long long)db_int(res, row, AGE));
	if (until)
		printf("\"lag\": null, \"behind_current\": null}");
	else
		printf("\"lag\": %lld, \"behind_current\": %lld}", (long long)lag, (long long)db_int(res, row, BEHIND));
}

static int print_builds(struct db *db, struct kafka_admin *admin, bool json, struct err *err)
{
	struct db_result *positions = NULL, *res = NULL;
	long rows = db_query(db, operator_sql_builds, &res, err);
	int rc = rows < 0 || db_query(db, operator_sql_status_positions, &positions, err) < 0 ? -1 : 0;

	if (rc == 0 && json)
		printf("{\"builds\": [");
	else if (rc == 0)
		printf("  %-20s %-17s %-17s %-4s %-17s %18s %12s %8s %9s %9s\n", "build", "made", "until", "fed",
		       "mapping", "ledger rows", "size", "position", "lag", "behind *");
	for (long i = 0; rc == 0 && i < rows; i++) {
		int64_t lag = 0;

		if (db_null(res, i, UNTIL))
			rc = lag_of(positions, db_text(res, i, NAME, NULL), admin, &lag, err);
		if (rc == 0)
			(json ? print_json : print_row)(res, i, lag);
	}
	if (rc == 0 && json)
		printf("]}\n");
	db_free(positions);
	db_free(res);
	return rc;
}

int builds_command(int argc, char **argv, struct err *err)
{
	bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
	struct kafka_admin *admin = NULL;
	struct db *db = NULL;
	int rc = -1;

	if (argc > 1 && !json)
		return err_set(err, ERR_CONFIG, "unknown argument; see lagesbild builds --help");
	if (operator_db(&db, err) == 0 && operator_kafka(&admin, err) == 0)
		rc = print_builds(db, admin, json, err);
	if (admin)
		kafka_admin_close(admin);
	db_close(db);
	return rc;
}
