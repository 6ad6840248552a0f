#include "deadletters.h"

#include "base/run.h"
#include "operator_sql.h"
#include <stdlib.h>
#include <string.h>

#define WAIT_S 30

const char *deadletters_source(const struct deadletters_item *item)
{
	const char *feed = strstr(item->topic, "feed.");

	return feed ? feed + 5 : item->topic;
}

static const char *topic_of(const char *source)
{
	char name[OPERATOR_SOURCE_SIZE + 8];

	snprintf(name, sizeof name, "feed.%.*s", OPERATOR_SOURCE_SIZE, source);
	return *source ? operator_topic(name) : "";
}

static int parse_one(struct deadletters *d, char **argv, int *i, struct err *err)
{
	const struct {
		const char *name, **to;
	} texts[] = {{"--source", &d->source}, {"--reason", &d->reason}, {"--since", &d->since}, {"--state", &d->state},
		     {"--edit", &d->edit},     {"--by", &d->by},	 {"--why", &d->why}};
	const struct {
		const char *name;
		bool *to;
	} flags[] = {{"--yes", &d->yes}, {"--again", &d->again}, {"--show-content", &d->show}, {"--json", &d->json}};

	for (size_t k = 0; k < sizeof flags / sizeof *flags; k++)
		if (strcmp(argv[*i], flags[k].name) == 0)
			return *flags[k].to = true, 0;
	for (size_t k = 0; argv[*i + 1] && k < sizeof texts / sizeof *texts; k++)
		if (strcmp(argv[*i], texts[k].name) == 0)
			return *texts[k].to = argv[++*i], 0;
	if (strcmp(argv[*i], "--wait") == 0 && argv[*i + 1])
		return d->wait_s = strtoll(argv[++*i], NULL, 10), 0;
	if (*argv[*i] != '-' && d->id_count < DEADLETTERS_MAX)
		return d->ids[d->id_count++] = argv[*i], 0;
	return err_set(err, ERR_CONFIG, "unknown argument %.40s; see lagesbild deadletters --help", argv[*i]);
}

static int check_state(const char *state, struct err *err)
{
	static const char *const states[] = {"", "open", "retried", "resolved", "dropped"};

	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (strcmp(state, states[i]) == 0)
			return 0;
	return err_set(err, ERR_CONFIG, "--state %.20s: it is open, retried, resolved or dropped", state);
}

/* $1 to $4: topic, reason, since, state. */
static int param_filter(struct deadletters *d, const char *state, struct err *err)
{
	const char *topic = topic_of(d->source);
	int64_t since = 0;

	if (check_state(state, err))
		return -1;
	if (*d->since && operator_time(d->db, d->since, &since, err))
		return -1;
	db_param_text(d->db, topic, strlen(topic));
	db_param_text(d->db, d->reason, strlen(d->reason));
	db_param_int8(d->db, since);
	db_param_text(d->db, state, strlen(state));
	return 0;
}

static int list(struct deadletters *d, struct err *err)
{
	struct db_result *res;
	long rows;

	if (param_filter(d, d->state, err) || (rows = db_query(d->db, operator_sql_deadletters_list, &res, err)) < 0)
		return -1;
	printf("%s", d->json ? "[" : "");
	for (long i = 0; i < rows; i++) {
		struct deadletters_item item;
		const char *source;

		snprintf(item.topic, sizeof item.topic, "%s", db_text(res, i, 0, NULL));
		source = deadletters_source(&item);
		printf(d->json ? "%s{\"source\": \"%s\", \"reason\": \"%s\", \"state\": \"%s\", \"count\": %lld, "
				 "\"first\": \"%s\", \"last\": \"%s\", \"example\": \"%s:%lld:%lld\", \"detail\": "
			       : "%s%-8s %-14s %-8s %6lld  %s .. %s UTC\n         %s:%lld:%lld  ",
		       d->json && i ? ", " : "", source, db_text(res, i, 1, NULL), db_text(res, i, 2, NULL),
		       (long long)db_int(res, i, 3), db_text(res, i, 4, NULL), db_text(res, i, 5, NULL), source,
		       (long long)db_int(res, i, 6), (long long)db_int(res, i, 7));
		if (d->json)
			operator_json_text(db_text(res, i, 8, NULL));
		printf(d->json ? "}" : "%s\n", db_text(res, i, 8, NULL));
	}
	printf(d->json ? "]\n" : rows ? "" : "no dead letters\n");
	db_free(res);
	return 0;
}

static void take_item(struct deadletters *d, const struct db_result *res, long row)
{
	struct deadletters_item *item = &d->items[d->count++];

	snprintf(item->topic, sizeof item->topic, "%s", db_text(res, row, 0, NULL));
	item->partition = (int32_t)db_int(res, row, 1);
	item->offset = db_int(res, row, 2);
	item->epoch = db_int(res, row, 3);
	snprintf(item->reason, sizeof item->reason, "%s", db_text(res, row, 4, NULL));
	snprintf(item->detail, sizeof item->detail, "%s", db_text(res, row, 5, NULL));
	item->received_ms = db_int(res, row, 6);
	snprintf(item->state, sizeof item->state, "%s", db_text(res, row, 7, NULL));
	item->attempts = db_int(res, row, 8);
	snprintf(item->by, sizeof item->by, "%s", db_text(res, row, 9, NULL));
	snprintf(item->why, sizeof item->why, "%s", db_text(res, row, 10, NULL));
}

static int pick(struct deadletters *d, const char *id, struct err *err)
{
	const char *colon = id ? strchr(id, ':') : NULL;
	char *end = NULL;
	int64_t partition = 0, offset = 0;
	struct db_result *res;
	long rows;

	if (id) {
		static char source[OPERATOR_SOURCE_SIZE];

		if (colon) {
			partition = strtoll(colon + 1, &end, 10);
			offset = *end == ':' ? strtoll(end + 1, &end, 10) : -1;
		}
		if (!colon || *end || offset < 0)
			return err_set(err, ERR_CONFIG, "an id is SOURCE:PARTITION:OFFSET, as list prints it");
		snprintf(source, sizeof source, "%.*s", (int)(colon - id), id);
		d->source = source;
	}
	if (param_filter(d, *d->state ? d->state : "open", err))
		return -1;
	db_param_int8(d->db, id != NULL);
	db_param_int8(d->db, partition);
	db_param_int8(d->db, offset);
	if ((rows = db_query(d->db, operator_sql_deadletters_pick, &res, err)) < 0)
		return -1;
	for (long i = 0; i < rows && d->count < DEADLETTERS_MAX; i++)
		take_item(d, res, i);
	db_free(res);
	return rows ? 0 : id ? err_set(err, ERR_CONFIG, "there is no dead letter %.80s", id) : 0;
}

static int pick_all(struct deadletters *d, struct err *err)
{
	d->items = calloc(DEADLETTERS_MAX, sizeof *d->items);
	if (!d->items)
		return err_set(err, ERR_RETRY, "out of memory");
	for (size_t i = 0; i < d->id_count; i++)
		if (pick(d, d->ids[i], err))
			return -1;
	return d->id_count ? 0 : pick(d, NULL, err);
}

static int work(struct deadletters *d, struct err *err)
{
	if (operator_db(&d->db, err) || db_query(d->db, operator_sql_deadletters_settle, NULL, err) < 0)
		return -1;
	if (strcmp(d->verb, "list") == 0)
		return list(d, err);
	if (strcmp(d->verb, "show") && strcmp(d->verb, "retry") && strcmp(d->verb, "drop"))
		return err_set(err, ERR_CONFIG,
			       "deadletters list, show, retry or drop; see lagesbild deadletters --help");
	if (strcmp(d->verb, "retry") == 0)
		return deadletters_retry(d, err);
	if (pick_all(d, err))
		return -1;
	return strcmp(d->verb, "show") == 0 ? deadletters_show(d, err) : deadletters_drop(d, err);
}

int deadletters_pick(struct deadletters *d, struct err *err)
{
	return pick_all(d, err);
}

int deadletters_command(int argc, char **argv, struct err *err)
{
	struct deadletters d = {.verb = argc > 1 && *argv[1] != '-' ? argv[1] : "list",
				.source = "",
				.reason = "",
				.since = "",
				.state = "",
				.by = "",
				.why = "",
				.wait_s = WAIT_S};
	int status = 0;

	for (int i = argc > 1 && *argv[1] != '-' ? 2 : 1; status == 0 && i < argc; i++)
		status = parse_one(&d, argv, &i, err);
	if (status == 0)
		status = work(&d, err);
	for (size_t i = 0; i < d.count; i++)
		buf_release(&d.items[i].bytes);
	free(d.items);
	db_close(d.db);
	return status;
}
