#include "pack/pack_parts.h"

#include "text/text.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	COL_CODE,
	COL_PARENT,
	COL_KIND,
	COL_NAME,
	COL_SYNONYMS,
	COL_LAT,
	COL_LONG,
	COL_RADIUS,
	COL_INSTITUTION,
	COL_COUNT
};
static const char *const pack_columns[COL_COUNT] = {"code", "parent", "kind",	  "name",	"synonyms",
						    "lat",  "long",   "radius_m", "institution"};
static const char *const pack_kinds[] = {"country", "county", "municipality", "area", "place"};

static int pack_kind(const char *text)
{
	for (size_t i = 0; i < sizeof(pack_kinds) / sizeof(pack_kinds[0]); i++)
		if (!strcmp(text, pack_kinds[i]))
			return (int)i;
	return -1;
}

static int pack_number(const struct csv *csv, const char *column, const char *text, double *out, struct err *err)
{
	char *end;

	*out = NAN;
	if (!*text)
		return 0;
	errno = 0;
	*out = strtod(text, &end);
	if (*end || errno || !isfinite(*out))
		return csv_fail(csv, err, "%s is no number.", column);
	return 0;
}

static int pack_name(struct pack *pack, const char *name, size_t len, struct err *err)
{
	const struct csv *csv = &pack->files[pack->file_count - 1];
	char folded[TEXT_FOLD_MAX];
	long folded_len = text_fold(name, len, folded, sizeof(folded));
	int *head, area = (int)pack->area_count - 1;

	if (folded_len <= 0)
		return csv_fail(csv, err, "a name is empty or too long.");
	if (pack_room((void **)&pack->bearers, &pack->bearer_cap, pack->bearer_count, sizeof(*pack->bearers), err) < 0)
		return -1;
	head = pack_index_put(&pack->area_names, folded, (size_t)folded_len, -1);
	if (!head)
		return csv_fail(csv, err, "no memory for the name.");
	pack->bearers[pack->bearer_count] = (struct pack_bearer){.area = area, .next = *head};
	*head = (int)pack->bearer_count++;
	return 0;
}

static int pack_names(struct pack *pack, const char *name, const char *synonyms, struct err *err)
{
	if (pack_name(pack, name, strlen(name), err) < 0)
		return -1;
	while (*synonyms) {
		size_t len = strcspn(synonyms, "|");

		if (pack_name(pack, synonyms, len, err) < 0)
			return -1;
		synonyms += len + (synonyms[len] == '|');
	}
	return 0;
}

static bool pack_code_valid(const char *code, enum pack_area_kind kind)
{
	size_t len = strlen(code), digits = strspn(code, "0123456789");

	if (kind == PACK_COUNTRY || kind == PACK_COUNTY)
		return len == 2 && digits == 2;
	if (kind == PACK_MUNICIPALITY)
		return len == 4 && digits == 4;
	return len > 5 && len <= 32 && digits >= 4 && code[4] == '-';
}

static int pack_area_row(struct pack *pack, const int *at, struct err *err)
{
	const struct csv *csv = &pack->files[pack->file_count - 1];
	const char *code = csv->fields[at[COL_CODE]], *flag = csv->fields[at[COL_INSTITUTION]];
	int kind = pack_kind(csv->fields[at[COL_KIND]]), *slot;
	struct pack_row row = {
		.parent = csv->fields[at[COL_PARENT]], .file = (int)pack->file_count - 1, .line = csv->line};
	size_t cap = pack->area_cap;

	if (kind < 0 || !pack_code_valid(code, (enum pack_area_kind)kind))
		return csv_fail(csv, err, "code and kind do not belong together.");
	if (pack_number(csv, "lat", csv->fields[at[COL_LAT]], &row.lat, err) ||
	    pack_number(csv, "long", csv->fields[at[COL_LONG]], &row.lon, err) ||
	    pack_number(csv, "radius_m", csv->fields[at[COL_RADIUS]], &row.radius_m, err))
		return -1;
	if (pack_room((void **)&pack->rows, &cap, pack->area_count, sizeof(*pack->rows), err) ||
	    pack_room((void **)&pack->areas, &pack->area_cap, pack->area_count, sizeof(*pack->areas), err))
		return -1;
	slot = pack_index_put(&pack->area_codes, code, strlen(code), (int)pack->area_count);
	if (!slot || *slot != (int)pack->area_count)
		return csv_fail(csv, err, "code %s stands twice.", code);
	pack->rows[pack->area_count] = row;
	pack->areas[pack->area_count++] =
		(struct pack_area){.code = code,
				   .name = csv->fields[at[COL_NAME]],
				   .kind = (enum pack_area_kind)kind,
				   .institution = *flag && strcmp(flag, "0") && strcmp(flag, "no")};
	return pack_names(pack, csv->fields[at[COL_NAME]], csv->fields[at[COL_SYNONYMS]], err);
}

int pack_area_load(struct pack *pack, const char *path, struct err *err)
{
	struct csv *csv = &pack->files[pack->file_count];
	int at[COL_COUNT], more;

	if (csv_open(csv, path, err) < 0)
		return -1;
	pack->file_count++;
	for (int i = 0; i < COL_COUNT; i++) {
		at[i] = csv_column(csv, pack_columns[i], err);
		if (at[i] < 0)
			return -1;
	}
	while ((more = csv_next(csv, err)) > 0)
		if (pack_area_row(pack, at, err) < 0)
			return -1;
	return more;
}

static int pack_link_fail(struct pack *pack, size_t i, const char *what, struct err *err)
{
	struct csv *csv = &pack->files[pack->rows[i].file];

	csv->line = pack->rows[i].line;
	return csv_fail(csv, err, "%s", what);
}

/* Kinds are ordered from the country down; only own areas and places may lie in one of their own
 * kind. */
static int pack_link_parent(struct pack *pack, size_t i, struct err *err)
{
	const char *code = pack->rows[i].parent;
	struct pack_area *area = &pack->areas[i];
	int parent = pack_index_get(&pack->area_codes, code, strlen(code));
	bool nests = area->kind >= PACK_AREA;

	if (!*code && !nests && area->kind != PACK_MUNICIPALITY)
		return 0;
	if (parent < 0)
		return pack_link_fail(pack, i, "the parent stands in no register.", err);
	if (pack->areas[parent].kind > area->kind || (pack->areas[parent].kind == area->kind && !nests))
		return pack_link_fail(pack, i, "the parent is no larger kind of area.", err);
	area->parent = &pack->areas[parent];
	return 0;
}

static int pack_link_codes(struct pack *pack, size_t i, struct err *err)
{
	struct pack_area *area = &pack->areas[i];
	const struct pack_area *at = area;

	for (size_t depth = 0; at; at = at->parent, depth++) {
		if (depth > 16)
			return pack_link_fail(pack, i, "the parents go round in a circle.", err);
		if (at->kind == PACK_MUNICIPALITY)
			area->municipality = at->code;
		if (at->kind == PACK_COUNTY)
			area->county = at->code;
	}
	if (area->municipality && (!area->county || strncmp(area->municipality, area->county, 2) ||
				   strncmp(area->code, area->municipality, 4)))
		return pack_link_fail(pack, i, "the code does not begin with its municipality's and county's.", err);
	if (area->kind >= PACK_AREA && !area->municipality)
		return pack_link_fail(pack, i, "an own area must lie in a municipality.", err);
	return 0;
}

int pack_area_link(struct pack *pack, struct err *err)
{
	for (size_t i = 0; i < pack->area_count; i++)
		if (pack_link_parent(pack, i, err) < 0)
			return -1;
	for (size_t i = 0; i < pack->area_count; i++)
		if (pack_link_codes(pack, i, err) < 0)
			return -1;
	return 0;
}

void pack_area_release(struct pack *pack)
{
	geo_close(pack->geo);
	pack_index_release(&pack->area_names);
	pack_index_release(&pack->area_codes);
	free(pack->areas);
	free(pack->rows);
	free(pack->bearers);
	for (size_t i = 0; i < pack->file_count; i++)
		csv_close(&pack->files[i]);
}

/* The most general bearer of the name below `within` (NULL: anywhere). A name that two areas of the
 * same kind bear names neither: a guess between them would be a wrong place. */
static const struct pack_area *pack_area_general(const struct pack *pack, int bearer, const struct pack_area *within)
{
	const struct pack_area *best = NULL;
	bool shared = false;

	for (; bearer >= 0; bearer = pack->bearers[bearer].next) {
		const struct pack_area *area = &pack->areas[pack->bearers[bearer].area];

		if (within && (area == within || !pack_area_within(area, within)))
			continue;
		if (best && best->kind == area->kind && best != area)
			shared = true;
		if (!best || area->kind < best->kind) {
			best = area;
			shared = false;
		}
	}
	return shared ? NULL : best;
}

const struct pack_area *pack_area_find(const struct pack *pack, const char *name, size_t len,
				       const struct pack_area *prefer)
{
	char folded[TEXT_FOLD_MAX];
	long folded_len = text_fold(name, len, folded, sizeof(folded));
	const struct pack_area *area = NULL;
	int bearer;

	if (folded_len <= 0)
		return NULL;
	bearer = pack_index_get(&pack->area_names, folded, (size_t)folded_len);
	if (bearer >= 0 && prefer)
		area = pack_area_general(pack, bearer, prefer);
	return area || bearer < 0 ? area : pack_area_general(pack, bearer, NULL);
}

const struct pack_area *pack_area_by_code(const struct pack *pack, const char *code, size_t len)
{
	int i = pack_index_get(&pack->area_codes, code, len);

	return i < 0 ? NULL : &pack->areas[i];
}

bool pack_area_within(const struct pack_area *a, const struct pack_area *b)
{
	while (a && a != b)
		a = a->parent;
	return a != NULL;
}

const struct pack_area *pack_area_at_index(const struct pack *pack, size_t index)
{
	return index < pack->area_count ? &pack->areas[index] : NULL;
}

const struct pack_area *pack_area_at(const struct pack *pack, double lat, double lon)
{
	int i = geo_find(pack->geo, lat, lon);

	return i < 0 ? NULL : &pack->areas[i];
}
