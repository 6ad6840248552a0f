#include "normalizer/engine_meter.h"

#include "base/metric.h"
#include <stdio.h>

#define COUNTER(variable, text, what)                                                                                  \
	static struct metric variable = {.name = "lagesbild_" text, .help = what, .kind = METRIC_COUNTER}
#define LANE_GAUGE(variable, text, what, unit)                                                                         \
	static struct metric variable = {                                                                              \
		.name = "lagesbild_" text, .help = what, .kind = METRIC_GAUGE, .label = "partition", .per = unit}

COUNTER(sessions, "sessions_total", "Memberships of the consumer group begun: 1 and the rejoins.");
COUNTER(messages, "messages_total", "Feed messages converted; one met again after a rejoin counts again.");
COUNTER(unmapped, "unmapped_total", "Messages of a type that the mapping does not know.");
COUNTER(unsigned_headers, "unsigned_headers_total", "Messages whose operator's headers were ignored: not signed.");
COUNTER(redactions, "redactions_total", "Personal items dropped.");
LANE_GAUGE(sequence, "chain_sequence", "Messages read in the chain (balance: received).", 1);
LANE_GAUGE(offset, "chain_offset", "Offset of the last message read.", 1);
LANE_GAUGE(lag_messages, "lag_messages", "Messages on the topic behind the last one read.", 1);
LANE_GAUGE(last_at, "last_message_timestamp_seconds", "When the last acknowledged message came to the feed.", 1000);
static struct metric rejected = {.name = "lagesbild_rejected_total",
				 .help = "Messages rejected, by reason.",
				 .kind = METRIC_COUNTER,
				 .label = "reason"};
static struct metric queue = {.name = "lagesbild_produce_queue_messages",
			      .help = "Records handed to Kafka's client and not yet acknowledged.",
			      .kind = METRIC_GAUGE};

static struct convert_counts seen; /* of this membership's converter, already added */

void engine_meter_session(void)
{
	static struct metric *const all[] = {&sessions,		&messages,   &rejected, &unmapped,
					     &unsigned_headers, &redactions, &sequence, &offset,
					     &lag_messages,	&last_at,    &queue};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		metric_register(all[i]);
	metric_add(&sessions, NULL, 1);
	seen = (struct convert_counts){0};
}

void engine_meter_counts(const struct convert_counts *now)
{
	metric_add(&messages, NULL, (int64_t)(now->messages - seen.messages));
	metric_add(&unmapped, NULL, (int64_t)(now->unmapped - seen.unmapped));
	metric_add(&unsigned_headers, NULL, (int64_t)(now->unsigned_ignored - seen.unsigned_ignored));
	metric_add(&redactions, NULL, (int64_t)(now->redactions - seen.redactions));
	for (enum err_reason r = REASON_NONE + 1; r < REASON_COUNT; r++)
		if (r != REASON_SOURCE_REMOVED) /* every reason is shown from the start: a rise from 0 is seen */
			metric_add(&rejected, err_reason_name(r), (int64_t)(now->reasons[r] - seen.reasons[r]));
	seen = *now;
}

void engine_meter_lane(const struct lane *lane, int64_t lag)
{
	char partition[16];

	snprintf(partition, sizeof partition, "%d", lane->partition);
	metric_set(&sequence, partition, lane->sequence);
	metric_set(&offset, partition, lane->last_offset);
	if (lag >= 0)
		metric_set(&lag_messages, partition, lag);
	if (lane->done_append_ms > 0)
		metric_set(&last_at, partition, lane->done_append_ms);
}

void engine_meter_gone(int32_t partition)
{
	char text[16];

	snprintf(text, sizeof text, "%d", partition);
	metric_hide(&sequence, text);
	metric_hide(&offset, text);
	metric_hide(&lag_messages, text);
	metric_hide(&last_at, text);
}

void engine_meter_queue(int64_t waiting)
{
	metric_set(&queue, NULL, waiting);
}
