/* route: the table of operations, and the way from a path to one. schemas/openapi.yaml says the same to people's tools;
 * a test compares the two. */
#include "api.h"

#include "api_doc.h"
#include "api_sql.h"
#include <stdio.h>
#include <string.h>

#define ANYBODY ACCESS_ANYBODY, 0
#define SIGNED_IN ACCESS_SIGNED_IN, 0
#define FOR(roles) ACCESS_SIGNED_IN, roles

const struct route api_routes[] = {
	{"GET", "/api/v1/session", ANYBODY, "", signin_session, NULL, NULL, "Who is signed in."},
	{"POST", "/api/v1/session", ANYBODY, "", signin_in, NULL, NULL, "Sign in by name and password."},
	{"DELETE", "/api/v1/session", ANYBODY, "", signin_out, NULL, NULL, "Sign out."},
	{"POST", "/api/v1/session/second", ANYBODY, "", second_give, NULL, NULL, "Give the second factor's code."},
	{"POST", "/api/v1/session/second/secret", ANYBODY, "", second_enrol, NULL, NULL,
	 "Make a second factor: its secret, shown once."},
	{"PUT", "/api/v1/session/password", SIGNED_IN, "", signin_password, NULL, NULL, "Change the own password."},
	{"GET", "/api/v1/openapi.json", ANYBODY, "", route_document, NULL, NULL, "This description."},
	{"GET", "/api/v1/oidc", ANYBODY, "", oidc_begin, NULL, NULL, "Sign in at the identity provider."},
	{"GET", "/api/v1/oidc/callback", ANYBODY,
	 "code state iss error error_description error_uri session_state scope", oidc_back, NULL, NULL,
	 "Where the identity provider sends people back to."},
	{"GET", "/api/v1/audit", FOR(ROLE_COORDINATOR | ROLE_OPERATOR), "before account", desk_answer, api_sql_audit,
	 NULL, "Who saw and changed what."},

	{"GET", "/api/v1/summary/{period}", SIGNED_IN, "area edition", figures_document, api_sql_summary, NULL,
	 "The picture of a period, from one snapshot."},
	{"GET", "/api/v1/cells", SIGNED_IN, "from to by area below category source format", figures_table,
	 api_sql_cells, api_sql_cells_stat, "Counts by period, area, category and source."},
	{"GET", "/api/v1/categories", SIGNED_IN, "format", figures_table, api_sql_categories, NULL, "The categories."},
	{"GET", "/api/v1/sources", SIGNED_IN, "format", figures_table, api_sql_sources, NULL, "The sources."},
	{"GET", "/api/v1/areas", SIGNED_IN, "", figures_document, api_sql_areas, NULL, "The areas."},
	{"GET", "/api/v1/outlines", ANYBODY, "area", outlines_answer, NULL, NULL,
	 "Outlines of an area and of what lies in it (GeoJSON)."},
	{"GET", "/api/v1/quality", SIGNED_IN, "period", figures_document, api_sql_quality, NULL,
	 "How each source delivers: silence, lateness, what was not understood, who reports."},
	{"GET", "/api/v1/effect", SIGNED_IN, "area category from to control", figures_document, api_sql_effect, NULL,
	 "Before and after a measure, beside another place."},
	{"GET", "/api/v1/balance", FOR(ROLE_OPERATOR), "", figures_document, api_sql_balance, NULL,
	 "Every message accounted for."},
	{"GET", "/api/v1/editions", SIGNED_IN, "", figures_document, api_sql_editions, NULL, "Published pictures."},
	{"POST", "/api/v1/editions", FOR(ROLE_COORDINATOR), "", editions_draft, api_sql_edition_new, NULL,
	 "Freeze a period's picture as a draft."},
	{"POST", "/api/v1/editions/{id}/comments", SIGNED_IN, "", desk_answer, api_sql_edition_comment, NULL,
	 "Comment on an edition."},
	{"PUT", "/api/v1/editions/{id}/state", FOR(ROLE_COORDINATOR), "", desk_answer, api_sql_edition_state, NULL,
	 "Approve, publish or withdraw an edition."},
	{"GET", "/api/v1/editions/{id}/documents", SIGNED_IN, "", desk_answer, api_sql_documents_get, NULL,
	 "An edition's documents, and how far they are."},
	{"POST", "/api/v1/editions/{id}/documents", FOR(ROLE_COORDINATOR), "", desk_answer, api_sql_document_post, NULL,
	 "Ask for a document."},
	{"GET", "/api/v1/editions/{id}/documents/{name}", SIGNED_IN, "", document_answer, api_sql_document_bytes, NULL,
	 "A document, for who sees every source in it."},
	{"GET", "/api/v1/public/editions/{id}/offentlig.pdf", ANYBODY, "", document_answer, api_sql_document_public,
	 NULL, "A published picture as a document."},
	{"GET", "/api/v1/public/editions", ANYBODY, "", figures_public, api_sql_public_editions, NULL,
	 "Published pictures, for anybody."},
	{"GET", "/api/v1/public/editions/{id}", ANYBODY, "", figures_public, api_sql_public_edition, NULL,
	 "A published picture: its public sources and the text for all."},
	{"GET", "/api/v1/public/measures", ANYBODY, "", desk_answer, api_sql_public_measures, NULL,
	 "What the groups say that they have done."},
	{"GET", "/api/v1/editions/{id}/revisions", SIGNED_IN, "format", figures_table, api_sql_revisions, NULL,
	 "What has changed since an edition was frozen, and why."},
	/* The last argument of a path takes its rest: what is longer stands before it. */
	{"GET", "/api/v1/editions/{id}", SIGNED_IN, "", desk_answer, api_sql_edition_get, NULL,
	 "An edition: how it came to be, and what is written in it."},
	{"GET", "/api/v1/changes", SIGNED_IN, "", desk_changes, NULL, NULL,
	 "Server-sent events: the figures' version each time it changes."},
	{"GET", "/api/v1/texts/{period}", SIGNED_IN, "area", desk_answer, api_sql_text_get, NULL,
	 "What is written about a period."},
	{"PUT", "/api/v1/texts/{period}", FOR(ROLE_COORDINATOR), "area", desk_answer, api_sql_text_put, NULL,
	 "Write about a period."},
	{"GET", "/api/v1/events", SIGNED_IN, "from", desk_answer, api_sql_events_get, NULL,
	 "Events of the coming 60 days."},
	{"POST", "/api/v1/events", FOR(ROLE_COORDINATOR), "", desk_answer, api_sql_event_put, NULL, "A new event."},
	{"PUT", "/api/v1/events/{id}", FOR(ROLE_COORDINATOR), "", desk_answer, api_sql_event_put, NULL,
	 "Change an event."},
	{"GET", "/api/v1/meetings", SIGNED_IN, "year", desk_answer, api_sql_meetings_get, NULL,
	 "The own groups' meetings."},
	{"POST", "/api/v1/meetings", FOR(ROLE_COORDINATOR), "", desk_answer, api_sql_meeting_put, NULL,
	 "A new meeting."},
	{"POST", "/api/v1/meetings/year/{year}", FOR(ROLE_COORDINATOR), "", desk_answer, api_sql_meetings_year, NULL,
	 "Propose a year's meetings."},
	{"POST", "/api/v1/meetings/feed", SIGNED_IN, "", calendar_feed, NULL, NULL,
	 "A new address for the own calendar; the old one is gone."},
	{"GET", "/api/v1/meetings.ics", ANYBODY, "key", calendar_answer, NULL, NULL,
	 "The own groups' meetings as iCalendar, by the key of its address."},
	{"GET", "/api/v1/meetings/{id}", SIGNED_IN, "", desk_answer, api_sql_meeting_get, NULL,
	 "A meeting and its history."},
	{"PUT", "/api/v1/meetings/{id}", FOR(ROLE_COORDINATOR), "", desk_answer, api_sql_meeting_put, NULL,
	 "Change a meeting."},
	{"GET", "/api/v1/measures", SIGNED_IN, "area state format", desk_table, api_sql_measures_get,
	 api_sql_measures_table, "Measures, the overdue ones first."},
	{"POST", "/api/v1/measures", FOR(ROLE_COORDINATOR), "", desk_answer, api_sql_measure_put, NULL,
	 "A new measure."},
	{"POST", "/api/v1/measures/import", FOR(ROLE_COORDINATOR), "", desk_answer, api_sql_measures_import, NULL,
	 "Many new measures at once: all, or none."},
	{"GET", "/api/v1/measures/{id}", SIGNED_IN, "", desk_answer, api_sql_measure_get, NULL,
	 "A measure and its history."},
	{"PUT", "/api/v1/measures/{id}", FOR(ROLE_COORDINATOR | ROLE_ACTOR), "", desk_answer, api_sql_measure_put, NULL,
	 "Change a measure; an actor only its own."},
	{"GET", "/api/v1/actors", SIGNED_IN, "", desk_answer, api_sql_actors_get, NULL, "Who may own a measure."},
	{"GET", "/api/v1/actors/{code}/measures", SIGNED_IN, "", desk_answer, api_sql_measures_get, NULL,
	 "An actor's measures."},
	{"GET", "/api/v1/priorities", SIGNED_IN, "", desk_answer, api_sql_priorities_get, NULL,
	 "The areas' levels, red first."},
	{"PUT", "/api/v1/priorities/{area}", FOR(ROLE_COORDINATOR), "", desk_answer, api_sql_priority_put, NULL,
	 "Give an area a level, with a reason."},
	{0},
};

/* One segment of the pattern against one of the path; a period at the end takes the rest (2026-03/2026-04). */
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
		stop = end[1]				      ? strchr(path, end[1])
		       : strncmp(pattern, "{period}", 8) == 0 ? path + strlen(path)
							      : path + strcspn(path, "/");
		if (!stop || stop == path || path[0] == '/')
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

static bool named(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = list; (p = strstr(p, name)); p += len)
		if ((p == list || p[-1] == ' ') && (p[len] == 0 || p[len] == ' '))
			return true;
	return false;
}

const char *route_argument(struct call *c, const char *name, const char *value)
{
	if (!*name || strchr(name, ' ') || !named(c->route->arguments, name))
		return "there is an argument that this does not know";
	for (int i = 0; i < c->count; i++)
		if (strcmp(c->arguments[i].name, name) == 0)
			return "an argument stands there twice";
	if (strlen(value) > API_VALUE_MAX || c->count == API_ARGUMENTS_MAX)
		return "an argument is too long, or there are too many";
	if (*value)
		c->arguments[c->count++] = (struct argument){name, value};
	return NULL;
}

static const struct {
	unsigned bit;
	const char *name;
} role_names[] = {
	{ROLE_READER, "reader"}, {ROLE_COORDINATOR, "coordinator"}, {ROLE_ACTOR, "actor"}, {ROLE_OPERATOR, "operator"}};

static void print_words(const char *list)
{
	for (size_t n; *list; list += n, list += strspn(list, " ")) {
		n = strcspn(list, " ");
		printf("\"%.*s\"%s", (int)n, list, list[n] ? ", " : "");
	}
}

void route_print(void)
{
	for (const struct route *o = api_routes; o->method; o++) {
		const char *comma = "";

		printf("%s{\"method\": \"%s\", \"pattern\": \"%s\", \"access\": \"%s\", \"roles\": [",
		       o == api_routes ? "[" : ",\n ", o->method, o->pattern,
		       o->access == ACCESS_ANYBODY ? "anybody" : "signed-in");
		for (size_t i = 0; i < sizeof role_names / sizeof *role_names; i++)
			if (o->roles & role_names[i].bit) {
				printf("%s\"%s\"", comma, role_names[i].name);
				comma = ", ";
			}
		printf("], \"arguments\": [");
		print_words(o->arguments);
		printf("], \"summary\": \"%s\"}", o->summary);
	}
	printf("]\n");
}

void route_document(struct call *c)
{
	server_answer(c->request, 200, "application/json", api_doc_openapi, strlen(api_doc_openapi), SERVER_TEXT);
}
