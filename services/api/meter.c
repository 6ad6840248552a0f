/* Many workers count, so there is a lock: a few additions each. */
#include "meter.h"

#include "base/metric.h"
#include "http/server.h"
#include <pthread.h>
#include <time.h>

static const int64_t bounds[] = {500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 5000000};

static struct metric requests = {.name = "lagesbild_api_requests_total",
				 .help = "Requests answered, by class of status.",
				 .kind = METRIC_COUNTER,
				 .label = "status"};
static struct metric seconds = {.name = "lagesbild_api_request_seconds",
				.help = "Time from a worker's taking a request to its answer.",
				.kind = METRIC_HISTOGRAM,
				.per = 1000000,
				.bounds = bounds,
				.bound_count = sizeof bounds / sizeof *bounds};
static struct metric streams = {
	.name = "lagesbild_api_streams", .help = "Open streams of live updates.", .kind = METRIC_GAUGE};
static struct metric cache = {.name = "lagesbild_api_cache_total",
			      .help = "Figures asked for, by whether the answer was remembered (hit, miss).",
			      .kind = METRIC_COUNTER,
			      .label = "result"};
static struct metric waiting = {
	.name = "lagesbild_api_waiting", .help = "Requests that wait for a worker.", .kind = METRIC_GAUGE};
static struct metric refused = {.name = "lagesbild_api_refused_total",
				.help = "Requests refused because too many waited.",
				.kind = METRIC_COUNTER};
static struct metric sign_ins = {
	.name = "lagesbild_api_sign_ins_total",
	.help = "Passwords, codes and returns from the identity provider, by result (accepted, refused, locked).",
	.kind = METRIC_COUNTER,
	.label = "result"};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void meter_open(void)
{
	metric_register(&requests);
	metric_register(&seconds);
	metric_register(&streams);
	metric_register(&cache);
	metric_register(&waiting);
	metric_register(&refused);
	metric_register(&sign_ins);
	/* Shown from the start: what begins to be shown at its first 7 has never risen by 7. */
	metric_add(&requests, "5xx", 0);
	metric_add(&sign_ins, "refused", 0);
	metric_add(&sign_ins, "locked", 0);
}

int64_t meter_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void meter_request(unsigned status, int64_t us)
{
	char class[] = "0xx";

	class[0] = (char)('0' + status / 100 % 10);
	pthread_mutex_lock(&lock);
	metric_add(&requests, class, 1);
	metric_observe(&seconds, us);
	pthread_mutex_unlock(&lock);
}

void meter_server(void)
{
	metric_set(&streams, NULL, server_streams());
	metric_set(&waiting, NULL, server_waiting());
	metric_add(&refused, NULL, server_refused() - metric_value(&refused, NULL));
}

void meter_sign_in(unsigned status)
{
	const char *result = status < 400 ? "accepted" : status == 429 ? "locked" : "refused";

	if (status != 400 && status < 500) {
		pthread_mutex_lock(&lock);
		metric_add(&sign_ins, result, 1);
		pthread_mutex_unlock(&lock);
	}
}

void meter_cache(bool hit)
{
	pthread_mutex_lock(&lock);
	metric_add(&cache, hit ? "hit" : "miss", 1);
	pthread_mutex_unlock(&lock);
}
