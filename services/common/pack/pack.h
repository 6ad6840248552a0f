/* pack: the reference data a normalizer needs: categories, one source's mapping, the area register, the municipality's
 * own settings.
 *
 * Read once at start from the schemas directory and the municipality's pack (deploy/<municipality>/); immutable
 * afterwards; every returned text lives as long as the pack. Lookups allocate nothing. File formats: schemas/README.md,
 * schemas/areas/README.md. */
#ifndef LAGESBILD_PACK_H
#define LAGESBILD_PACK_H

#include "base/err.h"
#include "base/period.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pack; /* opaque */

enum pack_area_kind { PACK_COUNTRY, PACK_COUNTY, PACK_MUNICIPALITY, PACK_AREA, PACK_PLACE };

struct pack_area {
	const char *code; /* "18", "1881", "1881-centrum" */
	const char *name;
	enum pack_area_kind kind;
	const struct pack_area *parent; /* NULL at the top */
	const char *municipality;	/* 4 digits for a municipality and all below it; else NULL */
	const char *county;		/* 2 digits, or NULL for the country */
	bool institution;
};

struct pack_type {
	const char *key; /* the mapping's own spelling of the type */
	const char *category;
	char flag;    /* C, I, P or N */
	bool attempt; /* the key ends in ", försök" */
};

/* A source's row of delivery.csv, and its small counts. */
struct pack_delivery {
	bool counts;	    /* it delivers counts rows from from_month on; else events */
	int32_t from_month; /* months since 1970-01 (base/period.h) */
	int small_count;    /* a count below this, other than 0, is withheld; pack.conf: small_counts, else 5 */
};

/* source: "press"; NULL: no mapping is read. Errors are ERR_CONFIG and name file and line. */
int pack_open(struct pack **pack, const char *schemas_dir, const char *pack_dir, const char *source,
	      struct err *err) MUST_CHECK;
void pack_close(struct pack *pack);

/* Whether pack_open would succeed for the source, where it does for NULL: its mapping, its rows of delivery.csv and
 * units.csv. Much cheaper: the areas' outlines are not read. */
int pack_check_source(const char *schemas_dir, const char *pack_dir, const char *source, struct err *err) MUST_CHECK;

/* Whether the file is a mapping, with the categories of the schemas directory: ERR_CONFIG names the line that is not.
 */
int pack_check_mapping(const char *schemas_dir, const char *path, struct err *err) MUST_CHECK;

const struct period_zone *pack_zone(const struct pack *pack);
const char *pack_zone_name(const struct pack *pack);
const char *pack_municipality(const struct pack *pack);	   /* "1881" */
const char *pack_mapping_version(const struct pack *pack); /* 16 hex digits: content hash of categories and mapping */

/* What the municipality has agreed with the source that the pack was opened for; NULL: delivery.csv has no row of it.
 */
const struct pack_delivery *pack_delivery(const struct pack *pack);

/* The code in units.csv of a reporting unit given by its code or its Swedish name (folded), or NULL. */
const char *pack_unit_find(const struct pack *pack, const char *unit, size_t len);

/* The mapping row of a type as the source spells it (folded before it is compared), or NULL when the mapping lacks it.
 * A type of digits only that has no row of its own is found by the longest row of the form 09* that it begins with. */
const struct pack_type *pack_type_find(const struct pack *pack, const char *type, size_t len);

/* The areas of that name or synonym (folded). Names are not unique (Kumla the municipality, Sörby in many): a name
 * gives the most general area that bears it, kinds above place first: county, municipality, area, place. prefer: when
 * not NULL, an area below it is taken before others. NULL: none. */
const struct pack_area *pack_area_find(const struct pack *pack, const char *name, size_t len,
				       const struct pack_area *prefer);
const struct pack_area *pack_area_by_code(const struct pack *pack, const char *code, size_t len);

/* The smallest area a point lies in (own areas before municipalities), or NULL. */
const struct pack_area *pack_area_at(const struct pack *pack, double lat, double lon);

/* Is a the same as b or below it. */
bool pack_area_within(const struct pack_area *a, const struct pack_area *b);

/* Walk all, for setup and tests: index from 0 until NULL. */
const struct pack_area *pack_area_at_index(const struct pack *pack, size_t index);

#endif
