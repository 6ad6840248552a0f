#include "registry/registry.h"

#include "avro/avroread.h"
#include "base/buf.h"
#include "base/run.h"
#include "json/jsonread.h"
#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FRAME_LEN 5
#define REFUSED_MS 60000
#define CONNECT_MS 3000
#define TOTAL_MS 10000

struct entry {
	uint32_t id;
	struct avroread *reader; /* NULL: refused */
	uint64_t fingerprint;
	int64_t until_ms; /* of a refusal */
	uint64_t used;	  /* when, by the registry's own count */
	char why[200];
};

struct registry {
	struct registry_options options;
	CURLU *base;
	CURL *curl;
	char *path;	 /* of the URL, without a slash at its end */
	char where[300]; /* host and port, for sentences */
	struct jsonread *json;
	struct buf answer;
	struct entry *entries;
	size_t count, last;
	struct field_spec specs[FIELD_SPECS_MAX]; /* a copy: the reader's plans go by its address */
	size_t spec_count;
	uint64_t uses, requests;
};

/* ---- opening */

static int registry_parse(struct registry *r, struct err *err)
{
	static const CURLUPart unwanted[] = {CURLUPART_QUERY, CURLUPART_FRAGMENT};
	char *scheme = NULL, *host = NULL, *port = NULL, *text = NULL;
	bool good;
	size_t i, len;

	r->base = curl_url();
	good = r->base && strlen(r->options.url) <= REGISTRY_URL_MAX &&
	       !curl_url_set(r->base, CURLUPART_URL, r->options.url, 0) &&
	       !curl_url_get(r->base, CURLUPART_SCHEME, &scheme, 0) &&
	       (!strcmp(scheme, "http") || !strcmp(scheme, "https")) &&
	       !curl_url_get(r->base, CURLUPART_HOST, &host, 0) &&
	       !curl_url_get(r->base, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) &&
	       !curl_url_get(r->base, CURLUPART_PATH, &r->path, 0);
	for (i = 0; good && i < sizeof unwanted / sizeof *unwanted; i++)
		good = curl_url_get(r->base, unwanted[i], &text, 0) != CURLUE_OK;
	if (good) {
		snprintf(r->where, sizeof r->where, "%s:%s", host, port);
		for (len = strlen(r->path); len > 0 && r->path[len - 1] == '/'; len--)
			r->path[len - 1] = 0;
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_free(text);
	return good ? 0
		    : err_set(err, ERR_CONFIG,
			      "SCHEMA_REGISTRY_URL must be http://host[:port][/path] or https://, without ? and #");
}

static size_t registry_take(char *bytes, size_t size, size_t count, void *ctx)
{
	struct buf *answer = ctx;

	buf_append(answer, bytes, size * count);
	return answer->overflow ? 0 : size * count;
}

static int registry_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)ctx, (void)a, (void)b, (void)c, (void)d;
	return run_stopping();
}

static int registry_prepare(struct registry *r, struct err *err)
{
	CURL *c = r->curl = curl_easy_init();
	long connect_ms = r->options.connect_ms ? r->options.connect_ms : CONNECT_MS;
	long total_ms = r->options.total_ms ? r->options.total_ms : TOTAL_MS;

	if (!c || curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") ||
	    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) || curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) ||
	    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, connect_ms) ||
	    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, total_ms) || curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L) ||
	    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, registry_progress) ||
	    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, registry_take) ||
	    curl_easy_setopt(c, CURLOPT_WRITEDATA, &r->answer) || curl_easy_setopt(c, CURLOPT_USERAGENT, "lagesbild") ||
	    curl_easy_setopt(c, CURLOPT_CURLU, r->base))
		return err_set(err, ERR_CONFIG, "libcurl lacks what the schema registry needs");
	return 0;
}

int registry_open(struct registry **registry, const struct registry_options *options, struct err *err)
{
	struct registry *r = calloc(1, sizeof *r);

	if (!r)
		return err_set(err, ERR_RETRY, "out of memory for the schema registry");
	r->options = *options;
	buf_init(&r->answer, REGISTRY_ANSWER_MAX);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	r->entries = calloc(REGISTRY_IDS_MAX, sizeof *r->entries);
	if (!r->entries)
		err_set(err, ERR_RETRY, "out of memory for the schema registry");
	else if (!registry_parse(r, err) && !registry_prepare(r, err) &&
		 !jsonread_open(&r->json, REGISTRY_ANSWER_MAX, err)) {
		*registry = r;
		return 0;
	}
	registry_close(r);
	return -1;
}

static void registry_forget(struct registry *r)
{
	while (r->count)
		avroread_close(r->entries[--r->count].reader);
}

void registry_close(struct registry *registry)
{
	if (!registry)
		return;
	registry_forget(registry);
	free(registry->entries);
	jsonread_close(registry->json);
	buf_release(&registry->answer);
	curl_easy_cleanup(registry->curl);
	curl_url_cleanup(registry->base);
	curl_free(registry->path);
	curl_global_cleanup();
	free(registry);
}

uint64_t registry_requests(const struct registry *registry)
{
	return registry->requests;
}

/* ---- what is known */

static struct entry *registry_known(struct registry *r, uint32_t id)
{
	size_t i = r->last;

	if (i >= r->count || r->entries[i].id != id)
		for (i = 0; i < r->count && r->entries[i].id != id; i++)
			;
	if (i == r->count)
		return NULL;
	r->last = i;
	r->entries[i].used = ++r->uses;
	return &r->entries[i];
}

/* The entry of this id, else a free one, else a refusal's, else the one that was not used for longest. */
static struct entry *registry_place(struct registry *r, uint32_t id)
{
	struct entry *place = registry_known(r, id);
	size_t i;

	if (!place && r->count < REGISTRY_IDS_MAX)
		place = &r->entries[r->count++];
	if (!place) {
		place = r->entries;
		for (i = 1; i < r->count; i++) {
			struct entry *e = &r->entries[i];

			if (!e->reader != !place->reader ? !e->reader : e->used < place->used)
				place = e;
		}
		avroread_close(place->reader);
	}
	*place = (struct entry){.id = id, .used = ++r->uses};
	r->last = (size_t)(place - r->entries);
	return place;
}

static void registry_refuse(struct registry *r, struct entry *e, const char *why)
{
	e->until_ms = run_monotonic_ms() + (r->options.refused_ms ? r->options.refused_ms : REFUSED_MS);
	snprintf(e->why, sizeof e->why, "schema id %" PRIu32 ": %.150s", e->id, why);
}

/* ---- asking */

static int registry_get(struct registry *r, uint32_t id, long *status, bool *json, struct err *err)
{
	char path[REGISTRY_URL_MAX + 64];
	const char *type = NULL;
	CURLcode code;

	snprintf(path, sizeof path, "%s/schemas/ids/%" PRIu32, r->path, id);
	if (curl_url_set(r->base, CURLUPART_PATH, path, 0) || curl_easy_setopt(r->curl, CURLOPT_CURLU, r->base))
		return err_set(err, ERR_RETRY, "out of memory for the schema registry");
	buf_clear(&r->answer);
	r->requests++;
	code = curl_easy_perform(r->curl);
	if (code == CURLE_ABORTED_BY_CALLBACK)
		return err_set(err, ERR_RETRY, "asked to stop while the schema registry at %s is asked", r->where);
	if (code && !(code == CURLE_WRITE_ERROR && r->answer.overflow))
		return err_set(err, ERR_RETRY, "the schema registry at %s does not answer: %s", r->where,
			       curl_easy_strerror(code));
	curl_easy_getinfo(r->curl, CURLINFO_RESPONSE_CODE, status);
	curl_easy_getinfo(r->curl, CURLINFO_CONTENT_TYPE, &type);
	*json = type && strcasestr(type, "json");
	return 0;
}

/* {"schema":"...","schemaType":"AVRO"}: into the entry's reader. -1 with ERR_RETRY only without memory. */
static int registry_adopt(struct registry *r, struct entry *e, struct err *err)
{
	static const struct field_spec specs[] = {{.path = "schema"}, {.path = "schemaType"}};
	struct avroread *reader = NULL;
	struct field f[2];
	struct err why = {0};

	if (r->answer.overflow)
		registry_refuse(r, e, "the registry's answer is too long");
	else if (jsonread_record(r->json, r->answer.data, r->answer.len, specs, 2, f, &why))
		registry_refuse(r, e, "the registry's answer is no JSON object that can be read");
	else if (f[0].type != FIELD_TEXT)
		registry_refuse(r, e, "the registry's answer has no schema");
	else if (f[1].type == FIELD_TEXT && (f[1].len != 4 || memcmp(f[1].text, "AVRO", 4)))
		registry_refuse(r, e, "the schema is not Avro's");
	else if (avroread_open(&reader, err))
		return -1;
	else if (avroread_add(reader, f[0].text, f[0].len, &e->fingerprint, &why)) {
		avroread_close(reader);
		if (why.kind == ERR_RETRY) {
			*err = why;
			return -1;
		}
		registry_refuse(r, e, why.text);
		e->until_ms =
			INT64_MAX; /* another schema cannot come under this id; and Avro-C leaks what it refuses */
	} else {
		e->reader = reader;
	}
	return 0;
}

/* 404 in plain text or a page of HTML is a wrong address rather than an unknown id: to reject for it would empty a
 * whole feed into the dead letters for a slip in the configuration. */
static int registry_ask(struct registry *r, uint32_t id, struct entry **out, struct err *err)
{
	struct entry *e;
	bool json;
	long status;

	if (registry_get(r, id, &status, &json, err))
		return -1;
	if (status == 401 || status == 403)
		return err_set(err, ERR_CONFIG,
			       "the schema registry at %s answers %ld: name and password in SCHEMA_REGISTRY_URL?",
			       r->where, status);
	if ((status != 200 && status != 404) || !json)
		return err_set(err, ERR_RETRY, "what answers at %s is no schema registry in order: status %ld%s",
			       r->where, status, json ? "" : ", no JSON");
	e = registry_place(r, id);
	if (status == 404)
		registry_refuse(r, e, "the registry does not know it");
	else if (registry_adopt(r, e, err)) {
		registry_refuse(r, e, "out of memory");
		e->until_ms = 0;
		return -1;
	}
	*out = e;
	return 0;
}

/* ---- reading */

bool registry_framed(const void *bytes, size_t len)
{
	return len > 0 && *(const uint8_t *)bytes == 0;
}

/* A caller's table may be gone, and another stand at its address, while the readers' plans live on. */
static int registry_fields(struct registry *r, const struct field_spec *specs, size_t count, struct err *err)
{
	if (count == r->spec_count && !memcmp(r->specs, specs, count * sizeof *specs))
		return 0;
	if (count > FIELD_SPECS_MAX)
		return err_set(err, ERR_CONFIG, "a source names more than %d fields", FIELD_SPECS_MAX);
	registry_forget(r);
	memcpy(r->specs, specs, count * sizeof *specs);
	r->spec_count = count;
	return 0;
}

int registry_record(struct registry *registry, const void *bytes, size_t len, const struct field_spec *specs,
		    size_t count, struct field *fields, struct err *err)
{
	const uint8_t *p = bytes;
	struct entry *e;
	uint32_t id;

	if (!registry)
		return err_message(err, REASON_UNKNOWN_SCHEMA,
				   "The message names its schema by a registry's id: set SCHEMA_REGISTRY_URL.");
	if (len < FRAME_LEN)
		return err_message(err, REASON_SCHEMA, "The message ends within the id of its schema.");
	id = (uint32_t)p[1] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 8 | p[4];
	if (registry_fields(registry, specs, count, err))
		return -1;
	e = registry_known(registry, id);
	if (!e || (!e->reader && run_monotonic_ms() >= e->until_ms))
		if (registry_ask(registry, id, &e, err))
			return -1;
	if (!e->reader)
		return err_message(err, REASON_UNKNOWN_SCHEMA, "%s", e->why);
	return avroread_body(e->reader, e->fingerprint, p + FRAME_LEN, len - FRAME_LEN, registry->specs, count, fields,
			     err);
}
