/* status: how far each feed has been read and taken in, what became of it, what has been delivered. */
#include "operator.h"

#include "operator_sql.h"
#include <stdio.h>
#include <string.h>

struct status {
	struct db *db;
	struct kafka_admin *admin;
	bool json;
	int64_t lag, lost, difference, unreadable;
	int64_t lines;
};

struct place {
	const char *topic, *reader; /* reader: group or build */
	int32_t partition;
	int64_t from, end, position;
};

/* One line of the table of positions; in JSON one object. */
static int print_position(struct status *s, const struct place *p, struct err *err)
{
	int64_t lag = p->end > p->from ? p->end - p->from : 0, found;
	int rc = lag ? kafka_admin_message_after(s->admin, p->topic, p->partition, p->from, &found, err) : 0;

	if (rc < 0)
		return -1;
	if (rc == 0)
		lag = 0; /* nothing but transaction markers */
	s->lag += lag;
	if (s->json)
		printf("%s{\"topic\": \"%s\", \"reader\": \"%s\", \"partition\": %d, \"end\": %lld, \"position\": "
		       "%lld, \"lag\": %lld}",
		       s->lines++ ? ", " : "", p->topic, p->reader, p->partition, (long long)p->end,
		       (long long)p->position, (long long)lag);
	else
		printf("%-24s %-24s %9d %12s %12s %12s\n", p->topic, p->reader, p->partition, operator_grouped(p->end),
		       p->position < 0 ? "-" : operator_grouped(p->position), operator_grouped(lag));
	return 0;
}

/* What a feed's group has committed; a feed without a message and without a reader is left out. */
static int feed_positions(struct status *s, const char *source, struct err *err)
{
	char feed[OPERATOR_SOURCE_SIZE + 5], group_name[OPERATOR_SOURCE_SIZE + 11], metadata[128];
	const char *topic, *group;
	int partitions;

	snprintf(feed, sizeof feed, "feed.%s", source);
	snprintf(group_name, sizeof group_name, "normalizer-%s", source);
	topic = operator_topic(feed);
	group = operator_topic(group_name);
	partitions = kafka_admin_partitions(s->admin, topic, err);
	if (partitions < 0)
		return -1;
	for (int32_t p = 0; p < partitions; p++) {
		struct place place = {.topic = topic, .reader = group, .partition = p};
		int64_t low, high, next;

		if (kafka_admin_watermarks(s->admin, topic, p, &low, &high, err) ||
		    kafka_admin_committed(s->admin, group, topic, p, &next, metadata, sizeof metadata, err))
			return -1;
		place.from = next < 0 ? low : next;
		place.end = high;
		place.position = next;
		if ((high > 0 || next >= 0) && print_position(s, &place, err))
			return -1;
	}
	return 0;
}

static int incident_positions(struct status *s, struct err *err)
{
	const char *topic = operator_topic("incidents");
	struct db_result *res;
	long rows = db_query(s->db, operator_sql_status_positions, &res, err);
	int rc = rows < 0 ? -1 : 0;

	for (long i = 0; rc == 0 && i < rows; i++) {
		int64_t low, high, next = db_int(res, i, 2);
		struct place place = {topic, db_text(res, i, 0, NULL), (int32_t)db_int(res, i, 1), next, 0, next};

		rc = kafka_admin_watermarks(s->admin, topic, place.partition, &low, &high, err);
		place.end = high;
		s->unreadable += db_int(res, i, 3);
		if (rc == 0)
			rc = print_position(s, &place, err);
	}
	if (rows >= 0)
		db_free(res);
	return rc;
}

static int print_positions(struct status *s, struct err *err)
{
	struct operator_sources sources;

	if (operator_sources_known(&sources, s->db, err))
		return -1;
	if (s->json)
		printf("\"positions\": [");
	else
		printf("%-24s %-24s %9s %12s %12s %12s\n", "topic", "reader", "partition", "end", "position", "lag");
	for (size_t i = 0; i < sources.count; i++)
		if (feed_positions(s, sources.names[i], err))
			return -1;
	if (incident_positions(s, err))
		return -1;
	if (s->json)
		printf("], ");
	return 0;
}

static int print_balance(struct status *s, struct err *err)
{
	static const char *const names[] = {"received", "upserted", "duplicate",  "superseded", "withdrawn",
					    "rejected", "lost",	    "difference", "redelivered"};
	struct db_result *res;
	long rows = db_query(s->db, operator_sql_status_balance, &res, err);

	if (rows < 0)
		return -1;
	printf("%s", s->json ? "\"balance\": [" : "");
	for (long i = 0; i < rows; i++) {
		if (s->json)
			printf("%s{\"topic\": \"%s\"", i ? ", " : "", db_text(res, i, 0, NULL));
		else
			printf("\n%s, last message %s UTC\n", db_text(res, i, 0, NULL), db_text(res, i, 10, NULL));
		for (int c = 0; c < 9; c++)
			if (s->json)
				printf(", \"%s\": %lld", names[c], (long long)db_int(res, i, c + 1));
			else
				printf("  %-12s %12s\n", names[c], operator_grouped(db_int(res, i, c + 1)));
		printf("%s", s->json ? "}" : "");
		s->lost += db_int(res, i, 7);
		s->difference += db_int(res, i, 8);
	}
	printf("%s", s->json ? "], " : "");
	db_free(res);
	return 0;
}

static int print_delivery(struct status *s, struct err *err)
{
	struct db_result *res;
	long rows = db_query(s->db, operator_sql_status_delivery, &res, err);

	if (rows < 0)
		return -1;
	printf("%s", s->json ? "\"delivery\": [" : "\ndelivery\n");
	for (long i = 0; i < rows; i++)
		printf(s->json ? "%s{\"source\": \"%s\", \"month\": \"%s\", \"state\": \"%s\"}" : "%s  %-10s %s  %s\n",
		       s->json && i ? ", " : "", db_text(res, i, 0, NULL), db_text(res, i, 1, NULL),
		       db_text(res, i, 2, NULL));
	printf("%s", s->json ? "], " : "");
	db_free(res);
	return 0;
}

/* A text that is a number, or is empty, as JSON has it. */
static const char *number_or_null(const char *text)
{
	return *text ? text : "null";
}

static void print_source_json(const struct db_result *res, long row)
{
	const char *at = db_text(res, row, 1, NULL);

	printf("%s{\"source\": \"%s\", \"last_event_at\": %s%s%s, \"received_7d\": %lld, \"usual_7d\": %s, "
	       "\"lag_p50_hours\": %s, \"lag_p90_hours\": %s, \"unmapped_7d\": %lld, \"without_area_7d\": %lld, "
	       "\"silent\": %s}",
	       row ? ", " : "", db_text(res, row, 0, NULL), *at ? "\"" : "", number_or_null(at), *at ? "\"" : "",
	       (long long)db_int(res, row, 2), number_or_null(db_text(res, row, 3, NULL)),
	       number_or_null(db_text(res, row, 4, NULL)), number_or_null(db_text(res, row, 5, NULL)),
	       (long long)db_int(res, row, 6), (long long)db_int(res, row, 7), db_int(res, row, 8) ? "true" : "false");
}

static const char *or_dash(const char *text)
{
	return *text ? text : "-";
}

static int print_health(struct status *s, struct err *err)
{
	struct db_result *res;
	long rows = db_query(s->db, operator_sql_status_health, &res, err);

	if (rows < 0)
		return -1;
	if (s->json)
		printf("\"sources\": [");
	else
		printf("\n%-10s %-16s %9s %9s %9s %9s %9s %9s\n", "source", "last message", "7 days", "usual",
		       "lag p50 h", "lag p90 h", "unknown", "no place");
	for (long i = 0; i < rows; i++)
		if (s->json)
			print_source_json(res, i);
		else
			printf("%-10s %-16s %9s %9s %9s %9s %9s %9s%s\n", db_text(res, i, 0, NULL),
			       or_dash(db_text(res, i, 1, NULL)), operator_grouped(db_int(res, i, 2)),
			       or_dash(db_text(res, i, 3, NULL)), or_dash(db_text(res, i, 4, NULL)),
			       or_dash(db_text(res, i, 5, NULL)), operator_grouped(db_int(res, i, 6)),
			       operator_grouped(db_int(res, i, 7)), db_int(res, i, 8) ? "  SILENT" : "");
	printf("%s", s->json ? "], " : "");
	db_free(res);
	return 0;
}

static int print_newest(struct status *s, struct err *err)
{
	struct db_result *res;
	const char *newest;

	if (db_query(s->db, operator_sql_status_newest, &res, err) < 0)
		return -1;
	newest = db_rows(res) ? db_text(res, 0, 0, NULL) : "";
	if (s->json)
		printf(*newest ? "\"newest\": \"%s\", \"unreadable\": %lld, "
			       : "\"newest\": null%s, \"unreadable\": %lld, ",
		       newest, (long long)s->unreadable);
	else
		printf("\nnewest time in the data  %s\nunreadable records       %s\n", *newest ? newest : "-",
		       operator_grouped(s->unreadable));
	db_free(res);
	return 0;
}

static void print_verdict(const struct status *s)
{
	const char *health = s->difference ? "the balance does not add up: run lagesbild verify"
			     : s->lost	   ? "messages are missing: run lagesbild verify"
			     : s->unreadable
				     ? "there are records on incidents that are none of ours: run lagesbild verify"
			     : s->lag ? "reading"
				      : "all read, all accounted for";

	if (s->json)
		printf("\"lag\": %lld, \"health\": \"%s\"}\n", (long long)s->lag, health);
	else
		printf("\nlag %s messages: %s\n", operator_grouped(s->lag), health);
}

int status_command(int argc, char **argv, struct err *err)
{
	struct status s = {.json = argc == 2 && strcmp(argv[1], "--json") == 0};
	int rc = -1;

	if (argc > 1 && !s.json)
		return err_set(err, ERR_CONFIG, "unknown argument; see lagesbild status --help");
	/* Kafka is asked before anything is printed, so that no half answer stands there when it is away. */
	if (operator_db(&s.db, err) == 0 && operator_kafka(&s.admin, err) == 0 &&
	    kafka_admin_partitions(s.admin, operator_topic("incidents"), err) >= 0) {
		printf("%s", s.json ? "{" : "");
		rc = print_positions(&s, err) || print_balance(&s, err) || print_delivery(&s, err) ||
				     print_health(&s, err) || print_newest(&s, err)
			     ? -1
			     : 0;
	}
	if (rc == 0)
		print_verdict(&s);
	if (s.admin)
		kafka_admin_close(s.admin);
	db_close(s.db);
	return rc ? -1 : s.difference || s.lost || s.unreadable ? OPERATOR_FOUND : 0;
}
