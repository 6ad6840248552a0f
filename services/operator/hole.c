#include "hole.h"

#include "hash/hash.h"
#include <string.h>

int hole_make(const char *operator_key, const char *topic, struct hole *h, struct kafka_record *out, struct err *err)
{
	static const char reason[] = "purged";
	const struct signature_text text = {.topic = {topic, strlen(topic)}, .reason = {reason, sizeof reason - 1}};
	struct hash_key key;

	h->headers[0] = (struct kafka_record_header){"lagesbild-reason", reason, sizeof reason - 1};
	*out = (struct kafka_record){.headers = h->headers, .header_count = 1};
	if (!*operator_key)
		return 0;
	if (hash_key_init(&key, operator_key, err))
		return -1;
	signature_make(&key, &text, h->signature);
	hash_key_release(&key);
	h->headers[1] = (struct kafka_record_header){"lagesbild-signature", h->signature, SIGNATURE_SIZE - 1};
	out->header_count = 2;
	return 0;
}
