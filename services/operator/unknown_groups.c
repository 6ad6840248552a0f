/* unknown_groups: counting texts, and which known one is near. */
#include "unknown.h"

#include "hash/hash.h"
#include "text/text.h"
#include <stdlib.h>
#include <string.h>

void unknown_init(struct unknown_groups *g)
{
	*g = (struct unknown_groups){0};
	map64_init(&g->index);
}

void unknown_release(struct unknown_groups *g)
{
	for (size_t i = 0; i < g->count; i++)
		free(g->list[i].text);
	free(g->list);
	map64_release(&g->index);
	*g = (struct unknown_groups){0};
}

static int add_group(struct unknown_groups *g, const char *text, size_t len, int64_t append_ms)
{
	struct unknown_group *list = g->list;

	if (g->count == g->cap) {
		list = realloc(list, (g->cap ? 2 * g->cap : 64) * sizeof *list);
		if (!list)
			return -1;
		g->list = list;
		g->cap = g->cap ? 2 * g->cap : 64;
	}
	list[g->count] = (struct unknown_group){.text = strndup(text, len), .first_ms = append_ms};
	return list[g->count++].text ? 0 : -1;
}

int unknown_add(struct unknown_groups *g, const char *text, size_t len, int64_t append_ms, struct err *err)
{
	char folded[TEXT_FOLD_MAX];
	long n = text_fold(text, len, folded, sizeof folded);
	struct unknown_group *group;
	uint32_t *slot, known;
	uint64_t hash;

	if (n <= 0)
		return 0;
	hash = hash_content(folded, (size_t)n);
	if (g->count == UNKNOWN_GROUPS_MAX && !map64_get(&g->index, hash, &known)) {
		g->beyond++;
		return 0;
	}
	switch (map64_put(&g->index, hash, (uint32_t)g->count, &slot)) {
	case 1:
		if (add_group(g, text, len, append_ms) == 0)
			break;
		/* fall through */
	case -1:
		return err_set(err, ERR_RETRY, "out of memory");
	default:
		break;
	}
	group = &g->list[*slot];
	group->messages++;
	if (append_ms < group->first_ms)
		group->first_ms = append_ms;
	if (append_ms > group->last_ms)
		group->last_ms = append_ms;
	return 0;
}

static int more_first(const void *a, const void *b)
{
	const struct unknown_group *x = a, *y = b;

	if (x->messages != y->messages)
		return x->messages < y->messages ? 1 : -1;
	return strcmp(x->text, y->text);
}

void unknown_sort(struct unknown_groups *g)
{
	if (g->count)
		qsort(g->list, g->count, sizeof *g->list, more_first);
	map64_clear(&g->index);
}

int unknown_distance(const char *a, const char *b, int max)
{
	size_t n = strlen(a), m = strlen(b);
	int row[64];

	if (n >= 64 || m >= 64)
		return max + 1;
	for (size_t j = 0; j <= m; j++)
		row[j] = (int)j;
	for (size_t i = 1; i <= n; i++) {
		int above = row[0];

		row[0] = (int)i;
		for (size_t j = 1; j <= m; j++) {
			int replaced = above + (a[i - 1] != b[j - 1]);
			int best = row[j] < row[j - 1] ? row[j] : row[j - 1];

			above = row[j];
			row[j] = best + 1 < replaced ? best + 1 : replaced;
		}
	}
	return row[m] > max ? max + 1 : row[m];
}
