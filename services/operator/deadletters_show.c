#include "deadletters.h"

#include "operator_sql.h"
#include <string.h>

const char *deadletters_id(const struct deadletters_item *item)
{
	static char id[OPERATOR_SOURCE_SIZE + 40];

	snprintf(id, sizeof id, "%.*s:%d:%lld", OPERATOR_SOURCE_SIZE, deadletters_source(item), item->partition,
		 (long long)item->offset);
	return id;
}

static void put(const char *name, const char *text)
{
	printf(", \"%s\": ", name);
	operator_json_text(text);
}

/* A header's value, like the rest of the content, only when it was asked for. */
static int show_json(const struct deadletters *d, const struct deadletters_item *item, bool found, struct err *err)
{
	printf("{\"id\": ");
	operator_json_text(deadletters_id(item));
	put("topic", item->topic);
	printf(", \"partition\": %d, \"offset\": %lld, \"epoch\": %lld, \"received_ms\": %lld, \"attempts\": %lld",
	       item->partition, (long long)item->offset, (long long)item->epoch, (long long)item->received_ms,
	       (long long)item->attempts);
	put("state", item->state);
	put("reason", item->reason);
	put("detail", item->detail);
	put("by", item->by);
	put("why", item->why);
	printf(", \"headers\": [");
	for (size_t i = 0; i < item->letter.header_count; i++) {
		char name[256];

		snprintf(name, sizeof name, "%.*s", (int)item->letter.headers[i].name.len,
			 item->letter.headers[i].name.text);
		fputs(i ? ", " : "", stdout);
		operator_json_text(name);
	}
	printf("], \"bytes\": ");
	if (found)
		printf("%zu, \"message\": ", item->letter.value_len);
	else
		printf("null, \"message\": ");
	if (!found || !d->show)
		printf("null\n");
	else if (replay_write(stdout, &item->letter, 1, err))
		return -1;
	printf("}\n");
	return 0;
}

static int show_people(const struct deadletters *d, const struct deadletters_item *item, bool found, struct err *err)
{
	printf("%s partition %d offset %lld: %s, attempts %lld\n%s: %s\n", item->topic, item->partition,
	       (long long)item->offset, item->state, (long long)item->attempts, item->reason, item->detail);
	if (*item->why)
		printf("%s: %s\n", item->by, item->why);
	for (size_t i = 0; i < item->letter.header_count; i++)
		printf("header %.*s%s\n", (int)item->letter.headers[i].name.len, item->letter.headers[i].name.text,
		       d->show ? "" : " (its value by --show-content)");
	if (!found)
		printf("the dead letter holds no content: its source's letters never do, or it was too large\n");
	else if (!d->show)
		printf("%zu bytes of content, shown by --show-content\n", item->letter.value_len);
	else
		return replay_write(stdout, &item->letter, 1, err);
	return 0;
}

int deadletters_show(struct deadletters *d, struct err *err)
{
	struct deadletters_item *item = d->items;
	int found;

	if (d->count != 1)
		return err_set(err, ERR_CONFIG, "which one? Give its id: SOURCE:PARTITION:OFFSET, as list prints it");
	found = deadletters_from_letter(item, err);
	return found < 0 ? -1 : (d->json ? show_json : show_people)(d, item, found, err);
}

static int drop_one(struct deadletters *d, const struct deadletters_item *item, struct err *err)
{
	db_param_text(d->db, item->topic, strlen(item->topic));
	db_param_int4(d->db, item->partition);
	db_param_int8(d->db, item->offset);
	db_param_text(d->db, d->by, strlen(d->by));
	db_param_text(d->db, d->why, strlen(d->why));
	return db_query(d->db, operator_sql_deadletters_drop, NULL, err) < 0 ? -1 : 0;
}

int deadletters_drop(struct deadletters *d, struct err *err)
{
	bool agreed;

	if (!d->json)
		printf("%zu dead letters to give up\n", d->count);
	fflush(stdout);
	agreed = replay_agreed(d->yes);
	for (size_t i = 0; agreed && i < d->count; i++)
		if (drop_one(d, &d->items[i], err))
			return -1;
	if (!d->json) {
		printf("%s", agreed ? "" : "nothing was changed (--yes does it)\n");
		return 0;
	}
	printf("{\"letters\": [");
	for (size_t i = 0; i < d->count; i++)
		printf("%s\"%s\"", i ? ", " : "", deadletters_id(&d->items[i]));
	printf("], \"dropped\": %zu}\n", agreed ? d->count : 0);
	return 0;
}
