#include "ledger/share.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static const struct share none = {0};

static int64_t slot_in(int32_t month, int hour)
{
	return row_slot(month, 7, 3, 1, hour);
}

static struct ledger_row row(int32_t month, int hour, int32_t n, char state)
{
	return (struct ledger_row){.slot = slot_in(month, hour), .n = n, .place = 5, .state = state};
}

static struct share share(int32_t month, int32_t n, char state)
{
	return (struct share){slot_in(month, 10), n, 5, state};
}

static const struct delta *only(struct delta_table *t)
{
	delta_finish(t);
	assert_int_equal(t->count, 1);
	return t->items;
}

static void a_counted_row_is_in_cell_hour_and_place(void **state)
{
	struct share_sums s;
	struct err err = {0};
	struct share counted = share(100, 3, LEDGER_COUNTED);

	(void)state;
	share_sums_init(&s);
	assert_int_equal(share_add(&s, &counted, 77, 1, &err), 0);
	assert_int_equal(only(&s.cells)->n, 3);
	assert_int_equal(only(&s.cells)->key_sum, 77);
	assert_int_equal(only(&s.slots)->key, slot_in(100, 10));
	assert_int_equal(only(&s.places)->key, row_cell(slot_in(100, 10)) << 16 | 5);
	share_sums_clear(&s);
	delta_finish(&s.cells);
	assert_int_equal(s.cells.count, 0);
	share_sums_release(&s);
}

static void what_has_no_hour_place_or_count_is_where_it_can_be(void **state)
{
	struct share_sums s;
	struct err err = {0};
	struct share day = {slot_in(100, LEDGER_NO_HOUR), 1, 0, LEDGER_COUNTED};
	struct share withheld = share(100, 0, LEDGER_SUPPRESSED), out = share(100, 4, LEDGER_UNFOUNDED);

	(void)state;
	share_sums_init(&s);
	assert_int_equal(share_add(&s, &day, 1, 1, &err), 0);
	assert_int_equal(share_add(&s, &withheld, 2, 1, &err), 0);
	assert_int_equal(share_add(&s, &out, 4, 1, &err), 0);
	assert_int_equal(share_add(&s, &none, 8, -1, &err), 0);
	assert_int_equal(only(&s.cells)->n, 1);
	assert_int_equal(only(&s.cells)->suppressed, 1);
	assert_int_equal(only(&s.cells)->key_sum, 1);
	assert_int_equal(s.slots.count, 0);
	assert_int_equal(s.places.count, 0);
	share_sums_release(&s);
}

static const char *cause(enum incident_operation operation, const struct ledger_row *r, const struct share *old)
{
	struct share_change out[2];
	struct share new = share_after(old, r);

	return share_changes(operation, r, old, &new, out) ? share_cause_name(out[0].cause) : "";
}

static void each_change_has_its_cause(void **state)
{
	struct ledger_row in = row(100, 10, 1, LEDGER_COUNTED), out = {.state = LEDGER_WITHDRAWN};
	struct ledger_row refused = {.state = LEDGER_REJECTED}, unfounded = row(100, 10, 0, LEDGER_UNFOUNDED);
	struct share old = share(99, 1, LEDGER_COUNTED);

	(void)state;
	assert_string_equal(cause(INCIDENT_UPSERT, &in, &none), "");
	assert_string_equal(cause(INCIDENT_UPSERT, &in, &old), "corrected");
	assert_string_equal(cause(INCIDENT_UPSERT, &unfounded, &old), "unfounded");
	assert_string_equal(cause(INCIDENT_WITHDRAW, &out, &old), "withdrawn");
	assert_string_equal(cause(INCIDENT_REJECT, &refused, &old), "corrected");
	out.source_removed = true;
	assert_string_equal(cause(INCIDENT_WITHDRAW, &out, &old), "source-removed");
	in.late = true;
	assert_string_equal(cause(INCIDENT_UPSERT, &in, &none), "late");
	in.backfill = true;
	assert_string_equal(cause(INCIDENT_UPSERT, &in, &old), "backfill");
}

static void a_move_is_two_lines_and_a_recount_one(void **state)
{
	struct ledger_row moved = row(100, 10, 2, LEDGER_COUNTED), recounted = row(99, 11, 4, LEDGER_COUNTED);
	struct share old = share(99, 1, LEDGER_COUNTED), to_moved = share_after(&old, &moved);
	struct share to_recounted = share_after(&old, &recounted);
	struct share_change out[2];

	(void)state;
	assert_int_equal(share_changes(INCIDENT_UPSERT, &moved, &old, &to_moved, out), 2);
	assert_int_equal(out[0].cell, row_cell(old.slot));
	assert_int_equal(out[0].delta, -1);
	assert_int_equal(out[1].cell, row_cell(moved.slot));
	assert_int_equal(out[1].delta, 2);
	assert_int_equal(share_changes(INCIDENT_UPSERT, &recounted, &old, &to_recounted, out), 1);
	assert_int_equal(out[0].delta, 3);
	recounted.n = 1;
	to_recounted = share_after(&old, &recounted);
	assert_int_equal(share_changes(INCIDENT_UPSERT, &recounted, &old, &to_recounted, out), 0);
}

/* What goes out says nothing of where it was: the line stands at the old cell. */
static void what_goes_out_is_missed_where_it_was(void **state)
{
	struct ledger_row out = {.state = LEDGER_WITHDRAWN};
	struct share old = share(99, 3, LEDGER_COUNTED), new = share_after(&old, &out);
	struct share_change lines[2];

	(void)state;
	assert_int_equal(new.slot, old.slot);
	assert_int_equal(share_changes(INCIDENT_WITHDRAW, &out, &old, &new, lines), 1);
	assert_int_equal(lines[0].cell, row_cell(old.slot));
	assert_int_equal(lines[0].delta, -3);
}

static void fates_and_own_times(void **state)
{
	struct ledger_row r = {.occurred_from = 5000, .order = {.revision = 7000000, .received_at = 9000}};

	(void)state;
	assert_int_equal(share_fate(INCIDENT_UPSERT, CHAIN_DUPLICATE), CHAIN_DUPLICATE);
	assert_int_equal(share_fate(INCIDENT_WITHDRAW, CHAIN_SUPERSEDED), CHAIN_WITHDRAWN);
	assert_int_equal(share_fate(INCIDENT_REJECT, CHAIN_UPSERTED), CHAIN_REJECTED);
	assert_int_equal(share_own_time(&r), 7000);
	r.order.received_at = 7000; /* its revision is our own clock's */
	assert_int_equal(share_own_time(&r), 5000);
	r.order.revision = INCIDENT_NULL;
	assert_int_equal(share_own_time(&r), INCIDENT_NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_counted_row_is_in_cell_hour_and_place),
		cmocka_unit_test(what_has_no_hour_place_or_count_is_where_it_can_be),
		cmocka_unit_test(each_change_has_its_cause),
		cmocka_unit_test(a_move_is_two_lines_and_a_recount_one),
		cmocka_unit_test(what_goes_out_is_missed_where_it_was),
		cmocka_unit_test(fates_and_own_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
