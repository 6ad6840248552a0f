/* route: the table of operations, and the way from a path to one. schemas/openapi.yaml says the same to people's tools;
 * a test compares the two. */
#include "api.h"

#include "api_sql.h"
#include <stdio.h>
#include <string.h>

#define ANYBODY ACCESS_ANYBODY, 0
#define SIGNED_IN ACCESS_SIGNED_IN, 0
#define FOR(roles) ACCESS_SIGNED_IN, roles

const struct route api_routes[] = {
	{"GET", "/api/v1/session", ANYBODY, "", desk_session, api_sql_session_get, NULL, "Who is signed in."},
	{"POST", "/api/v1/session", ANYBODY, "", desk_sign_in, NULL, NULL, "Sign in by name and password."},
	{"DELETE", "/api/v1/session", SIGNED_IN, "", desk_sign_out, NULL, NULL, "Sign out."},

	{"GET", "/api/v1/summary/{period}", SIGNED_IN, "area edition", figures_document, api_sql_summary, NULL,
	 "The picture of a period, from one snapshot."},
	{"GET", "/api/v1/cells", SIGNED_IN, "from to by area below category source format", figures_table,
	 api_sql_cells, api_sql_cells_stat, "Counts by period, area, category and source."},
	{"GET", "/api/v1/categories", SIGNED_IN, "format", figures_table, api_sql_categories, NULL, "The categories."},
	{"GET", "/api/v1/sources", SIGNED_IN, "format", figures_table, api_sql_sources, NULL, "The sources."},
	{"GET", "/api/v1/areas", SIGNED_IN, "", figures_document, api_sql_areas, NULL, "The areas."},
	{"GET", "/api/v1/outlines", SIGNED_IN, "area", outlines_answer, NULL, NULL,
	 "Outlines of an area and of what lies in it (GeoJSON)."},
	{"GET", "/api/v1/quality", SIGNED_IN, "", figures_document, api_sql_quality, NULL,
	 "How each source delivers: silence, lateness, what was not understood."},
	{"GET", "/api/v1/balance", FOR(ROLE_OPERATOR), "", figures_document, api_sql_balance, NULL,
	 "Every message accounted for."},
	{"GET", "/api/v1/editions", SIGNED_IN, "", figures_document, api_sql_editions, NULL, "Published pictures."},
	{"GET", "/api/v1/editions/{id}/revisions", SIGNED_IN, "format", figures_table, api_sql_revisions, NULL,
	 "What has changed since an edition was frozen, and why."},
	{"GET", "/api/v1/changes", SIGNED_IN, "", desk_changes, NULL, NULL,
	 "Server-sent events: the figures' version each time it changes."},
	{0},
};

/* One segment of the pattern against one of the path; the last argument takes the rest. */
static bool match(const char *pattern, char *path, struct call *c)
{
	const char *end;
	char *stop;

	c->count = 0;
	while (*pattern) {
		if (*pattern != '{') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		end = strchr(pattern, '}');
		stop = end[1] ? strchr(path, end[1]) : path + strlen(path);
		if (!stop || stop == path || (!end[1] && path[0] == '/'))
			return false;
		c->arguments[c->count++] = (struct argument){pattern + 1, path};
		pattern = end + 1;
		path = stop;
	}
	return *path == 0;
}

/* The arguments' names and values become texts of their own: '/' and '}' that end them are overwritten in a copy. */
static void cut(const char *pattern, struct call *c)
{
	static _Thread_local char names[API_ARGUMENTS_MAX][32];

	(void)pattern;
	for (int i = 0; i < c->count; i++) {
		size_t len = strcspn(c->arguments[i].name, "}");
		const char *after = c->arguments[i].name + len + 1;

		snprintf(names[i], sizeof names[i], "%.*s", (int)len, c->arguments[i].name);
		c->arguments[i].name = names[i];
		if (*after)
			*strchr((char *)(uintptr_t)c->arguments[i].value, *after) = 0;
	}
}

const struct route *route_find(const char *method, const char *path, struct call *c, char allowed[64])
{
	int n = 0;

	*allowed = 0;
	if (strlen(path) >= sizeof c->path)
		return NULL;
	snprintf(c->path, sizeof c->path, "%s", path);
	for (const struct route *o = api_routes; o->method; o++) {
		if (!match(o->pattern, c->path, c))
			continue;
		if (strcmp(o->method, method) == 0) {
			cut(o->pattern, c);
			return o;
		}
		n += snprintf(allowed + n, n < 56 ? (size_t)(64 - n) : 0, "%s%s", n ? ", " : "", o->method);
	}
	return NULL;
}
