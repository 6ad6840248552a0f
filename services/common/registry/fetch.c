#include "registry/fetch.h"

#include <curl/curl.h>
#include <pthread.h>
#include <string.h>

static void fetch_init(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t fetch_take(char *bytes, size_t size, size_t count, void *ctx)
{
	struct buf *answer = ctx;

	buf_append(answer, bytes, size * count);
	return answer->overflow ? 0 : size * count;
}

static bool fetch_prepare(CURL *c, const struct fetch_request *r, struct buf *answer)
{
	if (curl_easy_setopt(c, CURLOPT_URL, r->url) || curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") ||
	    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) || curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) ||
	    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, r->total_ms) ||
	    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, fetch_take) || curl_easy_setopt(c, CURLOPT_WRITEDATA, answer) ||
	    curl_easy_setopt(c, CURLOPT_USERAGENT, "lagesbild"))
		return false;
	if (r->form && curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->form))
		return false;
	return !r->user ||
	       (!curl_easy_setopt(c, CURLOPT_HTTPAUTH, CURLAUTH_BASIC) &&
		!curl_easy_setopt(c, CURLOPT_USERNAME, r->user) && !curl_easy_setopt(c, CURLOPT_PASSWORD, r->password));
}

int fetch_run(const struct fetch_request *request, struct buf *answer, long *status, struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	CURLcode rc = CURLE_OUT_OF_MEMORY;
	CURL *c;

	pthread_once(&once, fetch_init);
	buf_clear(answer);
	c = curl_easy_init();
	if (c && fetch_prepare(c, request, answer))
		rc = curl_easy_perform(c);
	if (rc == CURLE_OK)
		curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, status);
	curl_easy_cleanup(c);
	buf_byte(answer, 0);
	if (rc != CURLE_OK || answer->overflow)
		return err_set(err, ERR_RETRY, "no whole answer: %s", curl_easy_strerror(rc));
	answer->len--;
	return 0;
}

void fetch_escape(struct buf *out, const char *text)
{
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;
		bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
			     (byte >= 'a' && byte <= 'z') || strchr("-._~", byte);

		buf_format(out, plain ? "%c" : "%%%02X", byte);
	}
}
