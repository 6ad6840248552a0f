#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "geo/geo.h"
#include <math.h>
#include <string.h>

static const char square[] = "{\"type\":\"Polygon\",\"coordinates\":[[[15,59],[16,59],[16,60],[15,60],[15,59]]]}";
static const char two[] = "{\"type\":\"MultiPolygon\",\"coordinates\":[[[[10,55],[11,55],[11,56],[10,56],[10,55]]],"
			  "[[[20,65],[21,65],[21,66],[20,66],[20,65]],"
			  "[[20.4,65.4],[20.6,65.4],[20.6,65.6],[20.4,65.6],[20.4,65.4]]]]}";
static const char bow_tie[] = "{\"type\":\"Polygon\",\"coordinates\":[[[1,1],[2,2],[2,1],[1,2],[1,1]]]}";
/* GEOS alone reads past the end of these. */
static const char half[] = "{\"type\":\"Polygon\",\"coordinates\":[[[15],[16,59],[16,60],[15]]]}";
static const char empty[] = "{\"type\":\"Polygon\",\"coordinates\":[[[],[16,59],[16,60],[]]]}";
static const char line[] = "{\"type\":\"LineString\",\"coordinates\":[[1,1],[2,2]]}";

static void finds_the_smallest(void **state)
{
	struct geo_index *index;
	struct err err = {0};

	(void)state;
	assert_int_equal(geo_open(&index, &err), 0);
	assert_int_equal(geo_add(index, 7, square, strlen(square), &err), 0);
	assert_int_equal(geo_add(index, 8, two, strlen(two), &err), 0);
	assert_int_equal(geo_add_circle(index, 9, 59.5, 15.5, 1000, &err), 0);
	assert_int_equal(geo_build(index, &err), 0);
	assert_int_equal(geo_find(index, 59.2, 15.2), 7);
	assert_int_equal(geo_find(index, 59.0, 15.0), 7);  /* the border belongs to it */
	assert_int_equal(geo_find(index, 15.2, 59.2), -1); /* swapped */
	assert_int_equal(geo_find(index, 59.5, 15.5), 9);
	assert_int_equal(geo_find(index, 55.5, 10.5), 8);
	assert_int_equal(geo_find(index, 65.2, 20.2), 8);
	assert_int_equal(geo_find(index, 65.5, 20.5), -1); /* in the hole */
	assert_int_equal(geo_find(index, NAN, 15), -1);
	geo_close(index);
}

/* 990 m to each side is in, 1010 m is out, in east-west as in north-south, where a degree is half
 * as long. */
static void circle_is_round(void **state)
{
	const double north = 1000 / 111195.0, east = north / cos(59.5 * 3.14159265358979 / 180);
	struct geo_index *index;
	struct err err = {0};

	(void)state;
	assert_int_equal(geo_open(&index, &err), 0);
	assert_int_equal(geo_add_circle(index, 1, 59.5, 15.5, 1000, &err), 0);
	assert_int_equal(geo_build(index, &err), 0);
	assert_int_equal(geo_find(index, 59.5 + 0.99 * north, 15.5), 1);
	assert_int_equal(geo_find(index, 59.5 + 1.01 * north, 15.5), -1);
	assert_int_equal(geo_find(index, 59.5, 15.5 + 0.99 * east), 1);
	assert_int_equal(geo_find(index, 59.5, 15.5 + 1.01 * east), -1);
	geo_close(index);
}

static void refuses_what_is_no_area(void **state)
{
	struct geo_index *index;
	struct err err = {0};

	(void)state;
	assert_int_equal(geo_open(&index, &err), 0);
	assert_int_equal(geo_add(index, 1, line, strlen(line), &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_int_equal(geo_add(index, 1, "{", 1, &err), -1);
	assert_int_equal(geo_add(index, 1, half, strlen(half), &err), -1);
	assert_int_equal(geo_add(index, 1, empty, strlen(empty), &err), -1);
	assert_int_equal(geo_add_circle(index, 1, NAN, 15, 100, &err), -1);
	assert_int_equal(geo_add_circle(index, 1, 59, 15, 0, &err), -1);
	assert_int_equal(geo_add(index, 2, bow_tie, strlen(bow_tie), &err), 0); /* repaired */
	assert_int_equal(geo_build(index, &err), 0);
	assert_int_equal(geo_find(index, 1.2, 1.5), -1);
	assert_int_equal(geo_find(index, 1.5, 1.9), 2);
	geo_close(index);
	geo_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_smallest),
		cmocka_unit_test(circle_is_round),
		cmocka_unit_test(refuses_what_is_no_area),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
