/* oidc_provider: the identity provider's side: where it is (OpenID Connect Discovery 1.0), its keys, a code redeemed.
 * What it said of itself is kept an hour; its keys are asked for again when a token is signed by one that is not known,
 * every five seconds at most. From any thread. */
#ifndef API_OIDC_PROVIDER_H
#define API_OIDC_PROVIDER_H

#include "base/buf.h"
#include "base/err.h"

#define PROVIDER_ADDRESS_MAX 1024

struct provider {
	char authorization[PROVIDER_ADDRESS_MAX], token[PROVIDER_ADDRESS_MAX], keys[PROVIDER_ADDRESS_MAX];
};

void provider_open(const char *issuer); /* borrowed */
void provider_close(void);

/* ERR_RETRY: it is away, or says what cannot be used. */
int provider_get(struct provider *p, struct err *err) MUST_CHECK;

/* A code's token: what it says, its signature being good, is appended to claims. ERR_MESSAGE: the provider refused the
 * code, or the token is not its own. */
int provider_redeem(const struct provider *p, const char *form, const char *client, const char *secret,
		    struct buf *claims, struct err *err) MUST_CHECK;

#endif
