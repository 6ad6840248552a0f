#include "pack/pack_parts.h"

#include "hash/hash.h"
#include "text/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PACK_ATTEMPT ", försök"

static int pack_category_row(struct pack *pack, int code, int flag, struct err *err)
{
	const struct csv *csv = &pack->categories;
	const char *name = csv->fields[code], *value = csv->fields[flag];
	int *slot;

	if (!*name || strlen(name) > 32)
		return csv_fail(csv, err, "the code is empty or longer than 32 bytes.");
	if (strlen(value) != 1 || !strchr("CIPN", value[0]))
		return csv_fail(csv, err, "flag is none of C, I, P, N.");
	slot = pack_index_put(&pack->category_codes, name, strlen(name), -1);
	if (!slot || *slot != -1)
		return csv_fail(csv, err, "code %s stands twice.", name);
	*slot = value[0];
	return 0;
}

static int pack_categories(struct pack *pack, const char *schemas_dir, struct err *err)
{
	char path[512];
	int code, flag, more;

	snprintf(path, sizeof(path), "%s/categories.csv", schemas_dir);
	if (csv_open(&pack->categories, path, err) < 0)
		return -1;
	code = csv_column(&pack->categories, "code", err);
	flag = code < 0 ? -1 : csv_column(&pack->categories, "flag", err);
	if (flag < 0)
		return -1;
	while ((more = csv_next(&pack->categories, err)) > 0)
		if (pack_category_row(pack, code, flag, err) < 0)
			return -1;
	if (more == 0 && pack_index_get(&pack->category_codes, "UNK", 3) < 0)
		return err_set(err, ERR_CONFIG, "%s has no category UNK, which unknown types need.", path);
	return more;
}

static bool pack_type_attempt(const char *folded, size_t len)
{
	size_t tail = strlen(PACK_ATTEMPT);

	return len > tail && !memcmp(folded + len - tail, PACK_ATTEMPT, tail);
}

static bool pack_type_digits(const char *text, size_t len)
{
	size_t digits = 0;

	while (digits < len && text[digits] >= '0' && text[digits] <= '9')
		digits++;
	return len > 0 && digits == len;
}

static int pack_type_row(struct pack *pack, int key, int category, struct err *err)
{
	const struct csv *csv = &pack->mapping;
	const char *spelling = csv->fields[key], *code = csv->fields[category];
	char folded[TEXT_FOLD_MAX];
	long len = text_fold(spelling, strlen(spelling), folded, sizeof(folded));
	int flag = pack_index_get(&pack->category_codes, code, strlen(code)), *slot;

	if (len <= 0 || strlen(spelling) > 256)
		return csv_fail(csv, err, "source_type is empty or longer than 256 bytes.");
	if (flag < 0)
		return csv_fail(csv, err, "categories.csv has no category %s.", code);
	if (pack_room((void **)&pack->types, &pack->type_cap, pack->type_count, sizeof(*pack->types), err) < 0)
		return -1;
	if (folded[len - 1] == '*' && pack_type_digits(folded, (size_t)len - 1) && pack->prefix_max < (size_t)len - 1)
		pack->prefix_max = (size_t)len - 1;
	slot = pack_index_put(&pack->type_names, folded, (size_t)len, (int)pack->type_count);
	if (!slot || *slot != (int)pack->type_count)
		return csv_fail(csv, err, "source_type %s stands twice (blanks and case aside).", spelling);
	pack->types[pack->type_count++] = (struct pack_type){.key = spelling,
							     .category = code,
							     .flag = (char)flag,
							     .attempt = pack_type_attempt(folded, (size_t)len)};
	return 0;
}

static int pack_mapping(struct pack *pack, const char *path, struct err *err)
{
	int key, category, more;

	if (csv_open(&pack->mapping, path, err) < 0)
		return -1;
	key = csv_column(&pack->mapping, "source_type", err);
	category = key < 0 ? -1 : csv_column(&pack->mapping, "category", err);
	if (category < 0)
		return -1;
	while ((more = csv_next(&pack->mapping, err)) > 0)
		if (pack_type_row(pack, key, category, err) < 0)
			return -1;
	return more;
}

int pack_type_load(struct pack *pack, const char *schemas_dir, const char *source, struct err *err)
{
	uint64_t both[2];
	char path[512];

	snprintf(path, sizeof(path), "%s/mappings/%s.csv", schemas_dir, source ? source : "");
	if (pack_categories(pack, schemas_dir, err) || (source && pack_mapping(pack, path, err)))
		return -1;
	both[0] = pack->categories.hash;
	both[1] = pack->mapping.hash;
	snprintf(pack->mapping_version, sizeof(pack->mapping_version), "%016llx",
		 (unsigned long long)hash_content(both, sizeof(both)));
	return 0;
}

void pack_type_release(struct pack *pack)
{
	pack_index_release(&pack->category_codes);
	pack_index_release(&pack->type_names);
	free(pack->types);
	csv_close(&pack->categories);
	csv_close(&pack->mapping);
}

int pack_check_mapping(const char *schemas_dir, const char *path, struct err *err)
{
	struct pack *pack = calloc(1, sizeof(*pack));
	int rc;

	if (!pack)
		return err_set(err, ERR_RETRY, "out of memory");
	rc = pack_categories(pack, schemas_dir, err) || pack_mapping(pack, path, err) ? -1 : 0;
	pack_type_release(pack);
	free(pack);
	return rc;
}

/* 0901 by 090*, else by 09*, ...: writes over the text. */
static int pack_type_prefix(const struct pack *pack, char *digits, size_t len)
{
	int i = -1;

	if (!pack_type_digits(digits, len))
		return -1;
	for (size_t cut = len < pack->prefix_max ? len : pack->prefix_max; cut > 0 && i < 0; cut--) {
		digits[cut] = '*';
		i = pack_index_get(&pack->type_names, digits, cut + 1);
	}
	return i;
}

const struct pack_type *pack_type_find(const struct pack *pack, const char *type, size_t len)
{
	char folded[TEXT_FOLD_MAX];
	long folded_len = text_fold(type, len, folded, sizeof(folded));
	int i = folded_len <= 0 ? -1 : pack_index_get(&pack->type_names, folded, (size_t)folded_len);

	if (i < 0 && folded_len > 0 && pack->prefix_max)
		i = pack_type_prefix(pack, folded, (size_t)folded_len);

	return i < 0 ? NULL : &pack->types[i];
}
