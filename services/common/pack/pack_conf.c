#include "pack/pack_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static char *pack_conf_trim(char *text)
{
	size_t len = strlen(text);

	while (len && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

static const char **pack_conf_target(struct pack *pack, const char *key)
{
	const struct {
		const char *key;
		const char **target;
	} known[] = {
		{"municipality", &pack->municipality},
		{"county", &pack->county},
		{"zone", &pack->zone_name},
		{"name", &pack->name},
		{"areas", &pack->registers},
		{"small_counts", &pack->small_counts},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i].key, key))
			return known[i].target;
	return NULL;
}

static int pack_conf_line(struct pack *pack, char *line, const char *path, int number, struct err *err)
{
	char *equals;
	const char **target;

	line = pack_conf_trim(line);
	if (!*line || *line == '#')
		return 0;
	equals = strchr(line, '=');
	if (!equals)
		return err_set(err, ERR_CONFIG, "%s, line %d: not of the form key = value.", path, number);
	*equals = '\0';
	line = pack_conf_trim(line);
	target = pack_conf_target(pack, line);
	if (!target)
		return err_set(err, ERR_CONFIG, "%s, line %d: there is no setting %.60s.", path, number, line);
	if (*target)
		return err_set(err, ERR_CONFIG, "%s, line %d: %s stands twice.", path, number, line);
	*target = pack_conf_trim(equals + 1);
	return 0;
}

static bool pack_conf_digits(const char *text, size_t len)
{
	return strlen(text) == len && strspn(text, "0123456789") == len;
}

static int pack_conf_check(const struct pack *pack, const char *path, struct err *err)
{
	if (!pack->municipality || !pack->county || !pack->zone_name || !pack->registers)
		return err_set(err, ERR_CONFIG, "%s must set municipality, county, zone and areas.", path);
	if (!pack_conf_digits(pack->municipality, 4) || !pack_conf_digits(pack->county, 2))
		return err_set(err, ERR_CONFIG, "%s: municipality is 4 digits, county 2.", path);
	return 0;
}

int pack_conf_load(struct pack *pack, const char *pack_dir, struct err *err)
{
	char path[512];
	size_t len;
	int number = 1;

	snprintf(path, sizeof(path), "%s/pack.conf", pack_dir);
	if (csv_slurp(path, &pack->conf, &len, err) < 0)
		return -1;
	for (char *line = pack->conf, *end; line; line = end, number++) {
		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		if (pack_conf_line(pack, line, path, number, err) < 0)
			return -1;
	}
	return pack_conf_check(pack, path, err);
}
