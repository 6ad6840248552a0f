#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "reference_fixture.h"

static int setup(void **state)
{
	(void)state;
	fixture_open();
	fixture_files();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fixture_close();
	return 0;
}

static struct pack *open_pack(void)
{
	struct err err = {0};
	struct pack *pack = NULL;

	if (pack_open(&pack, fixture_dir, fixture_dir, "press", &err) < 0)
		fail_msg("%s", err.text);
	return pack;
}

static const char *find(const struct pack *pack, const char *name, const char *prefer)
{
	const struct pack_area *within = prefer ? pack_area_by_code(pack, prefer, strlen(prefer)) : NULL;
	const struct pack_area *area = pack_area_find(pack, name, strlen(name), within);

	return area ? area->code : "none";
}

static void finds_areas(void **state)
{
	struct pack *pack = open_pack();
	const struct pack_area *place = pack_area_by_code(pack, "1881-anstalten", 14);

	(void)state;
	assert_string_equal(find(pack, "Kumla", NULL), "1881"); /* the municipality before its own area of that name */
	assert_string_equal(find(pack, "Kumla", "1881"), "1881-centrum");
	assert_string_equal(find(pack, "  KUMLA ", NULL), "1881");
	assert_string_equal(find(pack, "Örebro", NULL), "18");
	assert_string_equal(find(pack, "Örebro", "18"), "1880");
	assert_string_equal(find(pack, "torget", "12"), "1881-centrum");
	assert_string_equal(find(pack, "Orebro", NULL), "none");
	assert_string_equal(find(pack, "", NULL), "none");
	assert_string_equal(place->municipality, "1881");
	assert_string_equal(place->county, "18");
	assert_true(place->institution);
	assert_true(pack_area_within(place, pack_area_by_code(pack, "18", 2)));
	assert_false(pack_area_within(place, pack_area_by_code(pack, "12", 2)));
	assert_null(pack_area_by_code(pack, "188", 3));
	assert_non_null(pack_area_at_index(pack, 7));
	assert_null(pack_area_at_index(pack, 8));
	pack_close(pack);
}

static const char *at(const struct pack *pack, double lat, double lon)
{
	const struct pack_area *area = pack_area_at(pack, lat, lon);

	return area ? area->code : "none";
}

static void finds_points(void **state)
{
	struct pack *pack = open_pack();

	(void)state;
	assert_string_equal(at(pack, 59.1277, 15.1434), "1881-centrum");
	assert_string_equal(at(pack, 59.1140, 15.1290), "1881-anstalten");
	assert_string_equal(at(pack, 59.05, 15.05), "1881");
	assert_string_equal(at(pack, 55.6, 13.0), "1280");
	assert_string_equal(at(pack, 62.0, 15.0), "none");
	pack_close(pack);
}

static void finds_types(void **state)
{
	struct pack *pack = open_pack();
	const struct pack_type *type = pack_type_find(pack, " RÅN,  försök ", strlen(" RÅN,  försök "));

	(void)state;
	assert_non_null(type);
	assert_string_equal(type->key, "Rån, försök");
	assert_string_equal(type->category, "ROB");
	assert_int_equal(type->flag, 'C');
	assert_true(type->attempt);
	type = pack_type_find(pack, "Sammanfattning natt", 19);
	assert_non_null(type);
	assert_int_equal(type->flag, 'P');
	assert_false(type->attempt);
	assert_null(pack_type_find(pack, "Rån", strlen("Rån")));
	assert_string_equal(pack_municipality(pack), "1881");
	assert_string_equal(pack_zone_name(pack), "Europe/Stockholm");
	assert_non_null(pack_zone(pack));
	pack_close(pack);
}

static const char *code_found(const char *type)
{
	struct pack *pack = open_pack();
	const struct pack_type *found = pack_type_find(pack, type, strlen(type));
	static char key[32];

	snprintf(key, sizeof(key), "%s", found ? found->key : "none");
	pack_close(pack);
	return key;
}

static void finds_codes_by_their_beginning(void **state)
{
	(void)state;
	assert_string_equal(code_found("1203"), "none");
	fixture_write("mappings/press.csv", FIXTURE_MAPPING "12*,DAM\n120*,ROB\n1209,INF\nxy*,ROB\n");
	assert_string_equal(code_found("1203"), "120*");
	assert_string_equal(code_found(" 1209"), "1209");
	assert_string_equal(code_found("1213"), "12*");
	assert_string_equal(code_found("120"), "120*");
	assert_string_equal(code_found("1"), "none");
	assert_string_equal(code_found("120a"), "none");
	assert_string_equal(code_found("xyz"), "none");
	assert_string_equal(code_found("12034567890123456789"), "120*");
}

static void deliveries_and_units(void **state)
{
	struct pack *pack = open_pack();

	(void)state;
	assert_false(pack_delivery(pack)->counts);
	assert_int_equal(pack_delivery(pack)->from_month, (2023 - 1970) * 12 + 3);
	assert_int_equal(pack_delivery(pack)->small_count, 5);
	assert_string_equal(pack_unit_find(pack, "GATA-park", 9), "gata-park");
	assert_string_equal(pack_unit_find(pack, "Gata och park", 13), "gata-park");
	assert_null(pack_unit_find(pack, "Olle", 4));
	assert_null(pack_unit_find(pack, "", 0));
	pack_close(pack);
	fixture_write("delivery.csv", "source,kind,from\nstaff,counts,2023-04\n");
	fixture_write("pack.conf", FIXTURE_CONF "small_counts = staff 10,press 1\n");
	pack = open_pack();
	assert_null(pack_delivery(pack));
	pack_close(pack);
}

static void version_follows_the_content(void **state)
{
	struct pack *pack = open_pack();
	char before[17];

	(void)state;
	snprintf(before, sizeof(before), "%s", pack_mapping_version(pack));
	assert_int_equal(strlen(before), 16);
	pack_close(pack);
	pack = open_pack();
	assert_string_equal(pack_mapping_version(pack), before);
	pack_close(pack);
	fixture_write("mappings/press.csv", FIXTURE_MAPPING "Brand,UNK\n");
	pack = open_pack();
	assert_string_not_equal(pack_mapping_version(pack), before);
	pack_close(pack);
}

static void refuses(const char *name, const char *text, const char *said)
{
	struct err err = {0};
	struct pack *pack = NULL;

	fixture_close();
	fixture_open();
	fixture_files();
	fixture_write(name, text);
	assert_int_equal(pack_open(&pack, fixture_dir, fixture_dir, "press", &err), -1);
	assert_null(pack);
	assert_int_equal(err.kind, ERR_CONFIG);
	if (!strstr(err.text, said))
		fail_msg("said: %s", err.text);
	/* The cheap look says the same, but of outlines, which it does not read. */
	err = (struct err){0};
	assert_int_equal(pack_check_source(fixture_dir, fixture_dir, "press", &err), strstr(name, "geojson") ? 0 : -1);
	if (err.kind && !strstr(err.text, said))
		fail_msg("said: %s", err.text);
}

static void refuses_wrong_files(void **state)
{
	(void)state;
	refuses("pack.conf", FIXTURE_CONF "zoom = 3\n", "line 6: there is no setting zoom");
	refuses("pack.conf", FIXTURE_CONF "county = 18\n", "line 6: county stands twice");
	refuses("pack.conf", "municipality = 1881\n", "must set");
	refuses("pack.conf", "municipality=1881\ncounty=12\nzone=Europe/Stockholm\nareas=sweden.csv,1881.csv\n",
		"does not lie in");
	refuses("pack.conf", "municipality=1999\ncounty=18\nzone=Europe/Stockholm\nareas=sweden.csv,1881.csv\n",
		"no area register");
	refuses("mappings/press.csv", FIXTURE_MAPPING "Brand,FIRE\n", "line 5: categories.csv has no category FIRE");
	refuses("mappings/press.csv", FIXTURE_MAPPING "skadegörelse ,DAM\n",
		"line 5: source_type skadegörelse  stands twice");
	refuses("categories.csv", "code,flag\nDAM,X\n", "line 2: flag is none");
	refuses("categories.csv", "code,flag\nDAM,C\n", "no category UNK");
	refuses("areas/1881.csv", FIXTURE_AREA_HEAD "1881-a,1999,area,A,,,,,,\n",
		"line 2: the parent stands in no register");
	refuses("areas/1881.csv", FIXTURE_AREA_HEAD "1881-a,1881-b,area,A,,,,,,\n1881-b,1881-a,area,B,,,,,,\n",
		"circle");
	refuses("areas/1881.csv", FIXTURE_AREA_HEAD "1880-a,1881,area,A,,,,,,\n", "does not begin with");
	refuses("areas/1881.csv", FIXTURE_AREA_HEAD "1881,18,municipality,A,,,,,,\n", "line 2: code 1881 stands twice");
	refuses("areas/1881.csv", FIXTURE_AREA_HEAD "1881-a,1881,area,A,,x,15,100,,\n", "lat is no number");
	refuses("delivery.csv", "source,kind,from\npress,both,2023-04\n", "line 2: kind");
	refuses("delivery.csv", "source,kind,from\npress,events,2023-4\n", "line 2: from");
	refuses("delivery.csv", "source,kind,from\npress,events,2023-13\n", "line 2: from");
	refuses("delivery.csv", FIXTURE_DELIVERY "press,events,2023-04,0\n", "line 3: the source stands twice");
	refuses("units.csv", "unit,sv\nskola,Skola\nskolan,SKOLA\n", "line 3: the unit SKOLA stands twice");
	refuses("pack.conf", FIXTURE_CONF "small_counts = press\n", "small_counts");
	refuses("pack.conf", FIXTURE_CONF "small_counts = press 0\n", "small_counts");
	refuses("pack.conf", FIXTURE_CONF "small_counts = staff 5x\n", "small_counts");
	refuses("areas/own.geojson", "{\"type\":\"Feature\"}\n", "own.geojson, line 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(finds_areas, setup, teardown),
		cmocka_unit_test_setup_teardown(finds_points, setup, teardown),
		cmocka_unit_test_setup_teardown(finds_types, setup, teardown),
		cmocka_unit_test_setup_teardown(finds_codes_by_their_beginning, setup, teardown),
		cmocka_unit_test_setup_teardown(deliveries_and_units, setup, teardown),
		cmocka_unit_test_setup_teardown(version_follows_the_content, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_wrong_files, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
