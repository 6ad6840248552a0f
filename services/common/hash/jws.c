#include "hash/jws.h"

#include <cjose/cjose.h>
#include <stdlib.h>
#include <string.h>

struct jws {
	cjose_jws_t *token;
	const char *kid, *kty;
};

int jws_open(struct jws **jws, const char *token, size_t len, struct err *err)
{
	struct jws *j = calloc(1, sizeof *j);
	const char *alg = NULL;
	cjose_header_t *header;

	if (!j)
		return err_set(err, ERR_RETRY, "out of memory for a token");
	j->token = cjose_jws_import(token, len, NULL);
	header = j->token ? cjose_jws_get_protected(j->token) : NULL;
	if (header) {
		alg = cjose_header_get(header, CJOSE_HDR_ALG, NULL);
		j->kid = cjose_header_get(header, CJOSE_HDR_KID, NULL);
	}
	if (alg && strcmp(alg, CJOSE_HDR_ALG_RS256) == 0)
		j->kty = "RSA";
	else if (alg && strcmp(alg, CJOSE_HDR_ALG_ES256) == 0)
		j->kty = "EC";
	if (j->kty) {
		*jws = j;
		return 0;
	}
	jws_close(j);
	return err_message(err, REASON_SYNTAX, "the token is none, or is not signed by RS256 or ES256");
}

void jws_close(struct jws *jws)
{
	if (!jws)
		return;
	if (jws->token)
		cjose_jws_release(jws->token);
	free(jws);
}

const char *jws_key_id(const struct jws *jws)
{
	return jws->kid ? jws->kid : "";
}

const char *jws_key_type(const struct jws *jws)
{
	return jws->kty;
}

int jws_verify(struct jws *jws, const char *key, size_t len, struct buf *claims, struct err *err)
{
	cjose_jwk_t *jwk = cjose_jwk_import(key, len, NULL);
	const char *type = jwk ? cjose_jwk_name_for_kty(cjose_jwk_get_kty(jwk, NULL), NULL) : NULL;
	uint8_t *text = NULL;
	size_t text_len = 0;
	bool good = type && strcmp(type, jws->kty) == 0 && cjose_jws_verify(jws->token, jwk, NULL) &&
		    cjose_jws_get_plaintext(jws->token, &text, &text_len, NULL);

	if (good)
		buf_append(claims, text, text_len);
	if (jwk)
		cjose_jwk_release(jwk);
	return good ? 0 : err_message(err, REASON_BAD_VALUE, "the token is not signed by that key");
}
