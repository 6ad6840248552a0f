#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "geo/project.h"
#include <math.h>

static struct project *project;

static int setup(void **state)
{
	struct err err = {0};

	(void)state;
	return project_open(&project, &err);
}

static int teardown(void **state)
{
	(void)state;
	project_close(project);
	project_close(NULL);
	return 0;
}

/* Transverse Mercator on GRS 80 by Krueger's series as Lantmateriet gives it (Gauss Conformal Projection), written out
 * independently of PROJ. */
static void krueger(double lat, double lon, double meridian, double scale, double false_east, double *north,
		    double *east)
{
	const double rad = 3.14159265358979323846 / 180, f = 1 / 298.257222101, a = 6378137.0, n = f / (2 - f);
	const double e2 = f * (2 - f), roof = a / (1 + n) * (1 + n * n / 4 + n * n * n * n / 64);
	const double b[4] = {n / 2 - 2 * n * n / 3 + 5 * pow(n, 3) / 16 + 41 * pow(n, 4) / 180,
			     13 * n * n / 48 - 3 * pow(n, 3) / 5 + 557 * pow(n, 4) / 1440,
			     61 * pow(n, 3) / 240 - 103 * pow(n, 4) / 140, 49561 * pow(n, 4) / 161280};
	double e = sqrt(e2), phi = lat * rad, q = atanh(sin(phi)) - e * atanh(e * sin(phi)), conformal = asin(tanh(q));
	double delta = (lon - meridian) * rad, xi = atan2(tan(conformal), cos(delta));
	double eta = atanh(cos(conformal) * sin(delta)), x = xi, y = eta;

	for (int i = 0; i < 4; i++) {
		x += b[i] * sin(2 * (i + 1) * xi) * cosh(2 * (i + 1) * eta);
		y += b[i] * cos(2 * (i + 1) * xi) * sinh(2 * (i + 1) * eta);
	}
	*north = scale * roof * x;
	*east = scale * roof * y + false_east;
}

static void agrees_with_the_series(void **state)
{
	static const double meridians[] = {12, 13.5, 15, 16.5, 18, 14.25, 15.75, 17.25, 18.75, 20.25, 21.75, 23.25};
	double north, east, lat, lon;

	(void)state;
	krueger(59.1258, 15.1392, 15, 0.9996, 500000, &north, &east);
	assert_true(project_to_wgs84(project, 3006, north, east, &lat, &lon));
	assert_true(fabs(lat - 59.1258) < 1e-8 && fabs(lon - 15.1392) < 1e-8);
	for (int i = 0; i < 12; i++) {
		krueger(61.5, meridians[i] + 0.7, meridians[i], 1, 150000, &north, &east);
		assert_true(project_to_wgs84(project, 3007 + i, north, east, &lat, &lon));
		if (fabs(lat - 61.5) > 1e-8 || fabs(lon - meridians[i] - 0.7) > 1e-8)
			fail_msg("EPSG %d: %.9f %.9f", 3007 + i, lat, lon);
	}
}

static void refuses_what_it_cannot(void **state)
{
	double lat = 1, lon = 2;

	(void)state;
	assert_false(project_to_wgs84(project, 4326, 6555000, 508000, &lat, &lon));
	assert_false(project_to_wgs84(project, 3019, 6555000, 508000, &lat, &lon));
	assert_false(project_to_wgs84(project, INT64_MIN, 6555000, 508000, &lat, &lon));
	assert_false(project_to_wgs84(project, 3006, NAN, 508000, &lat, &lon));
	assert_false(project_to_wgs84(project, 3006, 1e300, 508000, &lat, &lon));
	assert_true(lat == 1 && lon == 2);
	assert_true(project_knows(3006) && project_knows(3018) && !project_knows(3005) && !project_knows(3019));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_the_series),
		cmocka_unit_test(refuses_what_it_cannot),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
