#include "pack/pack_parts.h"

#include "base/field.h"
#include "json/jsonread.h"
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PACK_FEATURE_MAX (16u << 20)

struct pack_outline {
	struct pack *pack;
	struct jsonread *reader;
	char path[768];
	int line;
};

static const struct field_spec pack_feature[] = {
	{.path = "properties.id", .type = FIELD_TEXT, .required = true, .max = 32}};

static int pack_outline_fail(const struct pack_outline *outline, const char *what, struct err *err)
{
	return err_set(err, ERR_CONFIG, "%.300s, line %d: %s", outline->path, outline->line, what);
}

/* One GeoJSON Feature. Outlines of areas that no register of this pack names are for other packs.
 */
static int pack_outline_feature(struct pack_outline *outline, const char *line, size_t len, struct err *err)
{
	struct pack *pack = outline->pack;
	struct field id;
	struct err why = {0};
	const char *geometry;
	size_t geometry_len;
	int area;

	if (jsonread_record(outline->reader, line, len, pack_feature, 1, &id, &why) ||
	    field_check(pack_feature, 1, &id, &why))
		return pack_outline_fail(outline, why.text, err);
	area = pack_index_get(&pack->area_codes, id.text, id.len);
	if (area < 0)
		return 0;
	if (pack->rows[area].drawn)
		return pack_outline_fail(outline, "the area has an outline already.", err);
	if (jsonread_member(outline->reader, line, len, "geometry", &geometry, &geometry_len, &why))
		return pack_outline_fail(outline, why.text, err);
	if (!geometry)
		return pack_outline_fail(outline, "the feature has no geometry.", err);
	if (geo_add(pack->geo, area, geometry, geometry_len, &why))
		return pack_outline_fail(outline, why.text, err);
	pack->rows[area].drawn = true;
	return 0;
}

static int pack_outline_file(struct pack_outline *outline, struct err *err)
{
	char *bytes, *line, *end;
	size_t len;
	int result = 0;

	if (csv_slurp(outline->path, &bytes, &len, err) < 0)
		return -1;
	outline->line = 1;
	for (line = bytes; *line && result == 0; line = *end ? end + 1 : end, outline->line++) {
		size_t used;

		end = strchrnul(line, '\n');
		used = (size_t)(end - line);
		while (used && strchr(", \r", line[used - 1]))
			used--;
		if (used)
			result = pack_outline_feature(outline, line, used, err);
	}
	free(bytes);
	return result;
}

static int pack_outline_named(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 8 && !strcmp(entry->d_name + len - 8, ".geojson");
}

static int pack_outline_dir(struct pack_outline *outline, const char *dir, struct err *err)
{
	struct dirent **names;
	int count = scandir(dir, &names, pack_outline_named, alphasort), result = 0;

	if (count < 0)
		return err_set(err, ERR_CONFIG, "%s cannot be read: %s.", dir, strerror(errno));
	for (int i = 0; i < count; i++) {
		snprintf(outline->path, sizeof(outline->path), "%s/%s", dir, names[i]->d_name);
		if (result == 0)
			result = pack_outline_file(outline, err);
		free(names[i]);
	}
	free(names);
	return result;
}

/* A register may give a middle and a radius where nobody has drawn the area. */
static int pack_outline_circles(struct pack *pack, struct err *err)
{
	for (size_t i = 0; i < pack->area_count; i++) {
		const struct pack_row *row = &pack->rows[i];

		if (row->drawn || isnan(row->radius_m) || isnan(row->lat) || isnan(row->lon))
			continue;
		if (geo_add_circle(pack->geo, (int)i, row->lat, row->lon, row->radius_m, err) < 0)
			return -1;
	}
	return 0;
}

int pack_outline_load(struct pack *pack, const char *areas_dir, struct err *err)
{
	struct pack_outline outline = {.pack = pack};
	int result = -1;

	if (geo_open(&pack->geo, err) || jsonread_open(&outline.reader, PACK_FEATURE_MAX, err))
		return -1;
	if (!pack_outline_dir(&outline, areas_dir, err) && !pack_outline_circles(pack, err) &&
	    !geo_build(pack->geo, err))
		result = 0;
	jsonread_close(outline.reader);
	return result;
}
