#include "pack/pack_parts.h"

#include "text/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PACK_SMALL_COUNT 5
#define PACK_SMALL_COUNT_MAX 100

/* "2026-05", nothing else. -1 otherwise. */
static int32_t pack_month(const char *text)
{
	char *end;
	long year, month;

	if (strlen(text) != 7 || strspn(text, "0123456789-") != 7 || text[4] != '-')
		return -1;
	year = strtol(text, &end, 10);
	month = strtol(text + 5, &end, 10);
	return *end || year < 1970 || month < 1 || month > 12 ? -1 : (int32_t)((year - 1970) * 12 + month - 1);
}

static int pack_delivery_row(struct pack *pack, const struct csv *csv, int kind, int from, struct err *err)
{
	int32_t month = pack_month(csv->fields[from]);
	bool counts = !strcmp(csv->fields[kind], "counts");

	if (pack->delivers)
		return csv_fail(csv, err, "the source stands twice.");
	if (!counts && strcmp(csv->fields[kind], "events"))
		return csv_fail(csv, err, "kind is neither events nor counts.");
	if (month < 0)
		return csv_fail(csv, err, "from is no month such as 2026-05.");
	pack->delivery.counts = counts;
	pack->delivery.from_month = month;
	pack->delivers = true;
	return 0;
}

static int pack_deliveries(struct pack *pack, const char *pack_dir, const char *source, struct err *err)
{
	char path[512];
	struct csv csv;
	int name, kind, from, more = -1;

	snprintf(path, sizeof(path), "%s/delivery.csv", pack_dir);
	if (csv_open(&csv, path, err) < 0)
		return -1;
	name = csv_column(&csv, "source", err);
	kind = name < 0 ? -1 : csv_column(&csv, "kind", err);
	from = kind < 0 ? -1 : csv_column(&csv, "from", err);
	while (from >= 0 && (more = csv_next(&csv, err)) > 0)
		if (!strcmp(csv.fields[name], source) && pack_delivery_row(pack, &csv, kind, from, err) < 0)
			break;
	csv_close(&csv);
	return more == 0 ? 0 : -1;
}

/* "housing 3, staff 1": the source's own number, or the default. */
static int pack_small_count(struct pack *pack, const char *source, struct err *err)
{
	const char *at = pack->small_counts ? pack->small_counts : "";
	size_t len = strlen(source);
	long number;
	char *end;

	pack->delivery.small_count = PACK_SMALL_COUNT;
	while (*(at += strspn(at, ", \t"))) {
		size_t word = strcspn(at, ", \t");
		bool mine = word == len && !memcmp(at, source, len);

		number = strtol(at + word, &end, 10);
		if (end == at + word || (*end && !strchr(", \t", *end)) || number < 1 || number > PACK_SMALL_COUNT_MAX)
			return err_set(err, ERR_CONFIG,
				       "pack.conf: small_counts is a list such as housing 3, staff 1, of numbers from "
				       "1 to %d.",
				       PACK_SMALL_COUNT_MAX);
		if (mine)
			pack->delivery.small_count = (int)number;
		at = end;
	}
	return 0;
}

static int pack_unit_name(struct pack *pack, const char *name, struct err *err)
{
	char folded[TEXT_FOLD_MAX];
	long len = text_fold(name, strlen(name), folded, sizeof(folded));
	int unit = (int)pack->unit_count - 1, *slot;

	if (len <= 0)
		return csv_fail(&pack->units, err, "a name is empty or too long.");
	slot = pack_index_put(&pack->unit_names, folded, (size_t)len, unit);
	if (!slot || *slot != unit)
		return csv_fail(&pack->units, err, "the unit %s stands twice.", name);
	return 0;
}

static int pack_units(struct pack *pack, const char *pack_dir, struct err *err)
{
	struct csv *csv = &pack->units;
	char path[512];
	int code, name, more;

	snprintf(path, sizeof(path), "%s/units.csv", pack_dir);
	if (csv_open(csv, path, err) < 0)
		return -1;
	code = csv_column(csv, "unit", err);
	name = code < 0 ? -1 : csv_column(csv, "sv", err);
	if (name < 0)
		return -1;
	while ((more = csv_next(csv, err)) > 0) {
		if (pack_room((void **)&pack->unit_codes, &pack->unit_cap, pack->unit_count, sizeof(*pack->unit_codes),
			      err) < 0)
			return -1;
		pack->unit_codes[pack->unit_count++] = csv->fields[code];
		if (pack_unit_name(pack, csv->fields[code], err) || pack_unit_name(pack, csv->fields[name], err))
			return -1;
	}
	return more;
}

int pack_delivery_load(struct pack *pack, const char *pack_dir, const char *source, struct err *err)
{
	if (!source)
		return 0;
	return pack_deliveries(pack, pack_dir, source, err) || pack_small_count(pack, source, err) ||
			       pack_units(pack, pack_dir, err)
		       ? -1
		       : 0;
}

void pack_delivery_release(struct pack *pack)
{
	pack_index_release(&pack->unit_names);
	free(pack->unit_codes);
	csv_close(&pack->units);
}

const struct pack_delivery *pack_delivery(const struct pack *pack)
{
	return pack->delivers ? &pack->delivery : NULL;
}

const char *pack_unit_find(const struct pack *pack, const char *unit, size_t len)
{
	char folded[TEXT_FOLD_MAX];
	long folded_len = text_fold(unit, len, folded, sizeof(folded));
	int i = folded_len <= 0 ? -1 : pack_index_get(&pack->unit_names, folded, (size_t)folded_len);

	return i < 0 ? NULL : pack->unit_codes[i];
}
