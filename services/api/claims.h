/* claims: what an identity provider's token says (OpenID Connect Core 1.0, 3.1.3.7), once its signature is good. Pure.
 */
#ifndef API_CLAIMS_H
#define API_CLAIMS_H

#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

#define CLAIMS_SUBJECT_SIZE 256
#define CLAIMS_MAX 32768

struct claims_wanted {
	const char *issuer, *client, *nonce;
	const char *claim; /* that names the person: sub unless told otherwise; of email, a verified one */
	int64_t now_s;
};

/* The person into subject. ERR_MESSAGE: it is another's, too old, of another sign-in, or names nobody. */
int claims_check(const char *json, size_t len, const struct claims_wanted *wanted, char subject[CLAIMS_SUBJECT_SIZE],
		 struct err *err) MUST_CHECK;

#endif
