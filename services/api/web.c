/* web: the files of the page (services/api/web, built by Vite), read once at the start, so no path of a request ever
 * reaches a file system. Files below assets/ have their content's hash in their name and stay for ever; index.html is
 * what every other address of the page shows. */
#include "api.h"

#include "base/log.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILES_MAX 256
#define BYTES_MAX (16 << 20)

static struct file {
	char path[256]; /* as asked for: /assets/index-1a2b3c.js */
	const char *type;
	void *data, *gzip;
	size_t len, gzip_len;
} files[FILES_MAX];
static size_t count;

static const char *type_of(const char *path)
{
	static const char *const types[][2] = {
		{".html", "text/html; charset=utf-8"},
		{".js", "text/javascript; charset=utf-8"},
		{".css", "text/css; charset=utf-8"},
		{".svg", "image/svg+xml"},
		{".png", "image/png"},
		{".json", "application/json"},
		{".webmanifest", "application/manifest+json"},
		{".woff2", "font/woff2"},
		{".txt", "text/plain; charset=utf-8"},
	};
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++)
		if (strcmp(dot, types[i][0]) == 0)
			return types[i][1];
	return "application/octet-stream";
}

static int load_file(const char *name, const char *path, size_t size, struct err *err)
{
	struct file *f = &files[count];
	FILE *in;

	if (count == FILES_MAX || size > BYTES_MAX || strlen(path) >= sizeof f->path)
		return err_set(err, ERR_CONFIG, "LAGESBILD_WEB: too many files, or one too large: %.200s", name);
	in = fopen(name, "re");
	f->data = malloc(size + 1);
	if (!in || !f->data || fread(f->data, 1, size, in) != size) {
		err_set(err, ERR_CONFIG, "%.200s cannot be read: %s", name, strerror(errno));
		free(f->data);
		f->data = NULL;
		if (in)
			fclose(in);
		return -1;
	}
	fclose(in);
	snprintf(f->path, sizeof f->path, "%s", path);
	f->type = type_of(path);
	f->len = size;
	if (size > 512 && strncmp(f->type, "image/png", 9) != 0 && strncmp(f->type, "font/", 5) != 0)
		f->gzip = server_gzip(f->data, size, &f->gzip_len);
	count++;
	return 0;
}

static int load_folder(const char *folder, const char *below, struct err *err)
{
	DIR *dir = opendir(folder);
	struct dirent *e;
	struct stat st;
	int rc = 0;

	if (!dir)
		return err_set(err, ERR_CONFIG, "LAGESBILD_WEB: %.200s cannot be read: %s", folder, strerror(errno));
	while (rc == 0 && (e = readdir(dir))) {
		char name[1024], path[512];

		if (e->d_name[0] == '.')
			continue;
		snprintf(name, sizeof name, "%s/%s", folder, e->d_name);
		snprintf(path, sizeof path, "%s/%s", below, e->d_name);
		if (stat(name, &st))
			rc = err_set(err, ERR_CONFIG, "%.200s: %s", name, strerror(errno));
		else if (S_ISDIR(st.st_mode))
			rc = strlen(below) > 100 ? 0 : load_folder(name, path, err);
		else if (S_ISREG(st.st_mode))
			rc = load_file(name, path, (size_t)st.st_size, err);
	}
	closedir(dir);
	return rc;
}

int web_load(const char *directory, struct err *err)
{
	return *directory ? load_folder(directory, "", err) : 0;
}

void web_release(void)
{
	for (size_t i = 0; i < count; i++) {
		free(files[i].data);
		free(files[i].gzip);
	}
	count = 0;
}

static const struct file *find(const char *path)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(files[i].path, path) == 0)
			return &files[i];
	return NULL;
}

void web_answer(struct server_request *r)
{
	const char *path = server_path(r);
	bool asset = strncmp(path, "/assets/", 8) == 0;
	const struct file *f = find(path);

	if (strcmp(server_method(r), "GET") != 0) {
		server_set(r, "Allow", "GET");
		problem(r, 405, "Så kan man inte göra här", NULL);
		return;
	}
	if (!f && !asset && !strrchr(path, '.'))
		f = find("/index.html");
	if (!f) {
		problem(r, 404, "Sidan finns inte", NULL);
		return;
	}
	server_set(r, "Cache-Control", asset ? "public, max-age=31536000, immutable" : "no-cache");
	server_answer_fixed(r, f->type, f->data, f->len, f->gzip, f->gzip_len);
}
