#include "ledger/share.h"

void share_sums_init(struct share_sums *s)
{
	delta_init(&s->cells);
	delta_init(&s->slots);
	delta_init(&s->places);
}

void share_sums_release(struct share_sums *s)
{
	delta_release(&s->cells);
	delta_release(&s->slots);
	delta_release(&s->places);
}

void share_sums_clear(struct share_sums *s)
{
	delta_clear(&s->cells);
	delta_clear(&s->slots);
	delta_clear(&s->places);
}

int share_add(struct share_sums *s, const struct share *share, int64_t key, int sign, struct err *err)
{
	int64_t cell = row_cell(share->slot), n = sign * (int64_t)share->n;

	if (share->state == LEDGER_SUPPRESSED)
		return delta_add(&s->cells, cell, 0, sign, 0, err);
	if (share->state != LEDGER_COUNTED)
		return 0;
	if (delta_add(&s->cells, cell, n, 0, sign * key, err))
		return -1;
	if ((share->slot & 255) != LEDGER_NO_HOUR && delta_add(&s->slots, share->slot, n, 0, 0, err))
		return -1;
	return share->place ? delta_add(&s->places, (cell << 16) | share->place, n, 0, 0, err) : 0;
}

struct share share_after(const struct share *old, const struct ledger_row *row)
{
	struct share new = {row->slot, row->n, row->place, row->state};

	if (new.state == LEDGER_WITHDRAWN || new.state == LEDGER_REJECTED)
		new.slot = old->slot;
	return new;
}

const char *share_cause_name(enum share_cause cause)
{
	static const char *const names[] = {"",		 "late",      "backfill", "source-removed",
					    "withdrawn", "unfounded", "corrected"};

	return names[cause];
}

static enum share_cause cause_of(enum incident_operation operation, const struct ledger_row *row,
				 const struct share *old)
{
	if (!old->state)
		return row->late ? SHARE_LATE : SHARE_NO_CHANGE;
	if (row->backfill)
		return SHARE_BACKFILL;
	if (operation == INCIDENT_WITHDRAW)
		return row->source_removed ? SHARE_SOURCE_REMOVED : SHARE_WITHDRAWN;
	return row->state == LEDGER_UNFOUNDED ? SHARE_UNFOUNDED : SHARE_CORRECTED;
}

static int64_t counted(const struct share *s)
{
	return s->state == LEDGER_COUNTED || s->state == LEDGER_SUPPRESSED ? s->n : 0;
}

int share_changes(enum incident_operation operation, const struct ledger_row *row, const struct share *old,
		  const struct share *new, struct share_change out[2])
{
	enum share_cause cause = cause_of(operation, row, old);
	int64_t before = counted(old), after = counted(new), from = row_cell(old->slot), to = row_cell(new->slot);
	int count = 0;

	if (cause == SHARE_NO_CHANGE)
		return 0;
	if (before && after && from == to) {
		if (after != before)
			out[count++] = (struct share_change){to, after - before, cause};
		return count;
	}
	if (before)
		out[count++] = (struct share_change){from, -before, cause};
	if (after)
		out[count++] = (struct share_change){to, after, cause};
	return count;
}

enum chain_fate share_fate(enum incident_operation operation, enum chain_fate verdict)
{
	return operation == INCIDENT_WITHDRAW ? CHAIN_WITHDRAWN
	       : operation == INCIDENT_REJECT ? CHAIN_REJECTED
					      : verdict;
}

int64_t share_own_time(const struct ledger_row *row)
{
	int64_t revision_ms = row->order.revision == INCIDENT_NULL ? INCIDENT_NULL : row->order.revision / 1000;

	return revision_ms == row->order.received_at ? row->occurred_from : revision_ms;
}
