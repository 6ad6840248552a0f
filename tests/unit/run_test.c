#include "base/run.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each case runs in a process of its own, as the flags are the process's. */
static int in_child(int (*body)(void))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(body());
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	if (WIFSTOPPED(status)) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return 1000 + WSTOPSIG(status);
	}
	return WIFSIGNALED(status) ? 100 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int one_signal(void)
{
	int64_t begin;

	run_init();
	if (run_stopping())
		return 11;
	kill(getpid(), SIGTERM);
	begin = run_monotonic_ms();
	run_pause(10000);
	return run_stopping() && run_monotonic_ms() - begin < 5000 ? 0 : 12;
}

static int two_signals(void)
{
	run_init();
	kill(getpid(), SIGTERM);
	kill(getpid(), SIGINT);
	return 13;
}

static int broken_pipe(void)
{
	int ends[2];

	run_init();
	if (pipe(ends) < 0)
		return 14;
	close(ends[0]);
	return write(ends[1], "x", 1) < 0 ? 0 : 15;
}

static int signal_wakes_a_sleeper(void)
{
	int64_t begin;
	pid_t parent = getpid(), helper;

	run_init();
	helper = fork();
	if (helper == 0) {
		run_pause(50);
		kill(parent, SIGTERM);
		_exit(0);
	}
	begin = run_monotonic_ms();
	run_pause(20000);
	waitpid(helper, NULL, 0);
	return run_monotonic_ms() - begin < 10000 && run_stopping() ? 0 : 16;
}

static int stop_oneself_then_one_signal(void)
{
	run_init();
	run_stop();
	kill(getpid(), SIGTERM); /* the first from outside: still an orderly end */
	return run_stopping() ? 0 : 17;
}

static void signals(void **state)
{
	(void)state;
	assert_int_equal(in_child(one_signal), 0);
	assert_int_equal(in_child(two_signals), 1);
	assert_int_equal(in_child(broken_pipe), 0);
	assert_int_equal(in_child(signal_wakes_a_sleeper), 0);
	assert_int_equal(in_child(stop_oneself_then_one_signal), 0);
}

static void clocks_and_pause(void **state)
{
	int64_t begin = run_monotonic_ms();

	(void)state;
	assert_true(run_now_ms() > 1700000000000);
	run_pause(30);
	assert_true(run_monotonic_ms() - begin >= 30);
	run_pause(0);
	run_pause(-5);
}

static void backoff_is_capped(void **state)
{
	unsigned attempt, round;
	int64_t ms, base;

	(void)state;
	for (round = 0; round < 100; round++)
		for (attempt = 0; attempt < 40; attempt++) {
			base = attempt < 6 ? 100 << attempt : 5000;
			ms = run_backoff_ms(attempt);
			assert_in_range(ms, base * 3 / 4, base * 5 / 4 < 5000 ? base * 5 / 4 : 5000);
		}
	assert_in_range(run_backoff_ms(UINT32_MAX), 3750, 5000);
}

static int pass_points(void)
{
	int i;

	for (i = 0; i < 2; i++)
		run_point("before-commit");
	run_point("after-commit");
	return 0;
}

static void crash_is(const char *spec, int result)
{
	setenv("LAGESBILD_CRASH", spec, 1);
#ifndef LAGESBILD_FAULTS
	result = 0; /* a release build has no such points */
#endif
	assert_int_equal(in_child(pass_points), result);
	unsetenv("LAGESBILD_CRASH");
}

static void crash_points(void **state)
{
	(void)state;
	assert_int_equal(in_child(pass_points), 0);
	crash_is("before-commit", 100 + SIGKILL);
	crash_is("before-commit:2", 100 + SIGKILL);
	crash_is("before-commit:3", 0);
	crash_is("before", 0);
	crash_is("", 0);
	crash_is("stop:after-commit", 1000 + SIGSTOP);
	crash_is("stop:before-commit:3", 0);
	crash_is("stop:before-commit:2", 1000 + SIGSTOP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crash_points),
		cmocka_unit_test(signals),
		cmocka_unit_test(clocks_and_pause),
		cmocka_unit_test(backoff_is_capped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
