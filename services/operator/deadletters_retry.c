/* deadletters retry: first what would become of each; then written down, sent, looked up again. A letter is sent with
 * the revision that its first attempt had, signed, so that old content never beats a newer one. */
#include "deadletters.h"

#include "base/run.h"
#include "hash/signature.h"
#include "operator_sql.h"
#include <stdlib.h>
#include <string.h>

#define EDIT_MAX (1u << 20)
#define OWN "lagesbild-"
#define LEFT "left: "

struct retry {
	struct deadletters *d;
	struct preview *preview;
	struct mapper *mapper;
	const char *mapper_source;
	struct hash_key key;
	struct buf edit;
	int64_t epoch, revision;
	struct kafka_producer *producer;
	/* what is sent of the item in hand */
	struct kafka_record_header headers[DEADLETTER_HEADERS_MAX + 8];
	char names[DEADLETTER_HEADERS_MAX][128], signature[SIGNATURE_SIZE], history[400];
	size_t header_count;
};

static struct hash_part part_of(const struct deadletter *letter, const char *name)
{
	struct hash_part part = {NULL, 0};

	for (size_t i = 0; i < letter->header_count; i++)
		if (letter->headers[i].name.len == strlen(name) &&
		    !memcmp(letter->headers[i].name.text, name, strlen(name)))
			part = (struct hash_part){letter->headers[i].value, letter->headers[i].value_len};
	return part;
}

static struct signature_text signed_text(const struct deadletters_item *item)
{
	const struct deadletter *m = &item->letter;

	return (struct signature_text){.topic = {item->topic, strlen(item->topic)},
				       .key = {m->key, m->key_len},
				       .revision = part_of(m, OWN "revision"),
				       .backfill = part_of(m, OWN "backfill"),
				       .reason = part_of(m, OWN "reason"),
				       .value = {m->value, m->value_len}};
}

static void add_header(struct retry *r, const char *name, const void *value, size_t len)
{
	if (r->header_count < sizeof r->headers / sizeof *r->headers)
		r->headers[r->header_count++] = (struct kafka_record_header){name, value, len};
}

/* The agency's headers as they were; ours anew. History and reason only where their old signature holds: a retry must
 * not sign what nobody signed. */
static void make_headers(struct retry *r, struct deadletters_item *item)
{
	struct deadletter *m = &item->letter;
	struct signature_text text = signed_text(item);
	struct hash_part old = part_of(m, OWN "signature");

	r->header_count = 0;
	for (size_t i = 0; i < m->header_count; i++) {
		struct incident_text name = m->headers[i].name;

		if (name.len >= sizeof r->names[i] || !strncmp(name.text, OWN, strlen(OWN)))
			continue;
		snprintf(r->names[i], sizeof r->names[i], "%.*s", (int)name.len, name.text);
		add_header(r, r->names[i], m->headers[i].value, m->headers[i].value_len);
	}
	if (!old.data || !signature_verify(&r->key, &text, old.data, old.len))
		text.backfill = text.reason = (struct hash_part){NULL, 0};
	if (r->edit.len)
		text.value = (struct hash_part){r->edit.data, r->edit.len};
	text.revision = (struct hash_part){item->revision, strlen(item->revision)};
	add_header(r, OWN "revision", item->revision, strlen(item->revision));
	if (text.backfill.data)
		add_header(r, OWN "backfill", text.backfill.data, text.backfill.len);
	if (text.reason.data)
		add_header(r, OWN "reason", text.reason.data, text.reason.len);
	signature_make(&r->key, &text, r->signature);
	add_header(r, OWN "signature", r->signature, strlen(r->signature));
	snprintf(r->history, sizeof r->history, "%lld %s:%d:%lld attempt %lld by %s", (long long)item->n,
		 deadletters_source(item), item->partition, (long long)item->offset, (long long)item->attempts + 1,
		 *r->d->by ? r->d->by : "operator");
	add_header(r, OWN "retry", r->history, strlen(r->history));
}

/* ---- what would become of it ---- */

static int note_revision(void *ctx, size_t i, const struct incident *in, struct err *err)
{
	struct retry *r = ctx;

	(void)i;
	(void)err;
	r->revision = in->revision;
	return 0;
}

static int note_fate(void *ctx, size_t i, const struct incident *in, struct err *err)
{
	struct retry *r = ctx;

	(void)i;
	return preview_add(r->preview, in, err);
}

static int mapper_for(struct retry *r, const struct deadletters_item *item, struct err *err)
{
	const char *source = deadletters_source(item);

	if (r->mapper && strcmp(source, r->mapper_source) == 0)
		return 0;
	mapper_close(r->mapper);
	r->mapper = NULL;
	r->mapper_source = source;
	return mapper_open(&r->mapper, source, err);
}

/* As if it came now, behind everything else. */
static int foretell(struct retry *r, struct deadletters_item *item, enum preview_fate *fate, struct err *err)
{
	struct deadletter_header headers[DEADLETTER_HEADERS_MAX];
	enum preview_fate fates[PREVIEW_BATCH];
	struct deadletter again = item->letter;

	if (mapper_for(r, item, err) || mapper_map(r->mapper, &item->letter, 1, note_revision, r, err))
		return -1;
	snprintf(item->revision, sizeof item->revision, "%lld", (long long)r->revision);
	make_headers(r, item);
	again.header_count = 0;
	for (size_t i = 0; i < r->header_count && i < DEADLETTER_HEADERS_MAX; i++)
		headers[again.header_count++] = (struct deadletter_header){
			{r->headers[i].name, strlen(r->headers[i].name)}, r->headers[i].value, r->headers[i].len};
	again.headers = headers;
	again.append_time = run_now_ms();
	again.epoch = r->epoch;
	again.offset = INT64_MAX / 2;
	if (r->edit.len) {
		again.value = r->edit.data;
		again.value_len = r->edit.len;
	}
	if (mapper_map(r->mapper, &again, 1, note_fate, r, err) || preview_settle(r->preview, fates, err))
		return -1;
	*fate = fates[0];
	return 0;
}

static int judge(struct retry *r, struct deadletters_item *item, const char **verdict, struct err *err)
{
	enum preview_fate fate;
	int found = 0;

	if (strcmp(item->state, "open")) {
		*verdict = LEFT "it is not open";
	} else if (item->attempts >= DEADLETTERS_ATTEMPTS) {
		*verdict = LEFT "five attempts have been refused; drop it";
	} else if (item->attempts && !r->d->again) {
		*verdict = LEFT "refused again before; --again sends it once more";
	} else if ((found = deadletters_from_feed(item, err)) < 0 ||
		   (found == 0 && (found = deadletters_from_letter(item, err)) < 0)) {
		return -1;
	} else if (!found) {
		*verdict = LEFT "neither the feed nor the dead letter has its bytes any more";
	} else if (foretell(r, item, &fate, err)) {
		return -1;
	} else if (fate == PREVIEW_REFUSED || fate == PREVIEW_TAKEN_OUT) {
		*verdict = LEFT "it would be refused again";
	} else {
		*verdict = preview_names[fate];
		return 1;
	}
	return 0;
}

/* Keeps those that are to be sent. */
static int judge_all(struct retry *r, struct err *err)
{
	struct deadletters *d = r->d;
	size_t kept = 0;

	for (size_t i = 0; i < d->count; i++) {
		struct deadletters_item *item = &d->items[i];
		const char *verdict;
		int good = judge(r, item, &verdict, err);

		if (good < 0)
			return -1;
		if (d->json)
			printf("%s{\"id\": \"%s\", \"%s\": \"%s\"}", i ? ", " : "", deadletters_id(item),
			       good ? "becomes" : "left", good ? verdict : verdict + strlen(LEFT));
		else
			printf("%s  %s\n", deadletters_id(item), verdict);
		if (!good)
			continue;
		if (kept != i) {
			struct deadletters_item other = d->items[kept];

			d->items[kept] = *item;
			d->items[kept].letter.headers = d->items[kept].headers;
			*item = other;
		}
		kept++;
	}
	for (size_t i = kept; i < d->count; i++)
		buf_release(&d->items[i].bytes);
	d->count = kept;
	return 0;
}

/* ---- doing it ---- */

static void delivered(void *ctx, uint64_t tag, int32_t partition, int64_t offset)
{
	struct retry *r = ctx;

	(void)partition;
	r->d->items[tag].retry_offset = offset;
}

static int say_sent(struct deadletters *d, int64_t n, int64_t offset, struct err *err)
{
	db_param_int8(d->db, n);
	db_param_int8(d->db, offset);
	return db_query(d->db, operator_sql_deadletters_sent, NULL, err) < 0 ? -1 : 0;
}

static int intend(struct retry *r, struct deadletters_item *item, struct kafka_admin *admin, struct err *err)
{
	struct deadletters *d = r->d;
	struct db_result *res;
	int64_t low, high;

	if (kafka_admin_watermarks(admin, item->topic, item->partition, &low, &high, err))
		return -1;
	db_param_text(d->db, item->topic, strlen(item->topic));
	db_param_int4(d->db, item->partition);
	db_param_int8(d->db, item->offset);
	db_param_int4(d->db, (int32_t)item->attempts + 1);
	db_param_int8(d->db, r->edit.len > 0);
	db_param_text(d->db, d->by, strlen(d->by));
	db_param_int8(d->db, high);
	if (db_query(d->db, operator_sql_deadletters_intend, &res, err) < 0)
		return -1;
	item->n = db_rows(res) ? db_int(res, 0, 0) : 0;
	db_free(res);
	return 0;
}

static int send_one(struct retry *r, size_t i, struct err *err)
{
	struct deadletters_item *item = &r->d->items[i];
	int topic = kafka_producer_topic(r->producer, item->topic, err);
	struct kafka_record record = {.partition = item->partition,
				      .key = item->letter.key,
				      .key_len = item->letter.key_len,
				      .value = r->edit.len ? (const void *)r->edit.data : item->letter.value,
				      .value_len = r->edit.len ? r->edit.len : item->letter.value_len,
				      .headers = r->headers,
				      .tag = i};

	if (topic < 0)
		return -1;
	make_headers(r, item);
	record.header_count = r->header_count;
	if (kafka_produce(r->producer, topic, &record, err) || kafka_producer_flush(r->producer, 30000, err))
		return -1;
	run_point("retry-sent");
	return say_sent(r->d, item->n, item->retry_offset, err);
}

static int send_all(struct retry *r, struct err *err)
{
	struct kafka_admin *admin;
	int rc = 0;

	if (operator_kafka(&admin, err))
		return -1;
	rc = kafka_producer_open(&r->producer, delivered, r, err);
	for (size_t i = 0; rc == 0 && i < r->d->count && !run_stopping(); i++) {
		rc = intend(r, &r->d->items[i], admin, err);
		run_point("retry-intended");
		if (rc == 0 && r->d->items[i].n)
			rc = send_one(r, i, err);
	}
	kafka_admin_close(admin);
	return rc;
}

static int account(struct retry *r, struct err *err)
{
	struct deadletters *d = r->d;
	int64_t since = run_monotonic_ms(), left;
	struct db_result *res;
	int status;

	for (;;) {
		if (db_query(d->db, operator_sql_deadletters_settle, NULL, err) < 0)
			return -1;
		db_param_array(d->db, DB_INT8, d->count);
		for (size_t i = 0; i < d->count; i++)
			db_item_int8(d->db, d->items[i].n);
		if (db_query(d->db, operator_sql_deadletters_outcomes, &res, err) < 0)
			return -1;
		left = db_int(res, 0, 2);
		if (!left || run_monotonic_ms() - since > d->wait_s * 1000 || run_stopping())
			break;
		db_free(res);
		run_pause(200);
	}
	printf(d->json ? "\"sent\": %zu, \"resolved\": %lld, \"refused\": %lld, \"unaccounted\": %lld}\n"
		       : "%zu sent: %lld resolved, %lld refused again, %lld not accounted for yet\n",
	       d->count, (long long)db_int(res, 0, 0), (long long)db_int(res, 0, 1), (long long)left);
	status = db_int(res, 0, 1) || left ? OPERATOR_FOUND : 0;
	db_free(res);
	return status;
}

/* ---- what a killed run has left ---- */

static int64_t find_sent(struct kafka_reader *reader, int64_t n, struct err *err)
{
	struct kafka_message m[REPLAY_BATCH];
	int64_t found = -1;

	while (!kafka_reader_done(reader) && !run_stopping()) {
		int got = kafka_reader_batch(reader, m, REPLAY_BATCH, 200, err);
		const char *value;
		size_t len;

		if (got < 0)
			return -2;
		for (int i = 0; i < got; i++)
			if (kafka_header(&m[i], OWN "retry", &value, &len) && value && strtoll(value, NULL, 10) == n)
				found = m[i].offset;
		kafka_consumer_release(m, (size_t)got);
	}
	return found;
}

static int clear_up(struct deadletters *d, struct err *err)
{
	struct db_result *res;
	long rows = db_query(d->db, operator_sql_deadletters_unclear, &res, err);
	int rc = rows < 0 ? -1 : 0;

	for (long i = 0; rc == 0 && i < rows; i++) {
		struct kafka_reader *reader;
		int64_t offset = -2;

		rc = kafka_reader_open(&reader, db_text(res, i, 1, NULL), err);
		if (rc)
			break;
		if (kafka_reader_start(reader, (int32_t)db_int(res, i, 2), db_int(res, i, 3), INT64_MAX, err) == 0)
			offset = find_sent(reader, db_int(res, i, 0), err);
		kafka_reader_close(reader);
		rc = offset == -2 ? -1 : say_sent(d, db_int(res, i, 0), offset, err);
	}
	if (rows >= 0)
		db_free(res);
	return rc || db_query(d->db, operator_sql_deadletters_settle, NULL, err) < 0 ? -1 : 0;
}

static int take_lock(struct deadletters *d, struct err *err)
{
	struct db_result *res;
	int mine;

	if (db_query(d->db, operator_sql_deadletters_lock, &res, err) < 0)
		return -1;
	mine = (int)db_int(res, 0, 0);
	db_free(res);
	return mine ? 0 : err_set(err, ERR_CONFIG, "another lagesbild deadletters retry is at work");
}

static int read_edit(struct retry *r, struct err *err)
{
	FILE *f;

	buf_init(&r->edit, EDIT_MAX);
	if (!r->d->edit)
		return 0;
	if (r->d->id_count != 1)
		return err_set(err, ERR_CONFIG, "--edit mends one letter: give one id");
	f = fopen(r->d->edit, "r");
	if (!f || !buf_reserve(&r->edit, EDIT_MAX)) {
		if (f)
			fclose(f);
		return err_set(err, ERR_CONFIG, "%s cannot be read", r->d->edit);
	}
	r->edit.len = fread(r->edit.data, 1, EDIT_MAX, f);
	fclose(f);
	while (r->edit.len && r->edit.data[r->edit.len - 1] == '\n')
		r->edit.len--;
	return r->edit.len ? 0 : err_set(err, ERR_CONFIG, "%s is empty", r->d->edit);
}

static int work(struct retry *r, struct err *err)
{
	struct deadletters *d = r->d;
	bool agreed;

	if (replay_check_key(r->d->db, err) || hash_key_init(&r->key, operator_conf.operator_key, err) ||
	    read_edit(r, err) || take_lock(r->d, err) || clear_up(r->d, err) || deadletters_pick(r->d, err) ||
	    replay_epoch(d->db, "", &r->epoch, err) || preview_open(&r->preview, d->db, err))
		return -1;
	printf("%s", d->json ? "{\"letters\": [" : "");
	if (judge_all(r, err))
		return -1;
	printf("%s", d->json ? "], " : "");
	fflush(stdout);
	agreed = d->count && replay_agreed(d->yes);
	if (agreed)
		return send_all(r, err) ? -1 : account(r, err);
	if (d->json)
		printf("\"sent\": 0}\n");
	else if (d->count)
		printf("nothing was sent (--yes sends %zu)\n", d->count);
	return 0;
}

int deadletters_retry(struct deadletters *d, struct err *err)
{
	struct retry *r = calloc(1, sizeof *r);
	int status;

	if (!r)
		return err_set(err, ERR_RETRY, "out of memory");
	r->d = d;
	status = work(r, err);
	kafka_producer_close(r->producer);
	mapper_close(r->mapper);
	preview_close(r->preview);
	buf_release(&r->edit);
	hash_key_release(&r->key);
	free(r);
	return status;
}
