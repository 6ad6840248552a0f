/* areas_write: the register and the outlines of the municipality with what was imported. Both are written beside the
 * old ones, read as every service reads them, and only then put in their place. */
#include "areas.h"

#include "pack/csv.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 1024

static int fail(const char *path, struct err *err)
{
	return err_set(err, ERR_CONFIG, "%.300s cannot be written: %s", path, strerror(errno));
}

static int finish(FILE *out, const char *path, struct err *err)
{
	bool bad = fflush(out) || ferror(out) || fsync(fileno(out));

	return fclose(out) || bad ? fail(path, err) : 0;
}

/* The old bytes, but for the lines that begin with one of the codes' features; NULL: there is no such file yet. */
static int copy_old(const struct areas *a, const char *old, FILE *out, bool outlines, struct err *err)
{
	char *bytes, *line, *end, mark[60];
	struct err none = {0};
	size_t len;

	if (access(old, F_OK))
		return 0;
	if (csv_slurp(old, &bytes, &len, &none))
		return err_set(err, ERR_CONFIG, "%s", none.text);
	for (line = bytes; *line; line = *end ? end + 1 : end) {
		bool replaced = false;

		end = strchrnul(line, '\n');
		for (size_t i = 0; outlines && !replaced && i < a->count; i++) {
			snprintf(mark, sizeof mark, "\"id\":\"%s\"", a->list[i].code);
			replaced = memmem(line, (size_t)(end - line), mark, strlen(mark)) != NULL;
		}
		if (!replaced && end > line)
			fprintf(out, "%.*s\n", (int)(end - line), line);
	}
	free(bytes);
	return 0;
}

static int write_register(const struct areas *a, const char *old, const char *path, struct err *err)
{
	FILE *out = fopen(path, "wex");

	if (!out)
		return fail(path, err);
	if (access(old, F_OK))
		fputs("code,parent,kind,name,synonyms,lat,long,radius_m,institution,outline\n", out);
	if (copy_old(a, old, out, false, err)) {
		fclose(out);
		return -1;
	}
	for (size_t i = 0; i < a->count; i++) {
		const struct area_new *n = &a->list[i];

		if (n->known)
			continue;
		fprintf(out, "%s,%s,area,", n->code, a->parent);
		operator_csv(out, n->name, ',');
		fprintf(out, ",,%.4f,%.4f,,0,imported\n", n->lat, n->lon);
	}
	return finish(out, path, err);
}

static int write_outlines(const struct areas *a, const char *old, const char *path, struct err *err)
{
	FILE *out = fopen(path, "wex");

	if (!out)
		return fail(path, err);
	if (copy_old(a, old, out, true, err)) {
		fclose(out);
		return -1;
	}
	for (size_t i = 0; i < a->count; i++) {
		fprintf(out,
			"{\"type\":\"Feature\",\"properties\":{\"id\":\"%s\",\"outline\":\"imported\"},\"geometry\":",
			a->list[i].code);
		for (const char *p = a->list[i].geometry; *p; p++)
			if (*p != '\n' && *p != '\r')
				fputc(*p, out);
		fputs("}\n", out);
	}
	return finish(out, path, err);
}

/* Links to all of a directory's entries but those named. */
static int link_all(const char *from, const char *to, const char *const *but, struct err *err)
{
	DIR *dir = opendir(from);
	struct dirent *e;
	int rc = dir ? 0 : fail(from, err);

	while (rc == 0 && (e = readdir(dir))) {
		char target[PATH_SIZE], name[PATH_SIZE];
		bool skip = e->d_name[0] == '.';

		for (size_t i = 0; !skip && but[i]; i++)
			skip = strcmp(e->d_name, but[i]) == 0;
		if (skip)
			continue;
		snprintf(target, sizeof target, "%s/%s", from, e->d_name);
		snprintf(name, sizeof name, "%s/%s", to, e->d_name);
		if (symlink(target, name))
			rc = fail(name, err);
	}
	if (dir)
		closedir(dir);
	return rc;
}

static void remove_all(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		char name[PATH_SIZE];
		struct stat st;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(name, sizeof name, "%s/%s", path, e->d_name);
		if (lstat(name, &st) == 0 && S_ISDIR(st.st_mode))
			remove_all(name);
		else
			unlink(name);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

/* Both files beside the old ones in a directory that looks like schemas/, read as a service would. */
static int try(const struct areas *a, const char *real, const char *trial, const char *csv, const char *geojson,
	       struct err *err)
{
	const char *const but_areas[] = {"areas", NULL}, *const but_files[] = {csv, geojson, NULL};
	char from[PATH_SIZE], to[PATH_SIZE], old[PATH_SIZE + 80], path[PATH_SIZE + 80];
	struct pack *pack;

	snprintf(from, sizeof from, "%s/areas", real);
	snprintf(to, sizeof to, "%s/areas", trial);
	if (mkdir(to, 0755))
		return fail(to, err);
	if (link_all(real, trial, but_areas, err) || link_all(from, to, but_files, err))
		return -1;
	snprintf(old, sizeof old, "%s/%s", from, csv);
	snprintf(path, sizeof path, "%s/%s", to, csv);
	if (write_register(a, old, path, err))
		return -1;
	snprintf(old, sizeof old, "%s/%s", from, geojson);
	snprintf(path, sizeof path, "%s/%s", to, geojson);
	if (write_outlines(a, old, path, err) || pack_open(&pack, trial, operator_conf.pack, NULL, err))
		return -1;
	pack_close(pack);
	return 0;
}

static int move(const char *trial, const char *real, const char *name, struct err *err)
{
	char from[PATH_SIZE + 80], to[PATH_SIZE + 80];

	snprintf(from, sizeof from, "%s/areas/%s", trial, name);
	snprintf(to, sizeof to, "%s/areas/%s", real, name);
	return rename(from, to) ? fail(to, err) : 0;
}

/* The outlines first: those of areas that no register names are passed over. */
int areas_write(const struct areas *a, struct err *err)
{
	char real[PATH_SIZE / 2], trial[PATH_SIZE / 2 + 40], csv[40], geojson[40];
	char *path = realpath(operator_conf.schemas, NULL);
	int rc;

	if (!path || strlen(path) >= sizeof real) {
		free(path);
		return fail(operator_conf.schemas, err);
	}
	snprintf(real, sizeof real, "%s", path);
	free(path);
	snprintf(csv, sizeof csv, "%s.csv", a->municipality);
	snprintf(geojson, sizeof geojson, "%s.geojson", a->municipality);
	snprintf(trial, sizeof trial, "%s/.import-XXXXXX", real);
	if (!mkdtemp(trial))
		return fail(real, err);
	rc = try(a, real, trial, csv, geojson, err);
	if (rc == 0)
		rc = move(trial, real, geojson, err) || move(trial, real, csv, err) ? -1 : 0;
	remove_all(trial);
	return rc;
}
