/* jws: a signed token (RFC 7515, compact), verified by a key of its issuer (JWK, RFC 7517). Hides libcjose. Only RS256
 * and ES256 are taken: neither "none" nor a shared secret. */
#ifndef LAGESBILD_JWS_H
#define LAGESBILD_JWS_H

#include "base/buf.h"
#include "base/err.h"

struct jws;

/* ERR_MESSAGE: not a token, or signed in another way. */
int jws_open(struct jws **jws, const char *token, size_t len, struct err *err) MUST_CHECK;
void jws_close(struct jws *jws);

/* Which key it says that it is signed by ("": it does not say), and of which type that is (RSA, EC). */
const char *jws_key_id(const struct jws *jws);
const char *jws_key_type(const struct jws *jws);

/* Is it signed by that key (the JSON text of one JWK)? Then what it says is appended to claims. */
int jws_verify(struct jws *jws, const char *key, size_t len, struct buf *claims, struct err *err) MUST_CHECK;

#endif
