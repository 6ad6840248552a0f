#include "sweref.h"

#include <math.h>

void sweref_project(double lat, double lon, double *north, double *east)
{
	const double f = 1 / 298.257222101, e2 = f * (2 - f), n = f / (2 - f), n2 = n * n, n3 = n2 * n, n4 = n3 * n;
	const double radius = 6378137.0 / (1 + n) * (1 + n2 / 4 + n4 / 64), scale = 0.9996 * radius;
	const double a = e2, b = (5 * e2 * e2 - pow(e2, 3)) / 6, c = (104 * pow(e2, 3) - 45 * pow(e2, 4)) / 120;
	const double d = 1237 * pow(e2, 4) / 1260;
	const double beta[] = {n / 2 - 2 * n2 / 3 + 5 * n3 / 16 + 41 * n4 / 180,
			       13 * n2 / 48 - 3 * n3 / 5 + 557 * n4 / 1440, 61 * n3 / 240 - 103 * n4 / 140,
			       49561 * n4 / 161280};
	const double phi = lat * M_PI / 180, away = (lon - 15) * M_PI / 180, s = sin(phi) * sin(phi);
	const double conformal = phi - sin(phi) * cos(phi) * (a + s * (b + s * (c + s * d)));
	const double xi = atan2(tan(conformal), cos(away)), eta = atanh(cos(conformal) * sin(away));

	*north = xi;
	*east = eta;
	for (int i = 0; i < 4; i++) {
		*north += beta[i] * sin(2 * (i + 1) * xi) * cosh(2 * (i + 1) * eta);
		*east += beta[i] * cos(2 * (i + 1) * xi) * sinh(2 * (i + 1) * eta);
	}
	*north *= scale;
	*east = *east * scale + 500000;
}
