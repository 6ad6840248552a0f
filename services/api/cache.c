/* cache: answers by what was asked, each for one version of the figures. A table with one place a key's hash: a newer
 * answer takes the older one's place, and when the whole is too large it begins anew. */
#include "api.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define PLACES 4096

struct place {
	char *key;
	char version[API_VERSION_SIZE];
	void *data;
	size_t len;
};

static struct {
	pthread_mutex_t lock;
	struct place places[PLACES];
	size_t bytes, max;
} c = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct place *place_of(const char *key)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */

	for (const char *p = key; *p; p++)
		h = (h ^ (unsigned char)*p) * 1099511628211u;
	return &c.places[(h ^ h >> 32) % PLACES];
}

static void empty(struct place *p)
{
	c.bytes -= p->len;
	free(p->key);
	free(p->data);
	*p = (struct place){0};
}

static void empty_all(void)
{
	for (size_t i = 0; i < PLACES; i++)
		empty(&c.places[i]);
}

void cache_open(size_t bytes_max)
{
	c.max = bytes_max;
}

void cache_close(void)
{
	pthread_mutex_lock(&c.lock);
	empty_all();
	pthread_mutex_unlock(&c.lock);
}

bool cache_get(const char *key, const char *version, struct buf *out)
{
	const struct place *p;
	bool found;

	pthread_mutex_lock(&c.lock);
	p = place_of(key);
	found = p->key && strcmp(p->key, key) == 0 && strcmp(p->version, version) == 0;
	if (found)
		buf_append(out, p->data, p->len);
	pthread_mutex_unlock(&c.lock);
	return found;
}

void cache_put(const char *key, const char *version, const void *data, size_t len)
{
	char *k = strdup(key);
	void *d = malloc(len ? len : 1);
	struct place *p;

	if (!k || !d || len > c.max / 4) {
		free(k);
		free(d);
		return;
	}
	memcpy(d, data, len);
	pthread_mutex_lock(&c.lock);
	if (c.bytes + len > c.max)
		empty_all();
	p = place_of(key);
	empty(p);
	p->key = k;
	p->data = d;
	p->len = len;
	strncpy(p->version, version, sizeof p->version - 1);
	c.bytes += len;
	pthread_mutex_unlock(&c.lock);
}
