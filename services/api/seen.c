/* seen: which account read by which route, counted in memory and added to the day's row each minute, by the worker that
 * comes first after it; what is left is written when the program ends. A killed process loses a minute. */
#include "api.h"

#include "api_sql.h"
#include "base/log.h"
#include "base/run.h"
#include <pthread.h>
#include <string.h>

#define PLACES 512
#define FLUSH_MS 60000

struct place {
	int64_t account, n;
	const char *route; /* of the table of routes: it stays */
};

static struct {
	pthread_mutex_t lock;
	struct place places[PLACES];
	size_t count;
	int64_t flushed_ms;
} s = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void add(int64_t account, const char *route, int64_t n)
{
	size_t i = 0;

	while (i < s.count && (s.places[i].account != account || s.places[i].route != route))
		i++;
	if (i == PLACES)
		return;
	if (i == s.count)
		s.places[s.count++] = (struct place){account, 0, route};
	s.places[i].n += n;
}

static int write_down(struct worker *w, const struct place *places, size_t count, struct err *err)
{
	struct db *db = worker_desk(w, err);

	if (!db)
		return -1;
	db_param_array(db, DB_INT8, count);
	for (size_t i = 0; i < count; i++)
		db_item_int8(db, places[i].account);
	db_param_array(db, DB_TEXT, count);
	for (size_t i = 0; i < count; i++)
		db_item_text(db, places[i].route, strlen(places[i].route));
	db_param_array(db, DB_INT8, count);
	for (size_t i = 0; i < count; i++)
		db_item_int8(db, places[i].n);
	return db_query(db, api_sql_seen_put, NULL, err) < 0 ? -1 : 0;
}

void seen_flush(struct worker *w)
{
	struct place taken[PLACES];
	struct err err = {0};
	size_t count;

	pthread_mutex_lock(&s.lock);
	count = s.count;
	memcpy(taken, s.places, count * sizeof *taken);
	s.count = 0;
	s.flushed_ms = run_monotonic_ms();
	pthread_mutex_unlock(&s.lock);
	if (count == 0 || write_down(w, taken, count, &err) == 0)
		return;
	log_text(LOG_WARNING, "seen", "%s", err.text);
	pthread_mutex_lock(&s.lock);
	for (size_t i = 0; i < count; i++)
		add(taken[i].account, taken[i].route, taken[i].n);
	pthread_mutex_unlock(&s.lock);
}

void seen_note(struct worker *w, int64_t account, const char *route)
{
	bool now;

	pthread_mutex_lock(&s.lock);
	if (!s.flushed_ms)
		s.flushed_ms = run_monotonic_ms();
	add(account, route, 1);
	now = s.count == PLACES || run_monotonic_ms() - s.flushed_ms > FLUSH_MS;
	pthread_mutex_unlock(&s.lock);
	if (now)
		seen_flush(w);
}
