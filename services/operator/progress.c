#include "progress.h"

#include "base/run.h"
#include "operator.h"
#include <stdio.h>
#include <unistd.h>

#define DRAW_MS 200
#define BAR 24

void progress_begin(struct progress *p, const char *what, const char *unit, int64_t total)
{
	*p = (struct progress){
		.what = what,
		.unit = unit,
		.total = total,
		.begun_ms = run_monotonic_ms(),
		.shown = isatty(STDERR_FILENO),
	};
	p->drawn_ms = p->begun_ms;
}

void progress_line(const struct progress *p, int64_t done, int64_t elapsed_ms, char *out, size_t max)
{
	char bar[BAR + 1];
	int64_t rate = elapsed_ms > 0 ? done * 1000 / elapsed_ms : 0, left;
	int filled;

	if (p->total <= 0) {
		snprintf(out, max, "%s: %s %s, %s/s", p->what, operator_grouped(done), p->unit, operator_grouped(rate));
		return;
	}
	done = done < p->total ? done : p->total;
	left = rate ? (p->total - done + rate - 1) / rate : 0;
	filled = (int)((double)done / (double)p->total * BAR);
	for (int i = 0; i < BAR; i++)
		bar[i] = i < filled ? '#' : '.';
	bar[BAR] = 0;
	snprintf(out, max, "%s [%s] %3d %%  %s %s, %s/s, %s s left", p->what, bar,
		 (int)((double)done / (double)p->total * 100), operator_grouped(done), p->unit, operator_grouped(rate),
		 operator_grouped(left));
}

void progress_at(struct progress *p, int64_t done)
{
	int64_t now = run_monotonic_ms();
	char line[256];

	if (!p->shown || now - p->drawn_ms < DRAW_MS)
		return;
	p->drawn_ms = now;
	progress_line(p, done, now - p->begun_ms, line, sizeof line);
	fprintf(stderr, "\r%s\x1b[K", line);
	fflush(stderr);
}

void progress_end(struct progress *p, int64_t done)
{
	int64_t elapsed_ms = run_monotonic_ms() - p->begun_ms;

	if (!p->shown)
		return;
	p->shown = false;
	fprintf(stderr, "\r\x1b[K%s: %s %s in %.1f s, %s/s\n", p->what, operator_grouped(done), p->unit,
		(double)elapsed_ms / 1000, operator_grouped(elapsed_ms > 0 ? done * 1000 / elapsed_ms : 0));
}
