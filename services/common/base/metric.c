#include "base/metric.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct metric *_Atomic first;
static struct metric *last;
static int64_t started_s;

void metric_register(struct metric *m)
{
	assert(m->name && m->help && m->bound_count <= METRIC_BUCKETS_MAX);
	assert(m->kind != METRIC_HISTOGRAM || (!m->label && m->bounds));
	if (m == last || m->next)
		return;
	if (!started_s)
		started_s = time(NULL);
	if (!m->label) {
		atomic_store(&m->series[0].shown, true);
		atomic_store(&m->series_count, 1);
	}
	/* Whole before it can be seen: the printing thread may be at work. */
	if (last)
		last->next = m;
	else
		atomic_store(&first, m);
	last = m;
}

/* The series of a label's value, made when it is new; NULL when there are too many. */
static struct metric_series *find(struct metric *m, const char *value, bool make)
{
	size_t count = atomic_load(&m->series_count);

	assert(!value == !m->label);
	if (!value)
		return &m->series[0];
	for (size_t i = 0; i < count; i++)
		if (strncmp(m->series[i].value, value, METRIC_LABEL_MAX - 1) == 0)
			return &m->series[i];
	if (!make || count == METRIC_SERIES_MAX)
		return NULL;
	snprintf(m->series[count].value, METRIC_LABEL_MAX, "%s", value);
	atomic_store(&m->series_count, count + 1);
	return &m->series[count];
}

void metric_add(struct metric *m, const char *value, int64_t n)
{
	struct metric_series *s = find(m, value, true);

	assert(m->kind != METRIC_COUNTER || n >= 0);
	if (!s)
		return;
	atomic_fetch_add(&s->n, n);
	atomic_store(&s->shown, true);
}

void metric_set(struct metric *m, const char *value, int64_t n)
{
	struct metric_series *s = find(m, value, true);

	assert(m->kind == METRIC_GAUGE);
	if (!s)
		return;
	atomic_store(&s->n, n);
	atomic_store(&s->shown, true);
}

void metric_hide(struct metric *m, const char *value)
{
	struct metric_series *s = find(m, value, false);

	if (s)
		atomic_store(&s->shown, false);
}

void metric_observe(struct metric *m, int64_t n)
{
	size_t i = 0;

	while (i < m->bound_count && n > m->bounds[i])
		i++;
	atomic_fetch_add(&m->buckets[i], 1);
	atomic_fetch_add(&m->sum, n);
}

int64_t metric_value(const struct metric *m, const char *value)
{
	/* Only looked up, never made. */
	struct metric_series *s = find((struct metric *)(uintptr_t)m, value, false);

	return s ? atomic_load(&s->n) : 0;
}

/* ---- the text ---- */

static void write_head(struct buf *out, const char *name, const char *help, const char *kind)
{
	buf_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
}

/* A kept number in the unit that is shown. */
static void write_number(struct buf *out, const struct metric *m, int64_t n)
{
	if (m->per > 1)
		buf_format(out, "%.15g", (double)n / (double)m->per);
	else
		buf_format(out, "%" PRId64, n);
}

/* A label's value may hold anything but must not end its quotes or its line. */
static void write_label(struct buf *out, const char *label, const char *value)
{
	buf_format(out, "{%s=\"", label);
	for (; *value; value++)
		if (*value == '\n')
			buf_append(out, "\\n", 2);
		else if (*value == '"' || *value == '\\')
			buf_format(out, "\\%c", *value);
		else
			buf_byte(out, (uint8_t)*value);
	buf_append(out, "\"}", 2);
}

static void write_series(struct buf *out, const struct metric *m)
{
	size_t count = atomic_load(&m->series_count);

	for (size_t i = 0; i < count; i++) {
		const struct metric_series *s = &m->series[i];

		if (!atomic_load(&s->shown))
			continue;
		buf_append(out, m->name, strlen(m->name));
		if (m->label)
			write_label(out, m->label, s->value);
		buf_byte(out, ' ');
		write_number(out, m, atomic_load(&s->n));
		buf_byte(out, '\n');
	}
}

/* The count is what the buckets add up to, so that one text never contradicts itself. */
static void write_histogram(struct buf *out, const struct metric *m)
{
	int64_t so_far = 0;

	for (size_t i = 0; i < m->bound_count; i++) {
		so_far += atomic_load(&m->buckets[i]);
		buf_format(out, "%s_bucket{le=\"", m->name);
		write_number(out, m, m->bounds[i]);
		buf_format(out, "\"} %" PRId64 "\n", so_far);
	}
	so_far += atomic_load(&m->buckets[m->bound_count]);
	buf_format(out, "%s_bucket{le=\"+Inf\"} %" PRId64 "\n%s_sum ", m->name, so_far, m->name);
	write_number(out, m, atomic_load(&m->sum));
	buf_format(out, "\n%s_count %" PRId64 "\n", m->name, so_far);
}

/* The names that Prometheus's own client libraries use. */
static void write_process(struct buf *out)
{
	long long pages = 0, resident = 0;
	char text[128] = "", *end;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f) {
		if (fgets(text, sizeof text, f)) {
			pages = strtoll(text, &end, 10);
			resident = strtoll(end, NULL, 10);
		}
		fclose(f);
	}
	write_head(out, "process_resident_memory_bytes", "Resident memory.", "gauge");
	buf_format(out, "process_resident_memory_bytes %lld\n", pages ? resident * sysconf(_SC_PAGESIZE) : 0);
	write_head(out, "process_start_time_seconds", "When the process started, seconds since 1970.", "gauge");
	buf_format(out, "process_start_time_seconds %" PRId64 "\n", started_s);
}

void metric_write(struct buf *out)
{
	static const char *const kinds[] = {"counter", "gauge", "histogram"};

	for (const struct metric *m = atomic_load(&first); m; m = m->next) {
		write_head(out, m->name, m->help, kinds[m->kind]);
		if (m->kind == METRIC_HISTOGRAM)
			write_histogram(out, m);
		else
			write_series(out, m);
	}
	write_process(out);
}
