#include "meter.h"

#include "base/metric.h"
#include "base/run.h"
#include "http/health.h"
#include <stdio.h>

#define EVERY_MS 1000
#define AWAY "the database is away"
#define COUNTER(variable, text, what)                                                                                  \
	static struct metric variable = {.name = "lagesbild_" text, .help = what, .kind = METRIC_COUNTER}

static const int64_t sizes[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
static const int64_t times_ms[] = {5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 60000};

COUNTER(sessions, "sessions_total", "Memberships of the consumer group begun: 1 and the rejoins.");
COUNTER(records, "records_total", "Records taken in.");
COUNTER(transactions, "transactions_total", "Transactions committed.");
COUNTER(constraint, "constraint_rejects_total", "Records that the database refused.");
COUNTER(unreadable, "unreadable_total", "Records on incidents that are none of ours.");
COUNTER(retries, "database_retries_total", "Times that the database was away or a transaction failed.");
static struct metric batch_records = {.name = "lagesbild_batch_records",
				      .help = "Records of a batch.",
				      .kind = METRIC_HISTOGRAM,
				      .bounds = sizes,
				      .bound_count = sizeof sizes / sizeof *sizes};
static struct metric seconds = {.name = "lagesbild_transaction_seconds",
				.help = "Time a batch's commit took, retries included.",
				.kind = METRIC_HISTOGRAM,
				.per = 1000,
				.bounds = times_ms,
				.bound_count = sizeof times_ms / sizeof *times_ms};
static struct metric lost = {.name = "lagesbild_lost_messages",
			     .help = "Messages in open gaps of the chains that this instance keeps.",
			     .kind = METRIC_GAUGE};
static struct metric last_commit = {.name = "lagesbild_last_commit_timestamp_seconds",
				    .help = "When the last batch was committed; 0: none yet.",
				    .kind = METRIC_GAUGE,
				    .per = 1000};
static struct metric lag_messages = {.name = "lagesbild_lag_messages",
				     .help = "Records on incidents behind the last one read.",
				     .kind = METRIC_GAUGE,
				     .label = "partition"};
static struct metric build_info = {.name = "lagesbild_build_info",
				   .help = "1 for the build that this process keeps fed.",
				   .kind = METRIC_GAUGE,
				   .label = "build"};

static atomic_bool database_away;
static int64_t turned_ms;
static bool shown[WRITER_ASSIGN_MAX];

void meter_session(const char *build)
{
	static struct metric *const all[] = {&sessions,	  &records,	&transactions, &constraint,
					     &unreadable, &retries,	&lost,	       &batch_records,
					     &seconds,	  &last_commit, &lag_messages, &build_info};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		metric_register(all[i]);
	metric_set(&build_info, build, 1);
	metric_add(&sessions, NULL, 1);
	health_ready("not yet a member of the consumer group");
}

static void show_lag(const struct kafka_consumer *consumer, int32_t partition)
{
	bool ours = kafka_consumer_owns(consumer, partition);
	int64_t lag = ours ? kafka_consumer_lag(consumer, partition) : -1;
	char text[16];

	if (lag < 0 && !shown[partition])
		return;
	snprintf(text, sizeof text, "%d", partition);
	if (lag >= 0)
		metric_set(&lag_messages, text, lag);
	else if (!ours)
		metric_hide(&lag_messages, text);
	shown[partition] = ours;
}

void meter_turned(const struct kafka_consumer *consumer)
{
	int64_t now_ms = run_monotonic_ms();
	const char *trouble;

	if (now_ms - turned_ms < EVERY_MS)
		return;
	turned_ms = now_ms;
	for (int32_t p = 0; p < WRITER_ASSIGN_MAX; p++)
		show_lag(consumer, p);
	trouble = kafka_consumer_trouble(consumer);
	if (!trouble && atomic_load(&database_away))
		trouble = AWAY;
	health_ready(trouble);
	if (!trouble && atomic_load(&database_away)) /* since then, by the other thread */
		health_ready(AWAY);
}

void meter_committed(const struct writer_counts *now, const struct writer_counts *before,
		     const struct chain_set *chains, size_t count, int64_t took_ms)
{
	int64_t open = 0;

	metric_add(&records, NULL, now->records - before->records);
	metric_add(&transactions, NULL, now->transactions - before->transactions);
	metric_add(&constraint, NULL, now->constraint_rejects - before->constraint_rejects);
	metric_add(&unreadable, NULL, now->unreadable - before->unreadable);
	for (size_t i = 0; i < chains->gap_count; i++)
		open += chains->gaps[i].last_sequence - chains->gaps[i].first_sequence + 1;
	metric_set(&lost, NULL, open);
	metric_observe(&batch_records, (int64_t)count);
	metric_observe(&seconds, took_ms);
	metric_set(&last_commit, NULL, run_now_ms());
	meter_database(false);
}

void meter_database(bool away)
{
	if (away && !atomic_exchange(&database_away, true)) {
		metric_add(&retries, NULL, 1);
		health_ready(AWAY);
	} else if (!away) {
		atomic_store(&database_away, false);
	}
}
