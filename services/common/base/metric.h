/* metric: what a program counts, for Prometheus. A metric is a static struct that its module fills in and registers
 * once; the registry only links them. Numbers are whole and atomic: the loop that counts and the thread that prints
 * need no lock, and nothing is allocated. A unit that is smaller than the one that is shown goes by `per`: milliseconds
 * are kept, seconds are shown.
 *
 * Names follow Prometheus: lagesbild_<what>_<unit>, counters end in _total, units are seconds, bytes, messages.
 *
 *   static struct metric rejected = {.name = "lagesbild_rejected_total", .help = "Messages rejected.",
 *                                    .kind = METRIC_COUNTER, .label = "reason"};
 *   metric_register(&rejected);  ...  metric_add(&rejected, "syntax", 1); */
#ifndef LAGESBILD_METRIC_H
#define LAGESBILD_METRIC_H

#include "base/buf.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define METRIC_SERIES_MAX 64	/* values of a label; what comes after them is not shown */
#define METRIC_LABEL_MAX 40	/* bytes of a label's value, with the end */
#define METRIC_BUCKETS_MAX 16	/* finite bounds of a histogram */
#define METRIC_TEXT_MAX 1048576 /* bytes of all metrics printed */

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

struct metric_series {
	char value[METRIC_LABEL_MAX];
	_Atomic int64_t n;
	atomic_bool shown;
};

struct metric {
	const char *name, *help; /* help: one line */
	enum metric_kind kind;
	const char *label;     /* name of the one label; NULL: none. Not of a histogram */
	int64_t per;	       /* how many of the kept unit make one of the shown; 0 is 1 */
	const int64_t *bounds; /* of a histogram, rising, in the kept unit */
	size_t bound_count;

	/* The registry's own. */
	struct metric *_Atomic next;
	struct metric_series series[METRIC_SERIES_MAX]; /* without a label: the first */
	atomic_size_t series_count;
	_Atomic int64_t buckets[METRIC_BUCKETS_MAX + 1]; /* each its own, not cumulative; the last: above all bounds */
	_Atomic int64_t sum;
};

/* Show it from now on; a metric without label shows 0 at once. A second time does nothing. From one thread. */
void metric_register(struct metric *m);

/* Count up. `value` is the label's, NULL where there is none. One thread at a time a metric; a counter's n >= 0. */
void metric_add(struct metric *m, const char *value, int64_t n);

/* A gauge's value; the series of a label is shown again if it had been hidden. */
void metric_set(struct metric *m, const char *value, int64_t n);

/* Stop showing a gauge's series: what it was about is gone (a partition that is no longer ours). */
void metric_hide(struct metric *m, const char *value);

/* One observation of a histogram, in the kept unit. */
void metric_observe(struct metric *m, int64_t n);

/* What was kept; 0 for a series that is not there. */
int64_t metric_value(const struct metric *m, const char *value);

/* Append all that is registered, and the process's memory and start time, in the text format 0.0.4. */
void metric_write(struct buf *out);

#endif
