/* calendar: days that Swedes know by heart, against the rules that find them. */
#include "../../services/simulator/calendar.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct calendar_day day(int32_t year, int32_t month, int32_t date)
{
	struct calendar_day d;

	calendar_day(period_days(year, month, date), &d);
	assert_int_equal(d.year, year);
	assert_int_equal(d.month, month);
	assert_int_equal(d.day, date);
	return d;
}

static void finds_easter(void **state)
{
	(void)state;
	assert_int_equal(calendar_easter(2021), period_days(2021, 4, 4));
	assert_int_equal(calendar_easter(2024), period_days(2024, 3, 31));
	assert_int_equal(calendar_easter(2025), period_days(2025, 4, 20));
	assert_int_equal(calendar_easter(2038), period_days(2038, 4, 25));
}

static void counts_weeks_as_iso_does(void **state)
{
	(void)state;
	assert_int_equal(calendar_week(period_days(2021, 1, 3)), 53);
	assert_int_equal(calendar_week(period_days(2021, 1, 4)), 1);
	assert_int_equal(calendar_week(period_days(2024, 12, 30)), 1);
	assert_int_equal(calendar_week(period_days(2025, 10, 27)), 44);
}

static void knows_weekdays_and_holidays(void **state)
{
	(void)state;
	assert_int_equal(day(2024, 2, 29).weekday, 4);
	assert_int_equal(day(2025, 12, 31).weekday, 3);
	assert_true(day(2024, 3, 29).holiday); /* Good Friday */
	assert_true(day(2024, 4, 1).holiday);  /* Easter Monday */
	assert_true(day(2024, 5, 9).holiday);  /* Ascension Day */
	assert_true(day(2024, 6, 6).holiday);
	assert_false(day(2024, 5, 10).holiday);
	assert_true(day(2024, 5, 11).holiday); /* a Saturday */
}

static void knows_evenings_and_breaks(void **state)
{
	(void)state;
	assert_true(day(2024, 6, 21).eve); /* Midsummer's Eve */
	assert_false(day(2024, 6, 14).eve);
	assert_true(day(2025, 4, 30).eve);
	assert_true(day(2024, 7, 1).school_free);
	assert_true(day(2025, 2, 19).school_free); /* week 8 */
	assert_false(day(2025, 2, 26).school_free);
	assert_true(day(2024, 4, 3).school_free); /* the week after Easter */
	assert_true(day(2024, 10, 25).payday);
	assert_false(day(2024, 10, 18).payday);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_easter),
		cmocka_unit_test(counts_weeks_as_iso_does),
		cmocka_unit_test(knows_weekdays_and_holidays),
		cmocka_unit_test(knows_evenings_and_breaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
