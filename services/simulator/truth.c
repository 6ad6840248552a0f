#include "truth.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST_COUNT = 5, TRUTH_MONTH = 255 };

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

/* Monday 0 h = 0 .. 167; TRUTH_MONTH when the message does not say the hour. */
static uint64_t hour_of(const struct truth *t, const struct event *e)
{
	struct period_civil c;

	if (e->day_only || e->ranged || !strcmp(sources[e->source]->kind, "counts"))
		return TRUTH_MONTH;
	period_local(t->world->zone, e->occurred_ms, &c);
	return (uint64_t)((c.weekday - 1) * 24 + c.hour);
}

void truth_count(struct truth *t, const struct event *e)
{
	bool row = !strcmp(sources[e->source]->kind, "counts");
	const char *category = category_of(e);
	uint64_t key, hour = hour_of(t, e);
	struct truth_cell *cell;

	if (e->withdrawn || e->unfounded || e->second || !counts(category))
		return;
	key = (uint64_t)period_month(t->world->zone, e->occurred_ms) << 32 |
	      (uint64_t)area_number(t->world, e->strange == STRANGE_PLACE ? 0 : e->spot) << 24 |
	      (uint64_t)category_number(t, category) << 14 | (uint64_t)(e->source + 1) << 8;
	cell = cell_of(t, key | TRUTH_MONTH);
	if (row && e->count > 0 && e->count < SMALLEST_COUNT)
		cell->suppressed++;
	else
		cell->n += row ? e->count : 1;
	if (hour != TRUTH_MONTH)
		cell_of(t, key | hour)->n++;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *row_of(const struct truth *t, const struct truth_cell *cell)
{
	const struct world_spot *spot = &t->world->spots[cell->key >> 24 & 0xff];
	int32_t month = (int32_t)(cell->key >> 32);
	unsigned hour = cell->key & 0xff;
	char *row = NULL, tail[64];
	int n;

	if (hour == TRUTH_MONTH)
		snprintf(tail, sizeof tail, "%lld,%lld", (long long)cell->n, (long long)cell->suppressed);
	else
		snprintf(tail, sizeof tail, "%u,%u,%lld", hour / 24 + 1, hour % 24, (long long)cell->n);
	n = asprintf(&row, "%04d-%02d-01,%s,%s,%s,%s,%s", 1970 + month / 12, month % 12 + 1, spot->municipality,
		     spot->area, t->categories[cell->key >> 14 & 0x3ff], sources[(cell->key >> 8 & 63) - 1]->name,
		     tail);
	assert(n > 0);
	return row;
}

static void write_rows(const struct truth *t, bool hours, FILE *file)
{
	char **rows = calloc(t->len + 1, sizeof *rows);
	size_t n = 0;

	assert(rows);
	for (size_t i = 0; i < t->len; i++) {
		const struct truth_cell *cell = &t->cells[i];

		if (((cell->key & 0xff) != TRUTH_MONTH) == hours && (cell->n || cell->suppressed))
			rows[n++] = row_of(t, cell);
	}
	qsort(rows, n, sizeof *rows, by_text);
	fprintf(file, "month,municipality,area,category,source,%s\n", hours ? "weekday,hour,n" : "n,n_suppressed");
	for (size_t i = 0; i < n; i++) {
		fprintf(file, "%s\n", rows[i]);
		free(rows[i]);
	}
	free(rows);
}

int truth_write(const struct truth *t, bool hours, const char *path, struct err *err)
{
	FILE *file = fopen(path, "we");

	if (file)
		write_rows(t, hours, file);
	if (!file || ferror(file) | fclose(file))
		return err_set(err, ERR_CONFIG, "%s cannot be written: %s.", path, strerror(errno));
	return 0;
}
