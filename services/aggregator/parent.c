#include "parent.h"

#include "aggregator_sql.h"
#include "base/log.h"
#include "base/run.h"
#include "children.h"
#include "db/db.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MS 5000 /* should a NOTIFY get lost with its session */
#define TURN_MS 250  /* how late an ended child is noticed */
#define STATEMENT_MS 10000

struct parent {
	struct db *db; /* NULL: away */
	int64_t port, look_at_ms;
	unsigned failures;
	bool idle;   /* no build is fed, and that has been said */
	bool killed; /* a child that did not end when asked */
	struct children children;
};

/* ---- processes ---- */

/* In the child: what it takes from the parent is its environment, its port and its death. */
static void become(const struct child *child, int64_t port, pid_t parent)
{
	char number[24], build[CHILDREN_NAME_SIZE + 8];
	char program[] = "aggregator", *const argv[] = {program, build, NULL};

	snprintf(build, sizeof build, "--build=%s", child->build);
	snprintf(number, sizeof number, "%lld", child->port ? (long long)port : 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent && setpgid(0, 0) == 0 && setenv("LAGESBILD_HTTP_PORT", number, 1) == 0)
		execv("/proc/self/exe", argv);
	_exit(127);
}

static void start(struct parent *p, struct child *child)
{
	pid_t self = getpid(), pid = fork();
	char number[24];

	if (pid == 0)
		become(child, p->port, self);
	children_started(child, pid, run_monotonic_ms());
	snprintf(number, sizeof number, "%d", (int)pid);
	if (pid > 0)
		log_event(LOG_NOTE, "child-started", "build", child->build, "pid", number, NULL);
	else
		log_text(LOG_FAILURE, "child-not-started", "%s: %s", child->build, strerror(errno));
}

/* Also those that are none of ours, since as PID 1 there may be such. */
static void reap(struct parent *p)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		const struct child *child = children_ended(&p->children, pid, code, run_monotonic_ms());
		char number[24];

		if (!child)
			continue;
		snprintf(number, sizeof number, "%d", code);
		log_event(child->asked ? LOG_NOTE : LOG_WARNING, "child-ended", "build", child->build, "status", number,
			  NULL);
		p->look_at_ms = 0; /* is its build still fed, and which is current? */
	}
}

static void act(struct parent *p)
{
	enum children_act what;
	struct child *child;

	while ((what = children_next(&p->children, run_monotonic_ms(), &child)) != CHILDREN_REST) {
		if (what == CHILDREN_START) {
			start(p, child);
			continue;
		}
		if (what == CHILDREN_KILL) {
			log_event(LOG_WARNING, "child-killed", "build", child->build, NULL);
			p->killed = true;
		}
		kill(child->pid, what == CHILDREN_KILL ? SIGKILL : SIGTERM);
	}
}

/* ---- what the database says ---- */

static int read_builds(struct parent *p, struct err *err)
{
	struct children_build builds[CHILDREN_MAX];
	struct db_result *res;
	long rows = db_query(p->db, aggregator_sql_parent_builds, &res, err);
	size_t count = 0;

	if (rows < 0)
		return -1;
	for (long i = 0; i < rows && count < CHILDREN_MAX; i++) {
		const char *name = db_text(res, i, 0, NULL);

		if (strlen(name) >= CHILDREN_NAME_SIZE)
			continue;
		snprintf(builds[count].name, CHILDREN_NAME_SIZE, "%s", name);
		builds[count++].current = db_int(res, i, 1);
	}
	db_free(res);
	if ((long)count < rows)
		log_text(LOG_FAILURE, "not-fed", "%ld builds: at most %d are fed, with names below %d bytes",
			 rows - (long)count, CHILDREN_MAX, CHILDREN_NAME_SIZE);
	if (rows == 0 && !p->idle)
		log_text(LOG_WARNING, "idle", "no build is fed");
	p->idle = rows == 0;
	children_want(&p->children, builds, count);
	return 0;
}

static int look_afresh(struct parent *p, struct err *err)
{
	if (!p->db && (db_open(&p->db, "aggregator-parent", STATEMENT_MS, err) ||
		       db_script(p->db, aggregator_sql_parent_listen, err)))
		return -1;
	return read_builds(p, err);
}

/* Which builds are fed, when it is time to look. -1: the database refuses us, and will again. */
static int look(struct parent *p)
{
	struct err err = {0};

	if (run_monotonic_ms() < p->look_at_ms)
		return 0;
	p->look_at_ms = run_monotonic_ms() + LOOK_MS;
	if (look_afresh(p, &err) == 0) {
		p->failures = 0;
		return 0;
	}
	db_close(p->db);
	p->db = NULL;
	p->look_at_ms = run_monotonic_ms() + run_backoff_ms(p->failures++);
	log_text(err.kind == ERR_CONFIG ? LOG_FAILURE : LOG_WARNING, "database-away", "%s", err.text);
	return err.kind == ERR_CONFIG ? -1 : 0;
}

/* A signal ends either wait at once. */
static void rest(struct parent *p)
{
	struct err err = {0};
	int rc;

	if (!p->db) {
		run_pause(TURN_MS);
		return;
	}
	rc = db_wait_notify(p->db, TURN_MS, &err);
	if (rc < 0) {
		db_close(p->db);
		p->db = NULL;
	}
	if (rc)
		p->look_at_ms = 0;
}

/* ---- from start to end ---- */

static int serve(struct parent *p)
{
	int status = 0;

	while (status == 0 && !run_stopping()) {
		reap(p);
		if (look(p))
			status = err_exit_status(ERR_CONFIG);
		else
			status = children_verdict(&p->children);
		if (status == 0)
			act(p);
		if (status == 0)
			rest(p);
	}
	return status;
}

static void end_children(struct parent *p)
{
	children_want(&p->children, NULL, 0);
	while (p->children.count) {
		act(p);
		poll(NULL, 0, 20);
		reap(p);
		children_want(&p->children, NULL, 0);
	}
}

int parent_run(int64_t port)
{
	struct parent p = {.port = port, .children = {.serve = port != 0}};
	int status = serve(&p);

	end_children(&p);
	db_close(p.db);
	log_event(LOG_NOTE, "stopped", NULL);
	return status ? status : p.killed ? 1 : 0;
}
