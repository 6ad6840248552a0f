/* outlines: what a map draws: the outlines of schemas/areas, one GeoJSON Feature a line, read once at the start. Codes
 * are a tree: 1881-centrum lies in 1881, 1881 in 18. */
#include "api.h"

#include "cache.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUTLINES_MAX 20000
#define LINE_MAX_BYTES (4u << 20)
#define CODE_SIZE 33

static struct {
	struct outline {
		char code[CODE_SIZE];
		char *feature;
	} * list;
	size_t count;
} o;

/* The code in "id":"…", as `lagesbild` and the registers write it. */
static bool code_of(const char *line, char code[CODE_SIZE])
{
	const char *at = strstr(line, "\"id\":\""), *end;

	if (!at)
		return false;
	at += strlen("\"id\":\"");
	end = strchr(at, '"');
	if (!end || end == at || end - at >= CODE_SIZE)
		return false;
	snprintf(code, CODE_SIZE, "%.*s", (int)(end - at), at);
	return true;
}

static int load_file(const char *path, struct err *err)
{
	FILE *in = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int rc = 0;

	if (!in)
		return err_set(err, ERR_CONFIG, "%.200s cannot be read: %s", path, strerror(errno));
	while (rc == 0 && (len = getline(&line, &room, in)) > 0) {
		struct outline *at = &o.list[o.count];

		while (len && strchr(", \r\n", line[len - 1]))
			line[--len] = 0;
		if (!len)
			continue;
		if (o.count == OUTLINES_MAX || len > (ssize_t)LINE_MAX_BYTES)
			rc = err_set(err, ERR_CONFIG, "%.200s: too many outlines, or one too large", path);
		else if (code_of(line, at->code) && (at->feature = strdup(line)))
			o.count++;
	}
	free(line);
	fclose(in);
	return rc;
}

int outlines_load(const char *schemas, struct err *err)
{
	char folder[512], path[1024];
	struct dirent *e;
	DIR *dir;
	int rc = 0;

	snprintf(folder, sizeof folder, "%s/areas", schemas);
	dir = opendir(folder);
	o.list = calloc(OUTLINES_MAX + 1, sizeof *o.list);
	if (!dir || !o.list) {
		if (dir)
			closedir(dir);
		return err_set(err, ERR_CONFIG, "%.200s cannot be read: %s", folder, strerror(errno));
	}
	while (rc == 0 && (e = readdir(dir))) {
		size_t len = strlen(e->d_name);

		if (len > 8 && e->d_name[0] != '.' && strcmp(e->d_name + len - 8, ".geojson") == 0) {
			snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
			rc = load_file(path, err);
		}
	}
	closedir(dir);
	return rc;
}

void outlines_release(void)
{
	for (size_t i = 0; i < o.count; i++)
		free(o.list[i].feature);
	free(o.list);
	o.list = NULL;
	o.count = 0;
}

/* Directly of interest for an area: a municipality's own areas, a county's municipalities; 00: all municipalities. */
static bool belongs(const char *code, const char *area)
{
	size_t len = strlen(area);

	if (strcmp(code, area) == 0)
		return true;
	if (strcmp(area, "00") == 0)
		return strlen(code) == 4;
	if (len == 2)
		return strlen(code) == 4 && strncmp(code, area, 2) == 0;
	return strncmp(code, area, 4) == 0 && code[4] == '-';
}

/* A code that an outline has; "00" and a county's are none's own. */
static bool known(const char *area)
{
	if (strlen(area) == 2)
		return true;
	for (size_t i = 0; i < o.count; i++)
		if (strcmp(o.list[i].code, area) == 0)
			return true;
	return false;
}

/* Whether there are any. */
static bool collect(const char *area, struct buf *b)
{
	bool more = false;

	buf_format(b, "{\"type\":\"FeatureCollection\",\"features\":[");
	for (size_t i = 0; i < o.count; i++) {
		if (!belongs(o.list[i].code, area))
			continue;
		if (more)
			buf_byte(b, ',');
		buf_append(b, o.list[i].feature, strlen(o.list[i].feature));
		more = true;
	}
	buf_format(b, "]}");
	return more;
}

/* Remembered as figures are, so that nobody compresses it twice. The files are read once: there is one version. */
void outlines_answer(struct call *c)
{
	static const char version[] = "files";
	char key[64], had[API_VERSION_SIZE];
	const char *area = handle_take(c, "area");
	struct buf *b = &c->worker->body;
	bool gzip = server_takes_gzip(c->request), found;

	if (!area || strlen(area) < 2 || strlen(area) >= CODE_SIZE) {
		problem(c->request, 400, "Frågan är fel", "area: a code");
		return;
	}
	snprintf(key, sizeof key, "outlines\n%s", area);
	buf_clear(b);
	found = cache_get(key, version, gzip, b, had);
	/* Anybody may ask for a code that nobody has: it takes no place. */
	if (!found && collect(area, b) && known(area))
		cache_put(key, version, version, b->data, b->len);
	server_set(c->request, "Cache-Control", "public, max-age=3600");
	server_answer(c->request, 200, "application/geo+json", b->data, b->len,
		      found && gzip ? SERVER_GZIP : SERVER_TEXT);
}
