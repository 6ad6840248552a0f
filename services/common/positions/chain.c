#include "positions/chain.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void chain_set_init(struct chain_set *set)
{
	memset(set, 0, sizeof *set);
}

void chain_set_release(struct chain_set *set)
{
	free(set->chains);
	free(set->gaps);
	chain_set_init(set);
}

static int grow(void **items, size_t *cap, size_t want, size_t size, struct err *err)
{
	size_t room = *cap ? *cap : 4;
	void *more;

	if (want <= *cap)
		return 0;
	while (room < want)
		room *= 2;
	more = realloc(*items, room * size);
	if (!more)
		return err_set(err, ERR_RETRY, "out of memory for %zu chain records", room);
	*items = more;
	*cap = room;
	return 0;
}

static int room_for_chains(struct chain_set *set, size_t want, struct err *err)
{
	return grow((void **)&set->chains, &set->chain_cap, want, sizeof *set->chains, err);
}

static int room_for_gaps(struct chain_set *set, size_t want, struct err *err)
{
	return grow((void **)&set->gaps, &set->gap_cap, want, sizeof *set->gaps, err);
}

int chain_set_copy(struct chain_set *to, const struct chain_set *from, struct err *err)
{
	if (room_for_chains(to, from->chain_count, err) || room_for_gaps(to, from->gap_count, err))
		return -1;
	if (from->chain_count)
		memcpy(to->chains, from->chains, from->chain_count * sizeof *from->chains);
	if (from->gap_count)
		memcpy(to->gaps, from->gaps, from->gap_count * sizeof *from->gaps);
	to->chain_count = from->chain_count;
	to->gap_count = from->gap_count;
	to->gaps_touched = from->gaps_touched;
	return 0;
}

void chain_set_clean(struct chain_set *set)
{
	for (size_t i = 0; i < set->chain_count; i++)
		set->chains[i].touched = false;
	set->gaps_touched = false;
}

int chain_set_add(struct chain_set *set, const struct chain *chain, struct err *err)
{
	if (room_for_chains(set, set->chain_count + 1, err))
		return -1;
	set->chains[set->chain_count++] = *chain;
	return 0;
}

int chain_set_add_gap(struct chain_set *set, const struct chain_gap *gap, struct err *err)
{
	if (room_for_gaps(set, set->gap_count + 1, err))
		return -1;
	set->gaps[set->gap_count++] = *gap;
	return 0;
}

static bool same_feed(const struct chain *c, const char *topic, size_t topic_len, int32_t partition)
{
	return c->partition == partition && strlen(c->topic) == topic_len && memcmp(c->topic, topic, topic_len) == 0;
}

long chain_set_find(const struct chain_set *set, const char *topic, size_t topic_len, int32_t partition, int64_t epoch)
{
	/* The newest chain is the one asked for, nearly always. */
	for (size_t i = set->chain_count; i-- > 0;) {
		const struct chain *c = &set->chains[i];

		if (c->epoch == epoch && same_feed(c, topic, topic_len, partition))
			return (long)i;
	}
	return -1;
}

static bool has_gap_in(const struct chain_set *set, uint32_t index, int64_t first, int64_t last)
{
	for (size_t g = 0; g < set->gap_count; g++) {
		const struct chain_gap *gap = &set->gaps[g];

		if (gap->chain == index && gap->after_offset < last && gap->before_offset > first)
			return true;
	}
	return false;
}

/* Have the records of a higher epoch come for all from `first` to `last` of the same feed partition? What lies in a gap
 * of that epoch has not come: else a message could be dropped in one epoch for a record that is still to come, or never
 * comes, in the other. */
static bool overtaken(const struct chain_set *set, const struct chain *old, int64_t first, int64_t last)
{
	for (size_t i = 0; i < set->chain_count; i++) {
		const struct chain *c = &set->chains[i];

		if (c->epoch > old->epoch && c->first_offset <= first && c->last_offset >= last &&
		    same_feed(c, old->topic, strlen(old->topic), old->partition) &&
		    !has_gap_in(set, (uint32_t)i, first, last))
			return true;
	}
	return false;
}

static int begin(struct chain_set *set, const struct chain_link *link, uint32_t *index, struct err *err)
{
	struct chain fresh = {
		.partition = link->partition,
		.epoch = link->epoch,
		.first_offset = link->offset,
		.last_offset = -1,
		.touched = true,
	};

	memcpy(fresh.topic, link->topic, link->topic_len);
	*index = (uint32_t)set->chain_count;
	return chain_set_add(set, &fresh, err);
}

/* A record that falls into an open gap takes its place out of it: what remains is one gap, two or none. */
static void fill(struct chain_set *set, size_t g, const struct chain_link *link)
{
	struct chain_gap left = set->gaps[g], right = set->gaps[g];

	left.last_sequence = link->sequence - 1;
	left.before_offset = link->offset;
	right.first_sequence = link->sequence + 1;
	right.after_offset = link->offset;
	set->gaps[g] = set->gaps[--set->gap_count];
	if (left.first_sequence <= left.last_sequence)
		set->gaps[set->gap_count++] = left;
	if (right.first_sequence <= right.last_sequence)
		set->gaps[set->gap_count++] = right;
	set->gaps_touched = true;
}

static long gap_with(const struct chain_set *set, uint32_t index, int64_t sequence)
{
	for (size_t g = 0; g < set->gap_count; g++) {
		const struct chain_gap *gap = &set->gaps[g];

		if (gap->chain == index && sequence >= gap->first_sequence && sequence <= gap->last_sequence)
			return (long)g;
	}
	return -1;
}

static void advance(struct chain_set *set, struct chain *c, const struct chain_link *link, uint32_t index)
{
	if (link->sequence > c->sequence + 1) {
		set->gaps[set->gap_count++] = (struct chain_gap){
			.chain = index,
			.first_sequence = c->sequence + 1,
			.last_sequence = link->sequence - 1,
			.after_offset = c->last_offset,
			.before_offset = link->offset,
		};
		set->gaps_touched = true;
	}
	c->sequence = link->sequence;
	c->last_offset = link->offset;
}

int chain_see(struct chain_set *set, const struct chain_link *link, uint32_t *index, struct err *err)
{
	long found, gap;
	struct chain *c;

	if (link->sequence < 1 || link->offset < 0 || link->partition < 0 || link->topic_len == 0 ||
	    link->topic_len >= CHAIN_TOPIC_MAX)
		return err_message(err, REASON_BAD_VALUE, "the record's origin is no link of a chain");
	if (room_for_gaps(set, set->gap_count + 1, err)) /* so that nothing below can fail half way */
		return -1;
	found = chain_set_find(set, link->topic, link->topic_len, link->partition, link->epoch);
	*index = (uint32_t)found;
	if (found < 0 && begin(set, link, index, err))
		return -1;
	c = &set->chains[*index];
	c->touched = true;
	if (link->sequence > c->sequence) {
		advance(set, c, link, *index);
	} else if ((gap = gap_with(set, *index, link->sequence)) >= 0) {
		fill(set, (size_t)gap, link);
		if (link->offset < c->first_offset)
			c->first_offset = link->offset;
	} else {
		c->fates[CHAIN_REDELIVERED]++;
		return CHAIN_AGAIN;
	}
	if (overtaken(set, c, link->offset, link->offset)) {
		c->fates[CHAIN_SUPERSEDED]++;
		return CHAIN_OVERTAKEN;
	}
	return CHAIN_APPLY;
}

void chain_count(struct chain_set *set, uint32_t index, enum chain_fate fate, int64_t told_ms, int64_t received_ms)
{
	struct chain *c = &set->chains[index];

	assert(index < set->chain_count && fate < CHAIN_REDELIVERED);
	c->fates[fate]++;
	if (told_ms > c->newest_at)
		c->newest_at = told_ms;
	if (received_ms > c->last_at)
		c->last_at = received_ms;
}

void chain_close_overtaken(struct chain_set *set)
{
	for (size_t g = 0; g < set->gap_count;) {
		struct chain_gap *gap = &set->gaps[g];
		struct chain *c = &set->chains[gap->chain];

		if (!overtaken(set, c, gap->after_offset + 1, gap->before_offset - 1)) {
			g++;
			continue;
		}
		c->fates[CHAIN_SUPERSEDED] += gap->last_sequence - gap->first_sequence + 1;
		c->touched = true;
		set->gaps[g] = set->gaps[--set->gap_count];
		set->gaps_touched = true;
	}
}

int64_t chain_lost(const struct chain_set *set, uint32_t index)
{
	int64_t lost = 0;

	for (size_t g = 0; g < set->gap_count; g++)
		if (set->gaps[g].chain == index)
			lost += set->gaps[g].last_sequence - set->gaps[g].first_sequence + 1;
	return lost;
}

int64_t chain_difference(const struct chain_set *set, uint32_t index)
{
	const struct chain *c = &set->chains[index];
	int64_t counted = 0;

	for (int f = CHAIN_UPSERTED; f <= CHAIN_REJECTED; f++)
		counted += c->fates[f];
	return c->sequence - counted - chain_lost(set, index);
}
