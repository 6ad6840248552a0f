/* cache: answers of one version of the figures. From any thread. */
#ifndef API_CACHE_H
#define API_CACHE_H

#include "api.h"

void cache_open(size_t bytes_max);
void cache_close(void);
/* Appends the answer for key to out, compressed if gzip, and says of which version it is (had): the one asked for, or
 * the one before while somebody else makes the new one, so that a new version costs one query each and not one a
 * reader. false: there is none, and the caller makes it (cache_put), or says that it could not (cache_forgo). */
bool cache_get(const char *key, const char *version, bool gzip, struct buf *out, char had[API_VERSION_SIZE]);
void cache_forgo(const char *key, const char *version);
/* The answer to who asked at one version is of that or a later one (version): good until another is asked for. */
void cache_put(const char *key, const char *asked, const char *version, const void *data, size_t len);

#endif
