#include "base64.h"

#include <sodium.h>

int base64_decode(const char *text, size_t len, struct buf *out)
{
	size_t n;

	if (!buf_reserve(out, len / 4 * 3 + 3) || sodium_base642bin(out->data + out->len, len / 4 * 3 + 3, text, len,
								    NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL))
		return -1;
	out->len += n;
	return 0;
}

int base64_encode(const void *data, size_t len, struct buf *out)
{
	size_t n = sodium_base64_encoded_len(len, sodium_base64_VARIANT_ORIGINAL);

	if (!buf_reserve(out, n))
		return -1;
	sodium_bin2base64((char *)out->data + out->len, n, data, len, sodium_base64_VARIANT_ORIGINAL);
	out->len += n - 1; /* its terminator */
	return 0;
}
