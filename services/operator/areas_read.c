/* areas_read: a GeoJSON file (RFC 7946; a FeatureCollection, or one Feature a line) as areas of the municipality. */
#include "areas.h"

#include "base/field.h"
#include "geo/geo.h"
#include "json/jsonread.h"
#include "pack/csv.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CONVERT "ogr2ogr -f GeoJSON -t_srs EPSG:4326 -lco COORDINATE_PRECISION=4 areas.geojson FILE (package gdal-bin)"

struct reading {
	struct areas *a;
	struct jsonread *reader;
	struct geo_index *geo;
	size_t features;
};

static int fail(const struct reading *g, const char *what, struct err *err)
{
	return err_set(err, ERR_CONFIG, "%.200s, feature %zu: %s", g->a->file, g->features, what);
}

void areas_slug(const char *text, char out[64])
{
	static const struct {
		const char *from;
		char to;
	} letters[] = {{"å", 'a'}, {"ä", 'a'}, {"ö", 'o'}, {"Å", 'a'}, {"Ä", 'a'}, {"Ö", 'o'}, {"é", 'e'}, {"ü", 'u'}};
	size_t n = 0;

	for (const char *p = text; *p && n < 60; p++) {
		char c = 0;

		for (size_t k = 0; !c && k < sizeof letters / sizeof *letters; k++)
			if (strncmp(p, letters[k].from, 2) == 0) {
				c = letters[k].to;
				p++;
			}
		if (!c)
			c = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			out[n++] = c;
		else if (n && out[n - 1] != '-')
			out[n++] = '-';
	}
	while (n && out[n - 1] == '-')
		n--;
	out[n] = 0;
}

/* 1881-centrum as it is; what has no such form (a DeSO's 1881A0010, a name) behind the municipality's own. */
static void make_code(const struct areas *a, const char *text, char out[33])
{
	char tail[64];

	if (strncmp(text, a->municipality, 4) == 0 && text[4] == '-' && strlen(text) <= 32) {
		snprintf(out, 33, "%s", text);
		return;
	}
	areas_slug(text, tail);
	snprintf(out, 33, "%s-%.27s", a->municipality, tail);
}

static void copy_text(const struct field *f, char *out, size_t size)
{
	size_t n = 0;

	if (f->type == FIELD_INT)
		snprintf(out, size, "%lld", (long long)f->number);
	else if (f->type == FIELD_TEXT)
		for (; n < f->len && n + 1 < size; n++)
			out[n] = (unsigned char)f->text[n] < ' ' ? ' ' : f->text[n];
	if (f->type != FIELD_INT)
		out[n] = 0;
}

static int name_it(struct reading *g, const char *feature, size_t len, struct area_new *n, struct err *err)
{
	char paths[2][100], code[100];
	const struct field_spec specs[] = {{.path = paths[0], .required = true}, {.path = paths[1]}};
	struct field fields[2];
	struct err why = {0};

	snprintf(paths[0], sizeof paths[0], "properties.%s", g->a->code_field);
	snprintf(paths[1], sizeof paths[1], "properties.%s", g->a->name_field);
	if (jsonread_record(g->reader, feature, len, specs, 2, fields, &why) || field_check(specs, 2, fields, &why))
		return fail(g, why.text, err);
	copy_text(&fields[0], code, sizeof code);
	copy_text(&fields[1], n->name, sizeof n->name);
	if (!*n->name)
		snprintf(n->name, sizeof n->name, "%s", code);
	make_code(g->a, code, n->code);
	return strlen(n->code) > 5 ? 0 : fail(g, "its code is empty: see --code", err);
}

static bool stands_already(const struct areas *a, const char *code)
{
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->list[i].code, code) == 0)
			return true;
	return false;
}

/* Inside the municipality: by a point that surely lies in the area, so that neighbours that only touch stay out. */
static int place_it(struct reading *g, struct area_new *n, bool *inside, struct err *err)
{
	const struct pack_area *here, *town = pack_area_by_code(g->a->pack, g->a->municipality, 4);
	struct err why = {0};

	if (geo_add(g->geo, (int)g->features, n->geometry, strlen(n->geometry), &why) ||
	    geo_inside(g->geo, &n->lat, &n->lon, &why))
		return fail(g, why.text, err);
	if (fabs(n->lat) > 90 || fabs(n->lon) > 180)
		return fail(g, "its coordinates are no degrees (WGS 84): convert them by " CONVERT, err);
	here = pack_area_at(g->a->pack, n->lat, n->lon);
	*inside = here && pack_area_within(here, town);
	return 0;
}

static int keep(struct reading *g, struct area_new *n, struct err *err)
{
	struct areas *a = g->a;
	const struct pack_area *known = pack_area_by_code(a->pack, n->code, strlen(n->code));

	if (stands_already(a, n->code))
		return fail(g, "another feature has its code", err);
	if (known && strcmp(known->name, n->name) != 0)
		return fail(g, "the register has its code under another name: change one of the two", err);
	n->known = known != NULL;
	a->list[a->count++] = *n;
	n->geometry = NULL;
	return 0;
}

static int take_feature(void *ctx, const char *feature, size_t len, struct err *err)
{
	struct reading *g = ctx;
	struct area_new n = {.geometry = NULL};
	struct err why = {0};
	const char *geometry;
	size_t geometry_len;
	bool inside = false;
	int rc;

	if (++g->features > AREAS_FEATURES_MAX)
		return err_set(err, ERR_CONFIG, "more than %d features", AREAS_FEATURES_MAX);
	if (name_it(g, feature, len, &n, err))
		return -1;
	if (jsonread_member(g->reader, feature, len, "geometry", &geometry, &geometry_len, &why) || !geometry)
		return fail(g, why.kind ? why.text : "it has no geometry", err);
	n.geometry = strndup(geometry, geometry_len);
	if (!n.geometry)
		return err_set(err, ERR_RETRY, "out of memory");
	rc = place_it(g, &n, &inside, err);
	if (rc == 0 && inside)
		rc = keep(g, &n, err);
	g->a->outside += rc == 0 && !inside;
	free(n.geometry);
	return rc;
}

static int read_lines(struct reading *g, char *bytes, struct err *err)
{
	for (char *line = bytes, *end; *line; line = *end ? end + 1 : end) {
		size_t used;

		end = strchrnul(line, '\n');
		used = (size_t)(end - line);
		while (used && strchr(", \r\x1e", line[used - 1]))
			used--;
		if (used && take_feature(g, line, used, err))
			return -1;
	}
	return 0;
}

static int read_bytes(struct reading *g, char *bytes, size_t len, struct err *err)
{
	struct jsonread *whole;
	struct err why = {0};
	const char *features = NULL;
	size_t features_len;
	int rc;

	if (len >= 15 && memcmp(bytes, "SQLite format 3", 15) == 0)
		return err_set(err, ERR_CONFIG, "%.200s is a GeoPackage: convert it by " CONVERT, g->a->file);
	if (jsonread_open(&whole, AREAS_FILE_MAX, err))
		return -1;
	if (jsonread_member(whole, bytes, len, "features", &features, &features_len, &why) == 0 && features)
		rc = jsonread_each(whole, bytes, len, "features", take_feature, g, err);
	else
		rc = read_lines(g, bytes, err);
	if (rc && err->kind == ERR_MESSAGE)
		err->kind = ERR_CONFIG;
	jsonread_close(whole);
	return rc;
}

int areas_read(struct areas *a, struct err *err)
{
	struct reading g = {.a = a};
	char *bytes;
	size_t len;
	int rc;

	if (csv_slurp(a->file, &bytes, &len, err))
		return -1;
	a->list = calloc(AREAS_FEATURES_MAX, sizeof *a->list);
	if (!a->list || jsonread_open(&g.reader, AREAS_FILE_MAX, err) || geo_open(&g.geo, err)) {
		jsonread_close(g.reader);
		free(bytes);
		return a->list ? -1 : err_set(err, ERR_RETRY, "out of memory");
	}
	rc = read_bytes(&g, bytes, len, err);
	geo_close(g.geo);
	jsonread_close(g.reader);
	free(bytes);
	return rc;
}
