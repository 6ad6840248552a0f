#include "world.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static double number_or(const char *text, double otherwise)
{
	return *text ? strtod(text, NULL) : otherwise;
}

/* ---- areas and places */

static const char *own_area(const struct world *w, const char *code)
{
	const struct pack_area *area = pack_area_by_code(w->pack, code, strlen(code));

	while (area && area->kind == PACK_PLACE)
		area = area->parent;
	return area ? area->code : w->municipality;
}

static int add_spot(struct world *w, const struct world_spot *spot, struct err *err)
{
	if (w->spot_count == WORLD_SPOTS_MAX)
		return err_set(err, ERR_CONFIG, "The register has more than %d areas and places of its own.",
			       WORLD_SPOTS_MAX);
	w->weights[w->spot_count] = spot->weight;
	w->spots[w->spot_count++] = *spot;
	return 0;
}

/* A name that others bear too (a place called like the town) would be counted elsewhere. */
static bool means_itself(const struct world *w, const char *name, const char *code)
{
	const struct pack_area *town = pack_area_by_code(w->pack, w->municipality, strlen(w->municipality));
	const struct pack_area *found = pack_area_find(w->pack, name, strlen(name), town);

	return found && !strcmp(found->code, code);
}

static int read_areas(struct world *w, const char *schemas, struct err *err)
{
	enum { CODE, KIND, NAME, LAT, LONG, RADIUS, COLUMNS };
	static const char *const names[COLUMNS] = {"code", "kind", "name", "lat", "long", "radius_m"};
	int at[COLUMNS], more;
	char path[512];

	snprintf(path, sizeof path, "%s/areas/%s.csv", schemas, w->municipality);
	if (csv_open(&w->areas, path, err))
		return -1;
	for (int i = 0; i < COLUMNS; i++)
		if ((at[i] = csv_column(&w->areas, names[i], err)) < 0)
			return -1;
	while ((more = csv_next(&w->areas, err)) > 0) {
		const char *const *f = w->areas.fields;
		struct world_spot spot = {.code = f[at[CODE]],
					  .name = f[at[NAME]],
					  .area = own_area(w, f[at[CODE]]),
					  .municipality = w->municipality,
					  .weight = strcmp(f[at[KIND]], "place") ? 1 : 0.5,
					  .lat = number_or(f[at[LAT]], 0),
					  .lon = number_or(f[at[LONG]], 0),
					  .radius_m = number_or(f[at[RADIUS]], 0)};

		if (means_itself(w, spot.name, f[at[CODE]]) && add_spot(w, &spot, err))
			return -1;
	}
	return more;
}

static int add_neighbours(struct world *w, struct err *err)
{
	const struct pack_area *area;

	for (size_t i = 0; (area = pack_area_at_index(w->pack, i)); i++) {
		struct world_spot spot = {
			.code = area->code, .name = area->name, .area = area->code, .municipality = area->code};

		if (area->kind == PACK_MUNICIPALITY && !strcmp(area->county, w->county) &&
		    strcmp(area->code, w->municipality) != 0 && add_spot(w, &spot, err))
			return -1;
	}
	return 0;
}

static double distance_m(const struct world_spot *a, const struct world_spot *b)
{
	double north = (a->lat - b->lat) * 111320, east = (a->lon - b->lon) * 111320 * cos(a->lat * M_PI / 180);

	return hypot(north, east);
}

/* The smallest area that covers a point counts it: what reaches into a smaller one gives no points. */
static void drop_covered(struct world *w)
{
	bool covered[WORLD_SPOTS_MAX] = {false};

	for (size_t i = 0; i < w->own_count; i++)
		for (size_t j = 0; j < w->own_count; j++) {
			const struct world_spot *a = &w->spots[i], *b = &w->spots[j];

			if (i != j && a->radius_m > 0 && b->radius_m > 0 && a->radius_m >= b->radius_m &&
			    distance_m(a, b) < a->radius_m + b->radius_m)
				covered[i] = true;
		}
	for (size_t i = 0; i < w->own_count; i++)
		if (covered[i])
			w->spots[i].radius_m = 0;
}

static int read_spots(struct world *w, const char *schemas, struct err *err)
{
	const struct pack_area *town = pack_area_by_code(w->pack, w->municipality, strlen(w->municipality));
	struct world_spot whole = {.weight = 1};

	if (!town || !town->parent)
		return err_set(err, ERR_CONFIG, "The municipality %s is not in the register.", w->municipality);
	w->county = town->county;
	w->county_name = town->parent->name;
	whole.name = town->name;
	whole.code = whole.area = whole.municipality = town->code;
	if (add_spot(w, &whole, err) || read_areas(w, schemas, err))
		return -1;
	w->own_count = w->spot_count;
	drop_covered(w);
	return add_neighbours(w, err);
}

/* ---- the pack's other files */

/* Three columns of a file of the pack, handed on row by row. */
static int read_rows(struct csv *file, const char *path, const char *const names[3],
		     int (*take)(struct world *w, const char *const field[3], struct err *err), struct world *w,
		     struct err *err)
{
	int at[3], more;

	if (csv_open(file, path, err))
		return -1;
	for (int i = 0; i < 3; i++)
		if ((at[i] = csv_column(file, names[i], err)) < 0)
			return -1;
	while ((more = csv_next(file, err)) > 0) {
		const char *field[3] = {file->fields[at[0]], file->fields[at[1]], file->fields[at[2]]};

		if (take(w, field, err))
			return -1;
	}
	return more;
}

static int take_unit(struct world *w, const char *const field[3], struct err *err)
{
	if (w->unit_count == WORLD_UNITS_MAX)
		return err_set(err, ERR_CONFIG, "units.csv has more than %d units.", WORLD_UNITS_MAX);
	w->units[w->unit_count++] = field[0];
	return 0;
}

static int take_plan(struct world *w, const char *const field[3], struct err *err)
{
	long year, month;
	char *end;

	if (w->plan_count == WORLD_PLANS_MAX)
		return err_set(err, ERR_CONFIG, "delivery.csv has more than %d rows.", WORLD_PLANS_MAX);
	year = strtol(field[2], &end, 10);
	month = *end == '-' ? strtol(end + 1, &end, 10) : 0;
	if (*end || month < 1 || month > 12 || year < 1970 || year > 2099)
		return err_set(err, ERR_CONFIG, "delivery.csv: from is no month.");
	w->plans[w->plan_count++] = (struct world_plan){field[0], field[1], (int32_t)((year - 1970) * 12 + month - 1)};
	return 0;
}

static int take_weight(struct world *w, const char *const field[3], struct err *err)
{
	size_t i;

	for (i = 0; i < w->own_count; i++)
		if (!strcmp(w->spots[i].code, field[0])) {
			w->spots[i].weight = w->weights[i] = number_or(field[2], 1);
			return 0;
		}
	return err_set(err, ERR_CONFIG, "weights.csv: %s is no area or place of the municipality.", field[0]);
}

static int read_pack_files(struct world *w, const char *pack, struct err *err)
{
	static const char *const units[3] = {"unit", "sv", "en"}, *const plans[3] = {"source", "kind", "from"};
	static const char *const weights[3] = {"code", "name", "weight"};
	char path[512];

	snprintf(path, sizeof path, "%s/units.csv", pack);
	if (read_rows(&w->units_file, path, units, take_unit, w, err))
		return -1;
	if (!w->unit_count)
		return err_set(err, ERR_CONFIG, "units.csv has no unit.");
	snprintf(path, sizeof path, "%s/delivery.csv", pack);
	if (read_rows(&w->plans_file, path, plans, take_plan, w, err))
		return -1;
	snprintf(path, sizeof path, "%s/weights.csv", pack);
	return access(path, R_OK) ? 0 : read_rows(&w->weights_file, path, weights, take_weight, w, err);
}

int world_open(struct world *w, const char *schemas, const char *pack, struct err *err)
{
	*w = (struct world){0};
	if (pack_open(&w->pack, schemas, pack, NULL, err))
		return -1;
	w->zone = pack_zone(w->pack);
	w->municipality = pack_municipality(w->pack);
	if (!read_spots(w, schemas, err) && !read_pack_files(w, pack, err))
		return 0;
	world_close(w);
	return -1;
}

static void close_file(struct csv *file)
{
	if (file->bytes)
		csv_close(file);
}

void world_close(struct world *w)
{
	close_file(&w->areas);
	close_file(&w->units_file);
	close_file(&w->plans_file);
	close_file(&w->weights_file);
	pack_close(w->pack);
	*w = (struct world){0};
}

int32_t world_from(const struct world *w, const char *source, const char *kind)
{
	for (size_t i = 0; i < w->plan_count; i++)
		if (!strcmp(w->plans[i].source, source))
			return strcmp(w->plans[i].kind, kind) ? INT32_MAX : w->plans[i].from_month;
	return INT32_MIN;
}
