/* pack_parts: what the files of the pack share among themselves; nobody else includes it. */
#ifndef LAGESBILD_PACK_PARTS_H
#define LAGESBILD_PACK_PARTS_H

#include "geo/geo.h"
#include "pack/csv.h"
#include "pack/pack.h"
#include "pack/pack_index.h"

#define PACK_FILES_MAX 8 /* area registers */

/* Areas that bear the same folded name hang in a list. */
struct pack_bearer {
	int area;
	int next; /* index into bearers, or -1 */
};

/* What a register's row says beyond struct pack_area, needed while loading. */
struct pack_row {
	const char *parent;	   /* code, "" for none */
	double lat, lon, radius_m; /* NAN where empty */
	int file, line;		   /* where it stands */
	bool drawn;		   /* has an outline of its own */
};

struct pack {
	char *conf; /* pack.conf's bytes; the texts below point into it */
	const char *municipality, *county, *name, *zone_name, *registers, *small_counts;
	struct period_zone *zone;

	struct csv files[PACK_FILES_MAX];
	size_t file_count;
	struct pack_area *areas;
	struct pack_row *rows;
	size_t area_count, area_cap;
	struct pack_bearer *bearers;
	size_t bearer_count, bearer_cap;
	struct pack_index area_names, area_codes;
	struct geo_index *geo;

	struct csv categories, mapping;	  /* bytes NULL when not read */
	struct pack_index category_codes; /* code -> its flag */
	struct pack_type *types;
	size_t type_count, type_cap;
	struct pack_index type_names;
	size_t prefix_max; /* digits of the longest row such as 0901*; 0: there is none */
	char mapping_version[17];

	bool delivers;
	struct pack_delivery delivery;
	struct csv units;
	const char **unit_codes;
	size_t unit_count, unit_cap;
	struct pack_index unit_names;
};

int pack_conf_load(struct pack *pack, const char *pack_dir, struct err *err) MUST_CHECK;

/* One register: rows are kept, names indexed; parents are linked by pack_area_link after the last.
 */
int pack_area_load(struct pack *pack, const char *path, struct err *err) MUST_CHECK;
int pack_area_link(struct pack *pack, struct err *err) MUST_CHECK;
void pack_area_release(struct pack *pack);

/* Outlines of every *.geojson in the directory, and circles for the rows that have a radius and no
 * outline. */
int pack_outline_load(struct pack *pack, const char *areas_dir, struct err *err) MUST_CHECK;

/* source NULL: the categories only. */
int pack_type_load(struct pack *pack, const char *schemas_dir, const char *source, struct err *err) MUST_CHECK;
void pack_type_release(struct pack *pack);

/* delivery.csv and units.csv; the source's row is kept (NULL: none). */
int pack_delivery_load(struct pack *pack, const char *pack_dir, const char *source, struct err *err) MUST_CHECK;
void pack_delivery_release(struct pack *pack);

/* Room for one more element: doubles *cap. -1 ERR_CONFIG without memory. */
int pack_room(void **array, size_t *cap, size_t count, size_t size, struct err *err) MUST_CHECK;

#endif
