/* A small, complete set of reference data in a temporary folder, for the tests of what reads it.
 * Include after cmocka.h. */
#ifndef REFERENCE_FIXTURE_H
#define REFERENCE_FIXTURE_H

#include "pack/pack.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char fixture_dir[64];
static char fixture_paths[16][256];
static size_t fixture_count;

static inline const char *fixture_write(const char *name, const char *text)
{
	char *path = fixture_paths[fixture_count++];
	FILE *file;

	assert_true(fixture_count <= 16);
	snprintf(path, sizeof(fixture_paths[0]), "%s/%s", fixture_dir, name);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
	return path;
}

static inline void fixture_open(void)
{
	char sub[128];

	snprintf(fixture_dir, sizeof(fixture_dir), "/tmp/lagesbild-test-XXXXXX");
	assert_non_null(mkdtemp(fixture_dir));
	fixture_count = 0;
	snprintf(sub, sizeof(sub), "%s/areas", fixture_dir);
	assert_int_equal(mkdir(sub, 0700), 0);
	snprintf(sub, sizeof(sub), "%s/mappings", fixture_dir);
	assert_int_equal(mkdir(sub, 0700), 0);
}

static inline void fixture_close(void)
{
	char sub[128];

	while (fixture_count)
		unlink(fixture_paths[--fixture_count]);
	snprintf(sub, sizeof(sub), "%s/areas", fixture_dir);
	rmdir(sub);
	snprintf(sub, sizeof(sub), "%s/mappings", fixture_dir);
	rmdir(sub);
	rmdir(fixture_dir);
}

#define FIXTURE_AREA_HEAD "code,parent,kind,name,synonyms,lat,long,radius_m,institution,outline\n"
#define FIXTURE_CONF                                                                                                   \
	"municipality = 1881\ncounty=18\nzone = Europe/Stockholm\nname = Kumla\n"                                      \
	"areas = sweden.csv, 1881.csv\n"
#define FIXTURE_DELIVERY "source,kind,from,complete_after_days\npress,events,2023-04,0\n"
#define FIXTURE_MAPPING "source_type,category\nSkadegörelse,DAM\n\"Rån, försök\",ROB\nSammanfattning natt,INF\n"

static inline void fixture_files(void)
{
	fixture_write("categories.csv",
		      "code,parent,sv,en,flag,est\nDAM,,Skadegörelse,Damage,C,1\nROB,,Rån,Robbery,C,1\n"
		      "INF,,Information,Information,P,0\nUNK,,Övrigt,Other,I,1\n");
	fixture_write("mappings/press.csv", FIXTURE_MAPPING);
	fixture_write("areas/sweden.csv",
		      FIXTURE_AREA_HEAD "12,,county,Skåne län,,,,,,\n18,,county,Örebro län,Örebro,,,,,\n"
					"1880,18,municipality,Örebro,,,,,,\n1881,18,municipality,Kumla,,,,,,\n"
					"1280,12,municipality,Malmö,,,,,,\n");
	fixture_write("areas/1881.csv", FIXTURE_AREA_HEAD
		      "1881-centrum,1881,area,Kumla,Stationen|Torget,59.1277,15.1434,900,,\n"
		      "1881-ekeby,1881,area,Ekeby,,59.1600,15.2750,800,,\n"
		      "1881-anstalten,1881-centrum,place,Kumlaanstalten,Fängelset,59.1140,15.1290,300,1,\n");
	fixture_write("areas/own.geojson", "{\"type\":\"Feature\",\"properties\":{\"id\":\"1881\"},"
					   "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
					   "[[[15.0,59.0],[15.4,59.0],[15.4,59.25],[15.0,59.25],[15.0,59.0]]]}}\n"
					   "{\"type\":\"Feature\",\"properties\":{\"id\":\"1280\"},"
					   "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
					   "[[[12.8,55.5],[13.2,55.5],[13.2,55.7],[12.8,55.7],[12.8,55.5]]]}}\n");
	fixture_write("pack.conf", FIXTURE_CONF);
	fixture_write("delivery.csv", FIXTURE_DELIVERY);
	fixture_write("units.csv", "unit,sv,en\nskola,Skola,Schools\ngata-park,Gata och park,Streets\n");
}

#endif
