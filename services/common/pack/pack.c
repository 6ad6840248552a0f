#include "pack/pack_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int pack_room(void **array, size_t *cap, size_t count, size_t size, struct err *err)
{
	size_t wanted = *cap ? *cap * 2 : 64;
	void *more;

	if (count < *cap)
		return 0;
	more = realloc(*array, wanted * size);
	if (!more)
		return err_set(err, ERR_CONFIG, "No memory for the reference data.");
	*array = more;
	*cap = wanted;
	return 0;
}

/* Names between commas; blanks around them do not matter. */
static int pack_registers(struct pack *pack, const char *areas_dir, struct err *err)
{
	char names[512], path[1100], *rest = names, *name;

	snprintf(names, sizeof(names), "%s", pack->registers);
	while ((name = strsep(&rest, ", \t")) != NULL) {
		if (!*name)
			continue;
		if (pack->file_count == PACK_FILES_MAX)
			return err_set(err, ERR_CONFIG, "pack.conf: areas names more than %d files.", PACK_FILES_MAX);
		snprintf(path, sizeof(path), "%s/%s", areas_dir, name);
		if (pack_area_load(pack, path, err) < 0)
			return -1;
	}
	return 0;
}

static int pack_fill(struct pack *pack, const char *schemas_dir, const char *pack_dir, const char *source,
		     bool outlines, struct err *err)
{
	char areas_dir[512];
	const struct pack_area *own;

	snprintf(areas_dir, sizeof(areas_dir), "%s/areas", schemas_dir);
	if (pack_conf_load(pack, pack_dir, err) || period_zone_open(&pack->zone, pack->zone_name, err) ||
	    pack_registers(pack, areas_dir, err) || pack_area_link(pack, err) ||
	    (outlines && pack_outline_load(pack, areas_dir, err)) || pack_type_load(pack, schemas_dir, source, err) ||
	    pack_delivery_load(pack, pack_dir, source, err))
		return -1;
	own = pack_area_by_code(pack, pack->municipality, strlen(pack->municipality));
	if (!own || own->kind != PACK_MUNICIPALITY)
		return err_set(err, ERR_CONFIG, "%s/pack.conf: municipality %s stands in no area register.", pack_dir,
			       pack->municipality);
	if (!own->county || strcmp(own->county, pack->county))
		return err_set(err, ERR_CONFIG, "%s/pack.conf: municipality %s does not lie in county %s.", pack_dir,
			       pack->municipality, pack->county);
	return 0;
}

static int pack_read(struct pack **out, const char *schemas_dir, const char *pack_dir, const char *source,
		     bool outlines, struct err *err)
{
	struct pack *pack = calloc(1, sizeof(*pack));

	if (!pack)
		return err_set(err, ERR_CONFIG, "No memory for the reference data.");
	if (pack_fill(pack, schemas_dir, pack_dir, source, outlines, err) < 0) {
		pack_close(pack);
		return -1;
	}
	*out = pack;
	return 0;
}

int pack_open(struct pack **out, const char *schemas_dir, const char *pack_dir, const char *source, struct err *err)
{
	return pack_read(out, schemas_dir, pack_dir, source, true, err);
}

int pack_check_source(const char *schemas_dir, const char *pack_dir, const char *source, struct err *err)
{
	struct pack *pack = NULL;

	if (pack_read(&pack, schemas_dir, pack_dir, source, false, err))
		return -1;
	pack_close(pack);
	return 0;
}

void pack_close(struct pack *pack)
{
	if (!pack)
		return;
	pack_delivery_release(pack);
	pack_type_release(pack);
	pack_area_release(pack);
	period_zone_close(pack->zone);
	free(pack->conf);
	free(pack);
}

const struct period_zone *pack_zone(const struct pack *pack)
{
	return pack->zone;
}

const char *pack_zone_name(const struct pack *pack)
{
	return pack->zone_name;
}

const char *pack_municipality(const struct pack *pack)
{
	return pack->municipality;
}

const char *pack_mapping_version(const struct pack *pack)
{
	return pack->mapping_version;
}
