/* Answers by what was asked, plain and compressed, each for one version of the figures. A table with one place a
 * key's hash: a newer answer takes the older one's place, and when the whole is too large, what nobody has got for the
 * longest makes room. */
#include "cache.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACES 4096
#define CLAIMS 128 /* at most one a thread that asks */

struct place {
	char *key;
	struct place *older, *newer; /* by when it was got */
	char asked[API_VERSION_SIZE], version[API_VERSION_SIZE];
	unsigned used, wanted; /* how often since the last turn; before it, until made anew */
	void *data, *gzip;
	size_t len, gzip_len;
};

static struct {
	pthread_mutex_t lock;
	struct place places[PLACES];
	char coming[API_VERSION_SIZE];
	struct place *oldest, *newest;
	size_t bytes, max;
	uint64_t claims[CLAIMS]; /* hashes of the keys that are being made; 0: none */
	pthread_cond_t done;
} c = {.lock = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};

uint64_t cache_hash(const char *key)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */

	for (const char *p = key; *p; p++)
		h = (h ^ (unsigned char)*p) * 1099511628211u;
	return h ? h : 1;
}

static struct place *place_of(const char *key)
{
	uint64_t h = cache_hash(key);

	return &c.places[(h ^ h >> 32) % PLACES];
}

static void unlink_place(struct place *p)
{
	*(p->older ? &p->older->newer : &c.oldest) = p->newer;
	*(p->newer ? &p->newer->older : &c.newest) = p->older;
}

static void link_newest(struct place *p)
{
	p->older = c.newest;
	p->newer = NULL;
	*(c.newest ? &c.newest->newer : &c.oldest) = p;
	c.newest = p;
}

static void empty(struct place *p)
{
	if (!p->key)
		return;
	unlink_place(p);
	c.bytes -= p->len + p->gzip_len;
	free(p->key);
	free(p->data);
	free(p->gzip);
	*p = (struct place){0};
}

void cache_open(size_t bytes_max)
{
	c.max = bytes_max;
}

void cache_close(void)
{
	pthread_mutex_lock(&c.lock);
	while (c.oldest)
		empty(c.oldest);
	pthread_mutex_unlock(&c.lock);
}

bool cache_get(const char *key, const char *version, bool gzip, struct buf *out, char had[API_VERSION_SIZE])
{
	struct place *p;
	bool found;

	pthread_mutex_lock(&c.lock);
	p = place_of(key);
	found = p->key && strcmp(p->key, key) == 0 &&
		(strcmp(p->asked, version) == 0 || (*c.coming && strcmp(p->asked, c.coming) == 0));
	if (found) {
		p->used++;
		unlink_place(p);
		link_newest(p);
		memcpy(had, p->version, sizeof p->version);
		buf_append(out, gzip ? p->gzip : p->data, gzip ? p->gzip_len : p->len);
	}
	pthread_mutex_unlock(&c.lock);
	return found;
}

static uint64_t *find_claim(uint64_t hash)
{
	for (size_t i = 0; i < CLAIMS; i++)
		if (c.claims[i] == hash)
			return &c.claims[i];
	return NULL;
}

void cache_claim(const char *key)
{
	uint64_t hash = cache_hash(key), *room;

	if (!*key)
		return;
	pthread_mutex_lock(&c.lock);
	while (find_claim(hash))
		pthread_cond_wait(&c.done, &c.lock);
	room = find_claim(0);
	assert(room);
	*room = hash;
	pthread_mutex_unlock(&c.lock);
}

void cache_done(const char *key)
{
	if (!*key)
		return;
	pthread_mutex_lock(&c.lock);
	*find_claim(cache_hash(key)) = 0;
	pthread_cond_broadcast(&c.done);
	pthread_mutex_unlock(&c.lock);
}

void cache_turn(const char *coming)
{
	pthread_mutex_lock(&c.lock);
	snprintf(c.coming, sizeof c.coming, "%s", coming);
	for (size_t i = 0; i < PLACES; i++) {
		c.places[i].wanted = c.places[i].used;
		c.places[i].used = 0;
	}
	pthread_mutex_unlock(&c.lock);
}

bool cache_used(char *key, size_t size)
{
	struct place *most = NULL;

	pthread_mutex_lock(&c.lock);
	for (size_t i = 0; i < PLACES; i++) {
		struct place *p = &c.places[i];

		if (!p->wanted || strlen(p->key) >= size)
			continue;
		if (strcmp(p->version, c.coming) == 0) {
			memcpy(p->asked, c.coming, sizeof p->asked);
			p->wanted = 0;
		} else if (!most || p->wanted > most->wanted) {
			most = p;
		}
	}
	if (most) {
		snprintf(key, size, "%s", most->key);
		most->wanted = 0;
	}
	pthread_mutex_unlock(&c.lock);
	return most != NULL;
}

void cache_note(const char *key)
{
	struct place *p;

	pthread_mutex_lock(&c.lock);
	p = place_of(key);
	if (p->key && strcmp(p->key, key) == 0)
		p->used++;
	pthread_mutex_unlock(&c.lock);
}

void cache_put(const char *key, const char *asked, const char *version, const void *data, size_t len)
{
	struct place fresh = {.key = strdup(key), .data = malloc(len ? len : 1), .len = len}, *p;

	fresh.gzip = server_gzip(data, len, &fresh.gzip_len);
	if (!fresh.key || !fresh.data || !fresh.gzip || len + fresh.gzip_len > c.max / 16) {
		free(fresh.key);
		free(fresh.data);
		free(fresh.gzip);
		return;
	}
	memcpy(fresh.data, data, len);
	snprintf(fresh.asked, sizeof fresh.asked, "%s", asked);
	snprintf(fresh.version, sizeof fresh.version, "%s", version);
	pthread_mutex_lock(&c.lock);
	p = place_of(key);
	if (p->key && strcmp(p->key, key) == 0)
		fresh.used = p->used; /* while it was made */
	empty(p);
	while (c.bytes + len + fresh.gzip_len > c.max)
		empty(c.oldest);
	*p = fresh;
	link_newest(p);
	c.bytes += len + fresh.gzip_len;
	pthread_mutex_unlock(&c.lock);
}
