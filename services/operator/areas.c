/* areas: outlines of the municipality's own areas, of its DeSO or tätorter, taken into the register. */
#include "areas.h"

#include "replay.h"
#include <stdlib.h>
#include <string.h>

static int parse(struct areas *a, int argc, char **argv, struct err *err)
{
	const struct {
		const char *name;
		const char **to;
	} texts[] = {{"--code", &a->code_field}, {"--name", &a->name_field}, {"--parent", &a->parent}};

	if (argc < 3 || strcmp(argv[1], "import"))
		return err_set(err, ERR_CONFIG, "say import FILE");
	for (int i = 2; i < argc; i++) {
		size_t k = 0;

		while (k < 3 && strcmp(argv[i], texts[k].name))
			k++;
		if (k < 3 && i + 1 < argc)
			*texts[k].to = argv[++i];
		else if (strcmp(argv[i], "--yes") == 0)
			a->yes = true;
		else if (*argv[i] != '-' && !a->file)
			a->file = argv[i];
		else
			return err_set(err, ERR_CONFIG,
				       "unknown or incomplete argument %.40s; see lagesbild areas --help", argv[i]);
	}
	return a->file ? 0 : err_set(err, ERR_CONFIG, "which file?");
}

static void preview(const struct areas *a)
{
	size_t fresh = 0;

	for (size_t i = 0; i < a->count; i++)
		fresh += !a->list[i].known;
	printf("%s: %zu areas of %s are new, %zu get another outline, %zu lie elsewhere\n", a->file, fresh,
	       a->municipality, a->count - fresh, a->outside);
	for (size_t i = 0; i < a->count && i < 20; i++)
		printf("  %s %-32s %s\n", a->list[i].known ? "outline" : "new    ", a->list[i].code, a->list[i].name);
	if (a->count > 20)
		printf("  and %zu more\n", a->count - 20);
}

static int import(struct areas *a, struct err *err)
{
	const struct pack_area *parent;

	a->municipality = pack_municipality(a->pack);
	if (!a->parent)
		a->parent = a->municipality;
	parent = pack_area_by_code(a->pack, a->parent, strlen(a->parent));
	if (!parent || !pack_area_within(parent, pack_area_by_code(a->pack, a->municipality, 4)))
		return err_set(err, ERR_CONFIG, "--parent %.40s is no area of the municipality's register", a->parent);
	if (areas_read(a, err))
		return -1;
	if (a->count == 0)
		return err_set(err, ERR_CONFIG, "none of %zu features lies in %s", a->outside, a->municipality);
	preview(a);
	if (!replay_agreed(a->yes)) {
		printf("nothing is written: --yes\n");
		return 0;
	}
	if (areas_write(a, err))
		return -1;
	printf("written to %s/areas/%s.csv and .geojson. Then: lagesbild rebuild --into next, diff, promote; restart "
	       "the "
	       "normalizers; lagesbild replay SOURCE places what has come already\n",
	       operator_conf.schemas, a->municipality);
	return 0;
}

int areas_command(int argc, char **argv, struct err *err)
{
	struct areas a = {.code_field = "id", .name_field = "name"};
	int rc = -1;

	if (parse(&a, argc, argv, err) == 0 &&
	    pack_open(&a.pack, operator_conf.schemas, operator_conf.pack, NULL, err) == 0)
		rc = import(&a, err);
	for (size_t i = 0; i < a.count; i++)
		free(a.list[i].geometry);
	free(a.list);
	pack_close(a.pack);
	return rc;
}
