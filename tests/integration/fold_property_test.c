/* Property: whatever the interleaving, duplication, correction, withdrawal, rejection and replay of a stream, whatever
 * the batches and restarts, the tables are those of the sorted stream, as long as each feed message's records come in
 * the order of their epochs.
 *
 * Runs the aggregator's own writer against a real PostgreSQL (PG*, an installation made by "lagesbild setup").
 * Arguments: cases, first seed. Each case prints nothing; a failing one prints its seed, so that it can be run alone:
 * fold_property_test 1 SEED. */
#include "../../services/aggregator/writer_private.h"

#include "base/run.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARTITIONS 3
#define MESSAGES 14 /* a partition */
#define EPOCHS 2
#define IDS 7
#define RECORDS_MAX (PARTITIONS * MESSAGES * EPOCHS * 2)
#define FAIL(...) (printf("seed %u: ", seed), printf(__VA_ARGS__), printf("\n"), exit(1))

static unsigned seed;
static uint64_t state;

static unsigned pick(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % n;
}

struct test_record {
	struct incident in;
	int message; /* partition * MESSAGES + offset */
	unsigned at; /* random place in the order of delivery */
};

static struct test_record records[RECORDS_MAX];
static size_t record_count;
static struct test_record *logs[PARTITIONS][RECORDS_MAX]; /* topic incidents */
static size_t log_len[PARTITIONS];

static struct incident_text text(const char *s)
{
	return (struct incident_text){s, strlen(s)};
}

/* What the event says; epoch and message choose nothing here, so that a replay may say the same or something else. */
static void describe(struct incident *in)
{
	static const char *const types[] = {"Skadegörelse",	   "Rån",	   "Trafikkontroll",
					    "Sammanfattning natt", "No such type", "Brand"};
	static const char *const places[] = {"1881", "1880", "18", "00", "9999"};
	static const int64_t months[] = {1709251200000, 1711922400000 - 1, 1711922400000, 1714514400000};

	in->source_system = text("test");
	in->source_type = text(types[pick(6)]);
	in->countable = COUNTABLE_INCIDENT;
	in->suppressed = pick(8) == 0;
	in->count = in->suppressed ? INCIDENT_NULL : 1 + (int64_t)pick(3);
	in->occurred_from = months[pick(4)];
	in->time_precision = pick(4) ? PRECISION_MINUTE : PRECISION_DAY;
	in->municipality = text(places[pick(5)]);
	in->verified = pick(8) ? VERIFIED_REPORTED : VERIFIED_UNFOUNDED;
	in->release = RELEASE_PUBLIC;
}

static void make_record(int partition, int offset, int epoch, int first, int id, int64_t revision)
{
	struct test_record *t = &records[record_count++];
	struct incident *in = &t->in;
	unsigned kind = pick(10);

	incident_init(in);
	memset(in->id, id + 1, sizeof in->id);
	in->operation = kind < 7 ? INCIDENT_UPSERT : kind == 7 ? INCIDENT_WITHDRAW : INCIDENT_REJECT;
	in->origin =
		(struct incident_origin){text("t.feed.press"), partition, 1000 + epoch, offset, offset - first + 1};
	in->source = text("press");
	in->revision = revision;
	in->received_at = 1712000000000 + offset * 1000;
	if (in->operation == INCIDENT_UPSERT)
		describe(in);
	if (in->operation == INCIDENT_REJECT) {
		in->reason = REASON_BAD_VALUE;
		in->detail = text("a test's reject");
	}
	t->message = partition * MESSAGES + offset;
	t->at = pick(1000000);
}

static void make_stream(void)
{
	record_count = 0;
	for (int p = 0; p < PARTITIONS; p++) {
		int replay_from = (int)pick(MESSAGES * 2); /* half of the partitions have no second epoch */

		for (int o = 0; o < MESSAGES; o++) {
			int id = (int)pick(IDS);
			int64_t revision = 1700000000000000 + (int64_t)pick(9) * 1000;

			make_record(p, o, 0, 0, id, revision);
			if (o >= replay_from)
				make_record(p, o, 1, replay_from, id, revision);
		}
	}
}

static int by_place(const void *a, const void *b)
{
	const struct test_record *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

/* Shuffle; then let the two epochs of a message change places where they came in the wrong order; then repeat some. */
static void deliver(void)
{
	struct test_record *first[PARTITIONS * MESSAGES] = {0};

	qsort(records, record_count, sizeof *records, by_place);
	for (size_t i = 0; i < record_count; i++) {
		struct test_record *other = first[records[i].message];

		if (!other) {
			first[records[i].message] = &records[i];
		} else if (other->in.origin.epoch > records[i].in.origin.epoch) {
			struct incident swap = other->in;

			other->in = records[i].in;
			records[i].in = swap;
		}
	}
	memset(log_len, 0, sizeof log_len);
	for (size_t i = 0; i < record_count; i++) {
		int p = records[i].in.origin.partition;
		struct test_record *again = &records[pick((unsigned)i + 1)];

		logs[p][log_len[p]++] = &records[i];
		if (pick(4) == 0 && again->in.origin.partition == p)
			logs[p][log_len[p]++] = again;
	}
}

/* ---- what must come out, from the sorted stream, by the words of the contract ---- */

struct expected {
	const struct incident *winner;
	bool out;
};

static void expect(struct expected want[IDS])
{
	memset(want, 0, IDS * sizeof *want);
	for (size_t i = 0; i < record_count; i++) {
		const struct incident *in = &records[i].in;
		struct expected *w = &want[in->id[0] - 1];
		struct incident_order a = incident_order(in), b;

		if (in->operation == INCIDENT_REJECT)
			continue;
		if (w->winner)
			b = incident_order(w->winner);
		if (!w->winner || incident_order_compare(&a, &b) > 0)
			w->winner = in;
	}
	for (size_t i = 0; i < record_count; i++) {
		const struct incident *in = &records[i].in;
		struct expected *w = &want[in->id[0] - 1];

		if (in->operation == INCIDENT_REJECT && w->winner &&
		    w->winner->origin.partition == in->origin.partition &&
		    w->winner->origin.offset == in->origin.offset && w->winner->origin.epoch < in->origin.epoch)
			w->out = true;
	}
}

struct sums {
	struct delta_table cells, slots;
};

static void must(int rc, const struct err *err)
{
	if (rc < 0)
		FAIL("%s", err->text);
}

static void expect_sums(const struct rules *rules, struct sums *s)
{
	struct expected want[IDS];
	struct err err = {0};

	expect(want);
	for (int id = 0; id < IDS; id++) {
		struct ledger_row row;
		const struct incident *in = want[id].winner;

		if (!in || want[id].out || in->operation == INCIDENT_WITHDRAW)
			continue;
		must(rules_place(rules, in, &row, &err), &err);
		if (row.state == LEDGER_SUPPRESSED)
			must(delta_add(&s->cells, row_cell(row.slot), 0, 1, 0, &err), &err);
		if (row.state != LEDGER_COUNTED)
			continue;
		must(delta_add(&s->cells, row_cell(row.slot), row.n, 0, row_key(row.id), &err), &err);
		if ((row.slot & 255) != LEDGER_NO_HOUR)
			must(delta_add(&s->slots, row.slot, row.n, 0, 0, &err), &err);
	}
	delta_finish(&s->cells);
	delta_finish(&s->slots);
}

/* ---- run it ---- */

static struct db *watch; /* a session of the test's own */

/* Kept from case to case, since opening costs more than a case; some cases end it, as a crash would. */
static struct writer *w;

static void run_stream(void)
{
	struct err err = {0};
	struct batch b;
	int64_t next[PARTITIONS];
	const int32_t all[PARTITIONS] = {0, 1, 2};
	bool more = true;

	must(batch_init(&b, 1 + pick(40), &err), &err);
	while (more) {
		unsigned sessions = pick(6) ? 1000 : 1 + pick(3); /* most streams are read in one go */

		if (w)
			writer_revoke(w, all, PARTITIONS);
		else
			must(writer_open(&w, "live", &err), &err);
		must(writer_assign(w, all, PARTITIONS, next, &err), &err);
		for (; more && sessions; sessions--) {
			for (unsigned reads = pick(60); reads; reads--) {
				int p = (int)pick(PARTITIONS), rc;
				struct kafka_message m = {.partition = p, .offset = next[p]};

				if ((size_t)next[p] == log_len[p])
					continue;
				rc = batch_add(&b, writer_rules(w), &m, &logs[p][next[p]]->in, &err);
				must(rc, &err);
				if (rc == 1)
					break;
				next[p]++;
			}
			must(writer_commit(w, &b, &err), &err);
			more = false;
			for (int p = 0; p < PARTITIONS; p++)
				more = more || (size_t)next[p] < log_len[p];
		}
		if (sessions == 0) {
			writer_close(w);
			w = NULL;
		}
	}
	batch_release(&b);
}

static void compare_table(const char *name, const char *sql, const struct delta_table *want)
{
	struct err err = {0};
	struct db_result *res;
	long rows = db_query(watch, sql, &res, &err);

	must((int)rows, &err);
	if (rows != (long)want->count)
		FAIL("%s has %ld rows, the sorted stream gives %zu", name, rows, want->count);
	for (long i = 0; i < rows; i++) {
		const struct delta *d = &want->items[i];

		if (db_int(res, i, 0) != d->key || db_int(res, i, 1) != d->n || db_int(res, i, 2) != d->suppressed ||
		    db_int(res, i, 3) != d->key_sum)
			FAIL("%s row %ld: key %lld n %lld, expected key %lld n %lld", name, i,
			     (long long)db_int(res, i, 0), (long long)db_int(res, i, 1), (long long)d->key,
			     (long long)d->n);
	}
	db_free(res);
}

static void compare_balance(void)
{
	struct err err = {0};
	struct db_result *res;

	must((int)db_query(watch,
			   "SELECT coalesce(sum(abs(difference)), 0)::bigint, coalesce(sum(lost), 0)::bigint, "
			   "coalesce(sum(received), 0)::bigint FROM lagesbild.balance",
			   &res, &err),
	     &err);
	if (db_int(res, 0, 0) || db_int(res, 0, 1))
		FAIL("difference %lld, lost %lld", (long long)db_int(res, 0, 0), (long long)db_int(res, 0, 1));
	if (db_int(res, 0, 2) != (int64_t)record_count)
		FAIL("received %lld of %zu", (long long)db_int(res, 0, 2), record_count);
	db_free(res);
	must((int)db_query(
		     watch,
		     "SELECT count(*) FROM (SELECT cell, sum(delta) FROM lagesbild_store.change_log GROUP BY 1) c",
		     &res, &err),
	     &err);
	db_free(res);
}

static void clear_tables(void)
{
	struct err err = {0};

	must(db_script(watch,
		       "BEGIN; DELETE FROM lagesbild_store.ledger; DELETE FROM lagesbild_store.cell; DELETE FROM "
		       "lagesbild_store.slot;"
		       "DELETE FROM lagesbild_store.place; DELETE FROM lagesbild_store.chain; DELETE FROM "
		       "lagesbild_store.gap;"
		       "DELETE FROM lagesbild_store.change_log; DELETE FROM lagesbild_store.reject;"
		       "UPDATE lagesbild_store.position SET next = 0, unreadable = 0; COMMIT",
		       &err),
	     &err);
}

static void run_case(const struct rules *rules)
{
	struct sums s;

	state = 0x9e3779b97f4a7c15u ^ ((uint64_t)seed * 0xff51afd7ed558ccdu);
	clear_tables();
	make_stream();
	deliver();
	run_stream();
	delta_init(&s.cells);
	delta_init(&s.slots);
	expect_sums(rules, &s);
	compare_table("cell",
		      "SELECT cell, n, n_suppressed, key_sum FROM lagesbild_store.cell WHERE n <> 0 OR n_suppressed <> "
		      "0 OR key_sum <> 0 ORDER BY 1",
		      &s.cells);
	compare_table("slot", "SELECT slot, n, 0::bigint, 0::bigint FROM lagesbild_store.slot WHERE n <> 0 ORDER BY 1",
		      &s.slots);
	compare_balance();
	delta_release(&s.cells);
	delta_release(&s.slots);
}

int main(int argc, char **argv)
{
	unsigned cases = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1000;
	struct rules *rules = NULL;
	struct err err = {0};

	seed = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1;
	run_init();
	must(db_open(&watch, "fold_property_test", 60000, &err), &err);
	must(rules_load(&rules, watch, "live", &err), &err);
	printf("%u cases from seed %u\n", cases, seed);
	fflush(stdout);
	for (unsigned i = 0; i < cases; i++, seed++)
		run_case(rules);
	printf("%u cases equal the sorted stream\n", cases);
	writer_close(w);
	rules_close(rules);
	db_close(watch);
	return 0;
}
