/* sweref: points whose coordinates PROJ 9.1 gives. */
#include "../../services/simulator/sweref.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void agrees_with_proj(void **state)
{
	static const struct {
		double lat, lon, north, east;
	} points[] = {
		{66, 24, 7349217.6675, 907351.9808},	  {59.1258, 15.1392, 6554068.3636, 507968.1670},
		{55.34, 12.9, 6134635.3277, 366814.9198}, {68.2, 20.3, 7574594.2605, 719424.6487},
		{59, 15, 6540052.0174, 500000.0000},

	};

	(void)state;
	for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
		double north, east;

		sweref_project(points[i].lat, points[i].lon, &north, &east);
		assert_true(fabs(north - points[i].north) < 0.001);
		assert_true(fabs(east - points[i].east) < 0.001);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_proj)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
