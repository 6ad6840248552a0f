#include "normalizer/lane.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEQUENCE_BITS 48

static bool parse_metadata(const char *text, int64_t *epoch, int64_t *sequence, int64_t *append_ms)
{
	int64_t *const parts[] = {epoch, sequence, append_ms};
	char *end;

	for (int i = 0; i < 3; i++) {
		if (*text < '0' || *text > '9')
			return false;
		*parts[i] = strtoll(text, &end, 10);
		if (*end != (i < 2 ? ',' : 0))
			return false;
		text = end + 1;
	}
	return *sequence > 0;
}

int lane_open(struct lane *lane, int32_t partition, uint16_t number, const char *metadata, int64_t now_ms,
	      struct err *err)
{
	struct lane fresh = {
		.partition = partition,
		.number = number,
		.epoch = now_ms,
		.last_offset = -1,
		.check_offset = -1,
		.done_offset = -1,
	};
	bool known = parse_metadata(metadata, &fresh.epoch, &fresh.sequence, &fresh.check_append_ms);

	if (!known) {
		fresh.epoch = now_ms;
		fresh.sequence = 0;
	}
	fresh.done_sequence = fresh.sequence;
	fresh.ring = calloc(LANE_RING, sizeof *fresh.ring);
	if (!fresh.ring)
		return err_set(err, ERR_RETRY, "out of memory for partition %d", partition);
	*lane = fresh;
	return known;
}

void lane_close(struct lane *lane)
{
	free(lane->ring);
	lane->ring = NULL;
}

bool lane_full(const struct lane *lane)
{
	return lane->sequence - lane->done_sequence >= LANE_RING;
}

static struct lane_flight *flight(struct lane *lane, int64_t sequence)
{
	return &lane->ring[(uint64_t)sequence % LANE_RING];
}

int64_t lane_read(struct lane *lane, int64_t offset, int64_t append_ms, int acknowledgements)
{
	assert(!lane_full(lane));
	lane->sequence++;
	lane->last_offset = offset;
	*flight(lane, lane->sequence) = (struct lane_flight){offset, append_ms, acknowledgements};
	return lane->sequence;
}

uint64_t lane_tag(const struct lane *lane, int64_t sequence)
{
	return (uint64_t)lane->number << SEQUENCE_BITS | ((uint64_t)sequence & ((1ull << SEQUENCE_BITS) - 1));
}

uint16_t lane_tag_number(uint64_t tag)
{
	return (uint16_t)(tag >> SEQUENCE_BITS);
}

void lane_forgo(struct lane *lane, int64_t sequence)
{
	flight(lane, sequence)->waiting--;
	while (lane->done_sequence < lane->sequence) {
		const struct lane_flight *f = flight(lane, lane->done_sequence + 1);

		if (f->waiting > 0)
			return;
		lane->done_sequence++;
		lane->done_offset = f->offset;
		lane->done_append_ms = f->append_ms;
		lane->uncommitted = true;
	}
}

void lane_acknowledge(struct lane *lane, uint64_t tag)
{
	int64_t sequence = (int64_t)(tag & ((1ull << SEQUENCE_BITS) - 1));

	if (sequence > lane->done_sequence && sequence <= lane->sequence)
		lane_forgo(lane, sequence);
}

int64_t lane_commit(struct lane *lane, char metadata[LANE_METADATA_MAX])
{
	if (!lane->uncommitted)
		return -1;
	lane->uncommitted = false;
	snprintf(metadata, LANE_METADATA_MAX, "%lld,%lld,%lld", (long long)lane->epoch, (long long)lane->done_sequence,
		 (long long)lane->done_append_ms);
	return lane->done_offset + 1;
}
