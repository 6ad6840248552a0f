/* server_stream: connections that stay open and are told of events. Each remembers the number of the event it was given
 * last, so a slow one skips to the newest. A connection that has all sleeps (suspended): it costs no thread and no turn
 * of the loop. */
#include "http/server_private.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define EVENT_MAX 1024
#define BEAT_S 15

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t beat;
	struct server_request *first; /* all open streams */
	uint64_t number;	      /* of the event below; 0: none yet */
	char event[EVENT_MAX];
	size_t len;
	bool stopping, running;
} t = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void wake(struct server_request *r)
{
	if (r->asleep)
		MHD_resume_connection(r->connection);
	r->asleep = false;
}

static void wake_all(void)
{
	for (struct server_request *r = t.first; r; r = r->next_stream)
		wake(r);
}

/* Called by the library when the connection can take more. */
static ssize_t give(void *arg, uint64_t position, char *out, size_t max)
{
	struct server_request *r = arg;
	ssize_t n = 0;

	(void)position;
	pthread_mutex_lock(&t.lock);
	if (t.stopping || r->ended) {
		n = MHD_CONTENT_READER_END_OF_STREAM;
	} else if (r->seen != t.number && t.len <= max) {
		memcpy(out, t.event, t.len);
		n = (ssize_t)t.len;
		r->seen = t.number;
	} else {
		r->asleep = true;
		MHD_suspend_connection(r->connection);
	}
	pthread_mutex_unlock(&t.lock);
	return n;
}

void server_stream_open(struct server_request *r)
{
	r->response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, EVENT_MAX, give, r, NULL);
	if (!r->response)
		return;
	r->status = MHD_HTTP_OK;
	MHD_add_response_header(r->response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/event-stream");
	MHD_add_response_header(r->response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	server_dress(r);
}

bool server_stream(struct server_request *r, const char *reader, int max)
{
	int open = 0;

	if (r->response || r->stream)
		return true;
	pthread_mutex_lock(&t.lock);
	for (const struct server_request *o = t.first; o; o = o->next_stream)
		open += !o->ended && strcmp(o->reader, reader) == 0;
	if (open < max) {
		snprintf(r->reader, sizeof r->reader, "%s", reader);
		r->next_stream = t.first;
		t.first = r;
		r->stream = r->listed = true;
	}
	pthread_mutex_unlock(&t.lock);
	return r->stream;
}

int server_readers(char (*readers)[SERVER_READER_SIZE], int max)
{
	int n = 0;

	pthread_mutex_lock(&t.lock);
	for (const struct server_request *r = t.first; r && n < max; r = r->next_stream) {
		bool known = false;

		for (int i = 0; i < n && !known; i++)
			known = strcmp(readers[i], r->reader) == 0;
		if (!known)
			memcpy(readers[n++], r->reader, sizeof r->reader);
	}
	pthread_mutex_unlock(&t.lock);
	return n;
}

void server_stream_end(const char *reader)
{
	pthread_mutex_lock(&t.lock);
	for (struct server_request *r = t.first; r; r = r->next_stream)
		if (strcmp(r->reader, reader) == 0) {
			r->ended = true;
			wake(r);
		}
	pthread_mutex_unlock(&t.lock);
}

void server_stream_forget(struct server_request *r)
{
	if (!r->listed)
		return;
	pthread_mutex_lock(&t.lock);
	for (struct server_request **p = &t.first; *p; p = &(*p)->next_stream)
		if (*p == r) {
			*p = r->next_stream;
			break;
		}
	pthread_mutex_unlock(&t.lock);
}

static void put(const char *event, const char *data)
{
	int n = snprintf(t.event, sizeof t.event, "%s%s%s%s%s\n", event ? "event: " : ":", event ? event : "",
			 event ? "\ndata: " : "", event ? data : "", event ? "\n" : "\n");

	assert(n > 0 && n < EVENT_MAX);
	t.len = (size_t)n;
	t.number++;
	wake_all();
}

void server_send(const char *event, const char *data)
{
	pthread_mutex_lock(&t.lock);
	put(event, data);
	pthread_mutex_unlock(&t.lock);
}

/* A line now and then shows who has left, and keeps proxies from closing what is only quiet. It repeats the event. */
static void *beat(void *arg)
{
	struct timespec until;

	(void)arg;
	pthread_mutex_lock(&t.lock);
	while (!t.stopping) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += BEAT_S;
		pthread_cond_timedwait(&t.changed, &t.lock, &until);
		if (!t.stopping && t.number) {
			t.number++;
			wake_all();
		}
	}
	pthread_mutex_unlock(&t.lock);
	return NULL;
}

void server_stream_start(void)
{
	int rc;

	t.stopping = false;
	rc = pthread_create(&t.beat, NULL, beat, NULL);
	assert(rc == 0);
	t.running = true;
}

void server_stream_stop(void)
{
	pthread_mutex_lock(&t.lock);
	t.stopping = true;
	pthread_cond_signal(&t.changed);
	wake_all();
	pthread_mutex_unlock(&t.lock);
	if (t.running)
		pthread_join(t.beat, NULL);
	t.running = false;
}

int server_streams(void)
{
	int n = 0;

	pthread_mutex_lock(&t.lock);
	for (const struct server_request *r = t.first; r; r = r->next_stream)
		n++;
	pthread_mutex_unlock(&t.lock);
	return n;
}
