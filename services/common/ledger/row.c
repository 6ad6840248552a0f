#include "ledger/row.h"

#include "db/copyrow.h"

#define COLUMNS 14

void row_copy(struct buf *b, int16_t build, const struct ledger_row *r)
{
	copyrow_columns(b, COLUMNS);
	copyrow_int2(b, build);
	copyrow_uuid(b, r->id);
	copyrow_int8(b, r->order.revision);
	copyrow_int8(b, r->order.received_at);
	copyrow_int2(b, (int16_t)r->order.partition);
	copyrow_int8(b, r->order.offset);
	copyrow_int8(b, r->order.epoch);
	copyrow_int8(b, r->hash);
	copyrow_int8(b, r->slot);
	copyrow_int8(b, r->occurred_from);
	copyrow_int4(b, r->n);
	copyrow_int2(b, r->place);
	copyrow_int2(b, r->type);
	copyrow_char(b, r->state);
}
