/* committer: one commit at a time beside its caller; a failure is told to everyone who waits afterwards. */
#include "../../services/aggregator/committer.c"

#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static sem_t go;
static int committed;

/* Stands in for the database: ends when the test says so; a batch of 13 records is refused. */
int writer_commit(struct writer *writer, struct batch *batch, struct err *err)
{
	(void)writer;
	while (sem_wait(&go))
		continue;
	if (batch->count == 13)
		return err_set(err, ERR_REJOIN, "thirteen");
	committed++;
	return 0;
}

static int setup(void **state)
{
	struct err err = {0};
	struct committer *c;

	committed = 0;
	sem_init(&go, 0, 0);
	assert_int_equal(committer_open(&c, NULL, &err), 0);
	*state = c;
	return 0;
}

static int teardown(void **state)
{
	committer_close(*state);
	sem_destroy(&go);
	return 0;
}

static void a_commit_goes_on_beside_its_caller(void **state)
{
	struct batch batch = {.count = 1};
	struct err err = {0};

	assert_false(committer_busy(*state));
	for (int i = 1; i <= 100; i++) {
		committer_start(*state, &batch);
		assert_true(committer_busy(*state));
		sem_post(&go);
		assert_int_equal(committer_wait(*state, &err), 0);
		assert_false(committer_busy(*state));
		assert_int_equal(committed, i);
	}
}

static void a_failure_stays(void **state)
{
	struct batch batch = {.count = 13};

	committer_start(*state, &batch);
	sem_post(&go);
	for (int i = 0; i < 2; i++) {
		struct err err = {0};

		assert_int_equal(committer_wait(*state, &err), -1);
		assert_int_equal(err.kind, ERR_REJOIN);
		assert_string_equal(err.text, "thirteen");
	}
}

static void close_waits_for_what_is_under_way(void **state)
{
	struct batch batch = {.count = 1};

	committer_start(*state, &batch);
	sem_post(&go);
	committer_close(*state);
	*state = NULL;
	assert_int_equal(committed, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_commit_goes_on_beside_its_caller, setup, teardown),
		cmocka_unit_test_setup_teardown(a_failure_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(close_waits_for_what_is_under_way, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
