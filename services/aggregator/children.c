#include "children.h"

#include "base/run.h"
#include <stdio.h>
#include <string.h>

static struct child *find(struct children *c, const char *build)
{
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->list[i].build, build) == 0)
			return &c->list[i];
	return NULL;
}

/* Those that are neither wanted nor running are forgotten. */
static void tidy(struct children *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].wanted || c->list[i].pid)
			c->list[kept++] = c->list[i];
	c->count = kept;
}

void children_want(struct children *c, const struct children_build *builds, size_t count)
{
	for (size_t i = 0; i < c->count; i++)
		c->list[i].wanted = c->list[i].current = false;
	for (size_t i = 0; i < count; i++) {
		struct child *child = find(c, builds[i].name);

		if (!child && c->count == CHILDREN_MAX)
			continue;
		if (!child) {
			child = &c->list[c->count++];
			*child = (struct child){.pid = 0};
			snprintf(child->build, sizeof child->build, "%s", builds[i].name);
		}
		child->wanted = true;
		child->current = builds[i].current;
	}
	tidy(c);
}

/* A holder that is to end keeps the port until it has: two cannot listen. */
static bool port_held(const struct children *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].port)
			return true;
	return false;
}

static enum children_act ask(struct child *child, int64_t now_ms)
{
	child->asked = true;
	child->due_ms = now_ms + CHILDREN_GRACE_MS;
	return CHILDREN_ASK;
}

static enum children_act next_of(const struct children *c, struct child *child, int64_t now_ms)
{
	bool takes_port = c->serve && child->wanted && child->current && !port_held(c);

	if (child->pid && child->asked) {
		if (now_ms < child->due_ms)
			return CHILDREN_REST;
		child->due_ms = now_ms + CHILDREN_GRACE_MS;
		return CHILDREN_KILL;
	}
	if (child->pid)
		return !child->wanted || takes_port ? ask(child, now_ms) : CHILDREN_REST;
	if (!child->wanted || now_ms < child->due_ms)
		return CHILDREN_REST;
	child->port = child->port || takes_port;
	return CHILDREN_START;
}

enum children_act children_next(struct children *c, int64_t now_ms, struct child **who)
{
	for (size_t i = 0; i < c->count; i++) {
		enum children_act act = next_of(c, &c->list[i], now_ms);

		if (act != CHILDREN_REST) {
			*who = &c->list[i];
			return act;
		}
	}
	return CHILDREN_REST;
}

void children_started(struct child *who, pid_t pid, int64_t now_ms)
{
	who->asked = false;
	who->verdict = 0;
	who->since_ms = now_ms;
	who->pid = pid > 0 ? pid : 0;
	if (pid <= 0)
		who->due_ms = now_ms + run_backoff_ms(who->failures++);
}

static int64_t pause_after(struct child *child, int status, int64_t now_ms)
{
	if (child->asked)
		return 0;
	if (status == err_exit_status(ERR_CONFIG) || status == err_exit_status(ERR_DATA_LOSS)) {
		child->verdict = status;
		return CHILDREN_SLOW_MS;
	}
	if (now_ms - child->since_ms >= CHILDREN_STEADY_MS)
		child->failures = 0;
	return run_backoff_ms(child->failures++);
}

const struct child *children_ended(struct children *c, pid_t pid, int status, int64_t now_ms)
{
	for (size_t i = 0; i < c->count; i++) {
		struct child *child = &c->list[i];

		if (child->pid != pid)
			continue;
		child->due_ms = now_ms + pause_after(child, status, now_ms);
		child->pid = 0;
		child->port = child->port && child->wanted;
		return child;
	}
	return NULL;
}

int children_verdict(const struct children *c)
{
	size_t wanted = 0;

	for (size_t i = 0; i < c->count; i++)
		wanted += c->list[i].wanted;
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].wanted && c->list[i].verdict && (c->list[i].current || wanted == 1))
			return c->list[i].verdict;
	return 0;
}
