#include "normalizer/place.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "reference_fixture.h"
#include <math.h>

static struct pack *pack;
static struct incident got;
static struct err err;

static int setup(void **state)
{
	(void)state;
	fixture_open();
	fixture_files();
	return pack_open(&pack, fixture_dir, fixture_dir, "press", &err);
}

static int teardown(void **state)
{
	(void)state;
	pack_close(pack);
	fixture_close();
	return 0;
}

static int fill(const char *first, const char *second, double lat, double lon, bool public_source)
{
	struct source_event event = {.lat = lat, .lon = lon};

	event.places[0] = (struct incident_text){first, first ? strlen(first) : 0};
	event.places[1] = (struct incident_text){second, second ? strlen(second) : 0};
	incident_init(&got);
	err = (struct err){0};
	return place_fill(pack, &event, public_source, &got, &err);
}

static void assert_text(struct incident_text text, const char *expected)
{
	if (!expected) {
		assert_null(text.text);
		return;
	}
	assert_non_null(text.text);
	assert_int_equal(text.len, strlen(expected));
	assert_memory_equal(text.text, expected, text.len);
}

static void assert_at(const char *municipality, const char *area, const char *place, enum incident_geo precision)
{
	assert_text(got.municipality, municipality);
	assert_text(got.area, area);
	assert_text(got.place, place);
	assert_int_equal(got.geo_precision, precision);
}

static void names_give_the_area(void **state)
{
	(void)state;
	assert_int_equal(fill("Örebro", NULL, NAN, NAN, true), 0);
	assert_at("18", NULL, NULL, GEO_COUNTY); /* a county's synonym: the more general of the two */
	assert_int_equal(fill("Malmö", NULL, NAN, NAN, true), 0);
	assert_at("1280", NULL, NULL, GEO_MUNICIPALITY);
	assert_int_equal(fill(" KUMLA ", NULL, NAN, NAN, true), 0);
	assert_at("1881", NULL, NULL, GEO_MUNICIPALITY);
	assert_int_equal(fill("Skåne län", NULL, NAN, NAN, true), 0);
	assert_at("12", NULL, NULL, GEO_COUNTY);
	assert_int_equal(fill("Stationen", NULL, NAN, NAN, true), 0);
	assert_at("1881", "1881-centrum", NULL, GEO_AREA);
	assert_int_equal(fill("Fängelset", NULL, NAN, NAN, true), 0);
	assert_at("1881", "1881-centrum", "Kumlaanstalten", GEO_AREA);
}

static void a_county_is_refined_by_a_later_name_within_it(void **state)
{
	(void)state;
	assert_int_equal(fill("Örebro län", "Kumla", NAN, NAN, true), 0);
	assert_at("1881", NULL, NULL, GEO_MUNICIPALITY);
	assert_int_equal(fill("Örebro län", "Malmö", NAN, NAN, true), 0);
	assert_at("18", NULL, NULL, GEO_COUNTY);
	assert_int_equal(fill("Kumla", "Malmö", NAN, NAN, true), 0);
	assert_at("1881", NULL, NULL, GEO_MUNICIPALITY);
}

/* There is an Ekeby in many places: ours only when nothing says that it was elsewhere. */
static void an_own_area_gives_way_to_a_name_elsewhere(void **state)
{
	(void)state;
	assert_int_equal(fill("Ekeby", "Örebro län", NAN, NAN, true), 0);
	assert_at("1881", "1881-ekeby", NULL, GEO_AREA);
	assert_int_equal(fill("Ekeby", "Skåne län", NAN, NAN, true), 0);
	assert_at("12", NULL, NULL, GEO_COUNTY);
}

static void what_nobody_knows_is_unknown(void **state)
{
	(void)state;
	assert_int_equal(fill("Atlantis", NULL, NAN, NAN, true), 0);
	assert_at("00", NULL, NULL, GEO_NONE);
	assert_int_equal(fill(NULL, "", NAN, NAN, true), 0);
	assert_at("00", NULL, NULL, GEO_NONE);
	assert_int_equal(fill("Atlantis", "Kumla", NAN, NAN, true), 0);
	assert_at("1881", NULL, NULL, GEO_MUNICIPALITY);
}

static void a_point_refines_but_never_contradicts(void **state)
{
	(void)state;
	assert_int_equal(fill(NULL, NULL, 59.1277, 15.1434, true), 0);
	assert_at("1881", "1881-centrum", NULL, GEO_POINT);
	assert_int_equal(fill("Malmö", NULL, 59.1277, 15.1434, true), 0);
	assert_text(got.municipality, "1280");
	assert_text(got.area, NULL);
	assert_int_equal(fill("Kumla", NULL, 59.1277, 15.1434, true), 0);
	assert_at("1881", "1881-centrum", NULL, GEO_POINT);
	assert_int_equal(fill("Ekeby", NULL, 59.1277, 15.1434, true), 0);
	assert_text(got.area, "1881-ekeby");
}

/* Where somebody lives must not be told by a source that is not public. */
static void only_a_public_source_keeps_its_point(void **state)
{
	(void)state;
	assert_int_equal(fill("Kumla", NULL, 59.1277, 15.1434, true), 0);
	assert_true(got.latitude > 59.12 && got.latitude < 59.13 && got.longitude > 15.14 && got.longitude < 15.15);
	assert_int_equal(fill("Kumla", NULL, 59.1277, 15.1434, false), 0);
	assert_at("1881", "1881-centrum", NULL, GEO_AREA);
	assert_true(isnan(got.latitude) && isnan(got.longitude));
}

static void a_point_that_cannot_be_is_refused(void **state)
{
	(void)state;
	assert_int_equal(fill("Kumla", NULL, 15.1434, 59.1277, true), -1);
	assert_int_equal(err.reason, REASON_BAD_VALUE);
	assert_non_null(strstr(err.text, "swapped"));
	assert_int_equal(fill("Kumla", NULL, 0, 0, true), -1);
	assert_int_equal(err.reason, REASON_BAD_VALUE);
	assert_null(strstr(err.text, "swapped"));
	assert_int_equal(fill("Kumla", NULL, 59.1277, NAN, true), 0);
	assert_at("1881", NULL, NULL, GEO_MUNICIPALITY);
}

static int fill_within(const char *town, const char *name, double lat, double lon)
{
	struct source_event event = {.municipality = {town, strlen(town)}, .lat = lat, .lon = lon};

	event.places[0] = (struct incident_text){name, name ? strlen(name) : 0};
	incident_init(&got);
	err = (struct err){0};
	return place_fill(pack, &event, false, &got, &err);
}

static bool known(const char *town, const char *name)
{
	struct source_event event = {.municipality = {town, strlen(town)}};

	event.places[0] = (struct incident_text){name, strlen(name)};
	return place_known(pack, &event);
}

static void a_stated_municipality_holds(void **state)
{
	(void)state;
	assert_int_equal(fill_within("1881", "Stationen", NAN, NAN), 0);
	assert_at("1881", "1881-centrum", NULL, GEO_AREA);
	assert_int_equal(fill_within("Kumla", "Kumla", NAN, NAN), 0); /* its own area of that name */
	assert_at("1881", "1881-centrum", NULL, GEO_AREA);
	assert_int_equal(fill_within("1881", "1881-ekeby", NAN, NAN), 0);
	assert_at("1881", "1881-ekeby", NULL, GEO_AREA);
	assert_int_equal(fill_within("Örebro", "Ekeby", NAN, NAN), 0); /* the town, not the county; not our Ekeby */
	assert_at("1880", NULL, NULL, GEO_MUNICIPALITY);
	assert_int_equal(fill_within("9999", "Ekeby", NAN, NAN), 0);
	assert_at("00", NULL, NULL, GEO_NONE);
	assert_int_equal(fill_within("18", "Ekeby", NAN, NAN), 0); /* a county is no municipality */
	assert_at("00", NULL, NULL, GEO_NONE);
	assert_int_equal(fill_within("1881", "hos Olle", 59.1277, 15.1434), 0);
	assert_at("1881", "1881-centrum", NULL, GEO_AREA);
	assert_true(known("1881", "Ekeby") && known("1881", ""));
	assert_false(known("1881", "hos Olle") || known("9999", "") || known("1280", "Ekeby"));
}

static void a_point_lies_in_or_near_the_county(void **state)
{
	(void)state;
	assert_int_equal(fill(NULL, NULL, 59.35, 15.2, true), 0); /* 11 km north of the outline */
	assert_int_equal(fill(NULL, NULL, 59.50, 15.2, true), -1);
	assert_int_equal(err.reason, REASON_BAD_VALUE);
	assert_int_equal(fill(NULL, NULL, 55.6, 13.0, true), -1); /* Malmö */
	assert_non_null(strstr(err.text, "near the county"));
}

static int project_point(int64_t epsg, double north, double east, struct source_event *event)
{
	struct project *project;
	int result;

	*event = (struct source_event){.lat = NAN, .lon = NAN, .north = north, .east = east, .epsg = epsg};
	err = (struct err){0};
	assert_int_equal(project_open(&project, &err), 0);
	result = place_project(project, event, &err);
	project_close(project);
	return result;
}

static void northings_and_eastings(void **state)
{
	struct source_event event;

	(void)state;
	assert_int_equal(project_point(3006, 6555000, 508000, &event), 0);
	assert_true(fabs(event.lat - 59.13) < 0.01 && fabs(event.lon - 15.14) < 0.01);
	assert_int_equal(project_point(3006, NAN, NAN, &event), 0);
	assert_true(isnan(event.lat));
	assert_int_equal(project_point(3006, 508000, 6555000, &event), -1);
	assert_non_null(strstr(err.text, "swapped"));
	assert_int_equal(project_point(3006, 0, 0, &event), -1);
	assert_null(strstr(err.text, "swapped"));
	assert_int_equal(project_point(3021, 6555000, 508000, &event), -1); /* RT 90 */
	assert_non_null(strstr(err.text, "epsg"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_give_the_area),
		cmocka_unit_test(a_county_is_refined_by_a_later_name_within_it),
		cmocka_unit_test(an_own_area_gives_way_to_a_name_elsewhere),
		cmocka_unit_test(what_nobody_knows_is_unknown),
		cmocka_unit_test(a_point_refines_but_never_contradicts),
		cmocka_unit_test(only_a_public_source_keeps_its_point),
		cmocka_unit_test(a_stated_municipality_holds),
		cmocka_unit_test(a_point_lies_in_or_near_the_county),
		cmocka_unit_test(northings_and_eastings),
		cmocka_unit_test(a_point_that_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
