/* cache: answers of one version of the figures. From any thread. What pages look at is made anew by the listener when
 * the figures have changed, so that nobody waits for it; what nobody looks at any more is dropped. */
#ifndef API_CACHE_H
#define API_CACHE_H

#include "api.h"

void cache_open(size_t bytes_max);
void cache_close(void);
/* Appends the answer for key to out, compressed if gzip, and says of which version it is (had): version, or a later
 * one. false: there is none, and the caller makes it. */
bool cache_get(const char *key, const char *version, bool gzip, struct buf *out, char had[API_VERSION_SIZE]);
/* The answer to who asked at one version is of that or a later one (version): good until another is asked for. */
void cache_put(const char *key, const char *asked, const char *version, const void *data, size_t len);
uint64_t cache_hash(const char *key); /* never 0 */
/* Who asked for it looks at it: what a single page shows is made anew too. */
void cache_note(const char *key);

/* Who is going to make an answer claims its key and looks once more; meanwhile others who do wait. Each claim is done
 * with, made or not. "": a key that is not remembered; nobody waits for it. */
void cache_claim(const char *key);
void cache_done(const char *key);

/* A new version is made before anybody asks at it: from now on what is put for coming answers who asks at the version
 * before too. Then each key that somebody has got since the last turn, one a call, the most asked for first, which the
 * caller makes anew (what is of that version already is kept). false: no more. */
void cache_turn(const char *coming);
bool cache_used(char *key, size_t size);

#endif
