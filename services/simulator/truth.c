#include "truth.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST_COUNT = 5 };

void truth_init(struct truth *t, const struct world *world)
{
	*t = (struct truth){.world = world};
	map64_init(&t->index);
}

void truth_release(struct truth *t)
{
	map64_release(&t->index);
	free(t->cells);
}

static bool counts(const char *category)
{
	static const char *const others[] = {"FIR.AUT", "ALM", "POL", "INF", "EVT"};

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (!strcmp(category, others[i]))
			return false;
	return true;
}

static const char *category_of(const struct event *e)
{
	const struct event_type *type = event_type(e);

	if (e->strange == STRANGE_TYPE)
		return "UNK";
	return type->reported && !e->verified ? type->reported : type->category;
}

static size_t category_number(struct truth *t, const char *category)
{
	size_t i;

	for (i = 0; i < t->category_count; i++)
		if (!strcmp(t->categories[i], category))
			return i;
	assert(i < TRUTH_CATEGORIES_MAX);
	t->categories[t->category_count++] = category;
	return i;
}

/* Spots of one area are one cell: the first of them stands for it. */
static size_t area_number(const struct world *w, size_t spot)
{
	for (size_t i = 0; i < spot; i++)
		if (!strcmp(w->spots[i].area, w->spots[spot].area))
			return i;
	return spot;
}

static struct truth_cell *cell_of(struct truth *t, uint64_t key)
{
	uint32_t *slot;
	int fresh = map64_put(&t->index, key, (uint32_t)t->len, &slot);

	assert(fresh >= 0);
	if (fresh) {
		if (t->len == t->cap) {
			t->cap = t->cap ? 2 * t->cap : 1024;
			t->cells = realloc(t->cells, t->cap * sizeof *t->cells);
			assert(t->cells);
		}
		t->cells[t->len++] = (struct truth_cell){.key = key};
	}
	return &t->cells[*slot];
}

void truth_count(struct truth *t, const struct event *e, int sign)
{
	bool row = !strcmp(sources[e->source]->kind, "counts");
	const char *category = category_of(e);
	struct truth_cell *cell;
	uint64_t month;

	if (e->withdrawn || e->unfounded || e->second || !counts(category))
		return;
	month = (uint64_t)period_month(t->world->zone, e->occurred_ms);
	cell = cell_of(t, month << 32 |
				  (uint64_t)area_number(t->world, e->strange == STRANGE_PLACE ? 0 : e->spot) << 16 |
				  (uint64_t)category_number(t, category) << 6 | (uint64_t)(e->source + 1));
	if (row && e->count > 0 && e->count < SMALLEST_COUNT)
		cell->suppressed += sign;
	else
		cell->n += sign * (row ? e->count : 1);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *row_of(const struct truth *t, const struct truth_cell *cell)
{
	const struct world_spot *spot = &t->world->spots[cell->key >> 16 & 0xffff];
	int32_t month = (int32_t)(cell->key >> 32);
	char *row = NULL;
	int n = asprintf(&row, "%04d-%02d-01,%s,%s,%s,%s,%lld,%lld", 1970 + month / 12, month % 12 + 1,
			 spot->municipality, spot->area, t->categories[cell->key >> 6 & 0x3ff],
			 sources[(cell->key & 63) - 1]->name, (long long)cell->n, (long long)cell->suppressed);

	assert(n > 0);
	return row;
}

int truth_write(const struct truth *t, const char *path, struct err *err)
{
	char **rows = calloc(t->len + 1, sizeof *rows);
	FILE *file = fopen(path, "we");
	size_t n = 0;

	assert(rows);
	if (file) {
		for (size_t i = 0; i < t->len; i++)
			if (t->cells[i].n || t->cells[i].suppressed)
				rows[n++] = row_of(t, &t->cells[i]);
		qsort(rows, n, sizeof *rows, by_text);
		fputs("month,municipality,area,category,source,n,n_suppressed\n", file);
		for (size_t i = 0; i < n; i++) {
			fprintf(file, "%s\n", rows[i]);
			free(rows[i]);
		}
	}
	free(rows);
	if (!file || ferror(file) | fclose(file))
		return err_set(err, ERR_CONFIG, "%s cannot be written: %s.", path, strerror(errno));
	return 0;
}
