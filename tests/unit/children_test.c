/* children: which child is started, asked to end, killed, and when, given the fed builds and what became of the
 * children. */
#include "../../services/aggregator/children.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct children c;
static struct child *who;
static pid_t next_pid;

static int setup(void **state)
{
	(void)state;
	c = (struct children){.serve = true};
	next_pid = 100;
	return 0;
}

/* The builds named, the first of them current. */
static void want(const char *first, const char *second)
{
	struct children_build builds[2] = {{.current = true}};
	size_t count = 0;

	if (first)
		snprintf(builds[count++].name, CHILDREN_NAME_SIZE, "%s", first);
	if (second)
		snprintf(builds[count++].name, CHILDREN_NAME_SIZE, "%s", second);
	children_want(&c, builds, count);
}

static void expect(enum children_act act, const char *build, int64_t now_ms)
{
	assert_int_equal(children_next(&c, now_ms, &who), act);
	assert_string_equal(who->build, build);
	if (act == CHILDREN_START)
		children_started(who, next_pid++, now_ms);
}

static void expect_rest(int64_t now_ms)
{
	assert_int_equal(children_next(&c, now_ms, &who), CHILDREN_REST);
}

static void one_child_a_build(void **state)
{
	(void)state;
	want("live", "next");
	expect(CHILDREN_START, "live", 0);
	assert_true(who->port);
	expect(CHILDREN_START, "next", 0);
	assert_false(who->port);
	expect_rest(0);
	want("live", "next");
	expect_rest(1000);
}

static void a_build_no_longer_fed_ends(void **state)
{
	(void)state;
	want("live", "next");
	expect(CHILDREN_START, "live", 0);
	expect(CHILDREN_START, "next", 0);
	want("live", NULL);
	expect(CHILDREN_ASK, "next", 10);
	expect_rest(10 + CHILDREN_GRACE_MS - 1);
	expect(CHILDREN_KILL, "next", 10 + CHILDREN_GRACE_MS);
	expect_rest(11 + CHILDREN_GRACE_MS);
	assert_non_null(children_ended(&c, 101, 137, 50000));
	want("live", NULL);
	expect_rest(200000);
	assert_int_equal(c.count, 1);
}

static void fed_again_before_it_has_ended(void **state)
{
	(void)state;
	want("live", "next");
	expect(CHILDREN_START, "live", 0);
	expect(CHILDREN_START, "next", 0);
	want("live", NULL);
	expect(CHILDREN_ASK, "next", 10);
	want("live", "next");
	expect_rest(20);
	assert_non_null(children_ended(&c, 101, 0, 30));
	expect(CHILDREN_START, "next", 30);
}

static void one_that_ends_is_started_anew_with_back_off(void **state)
{
	int64_t last = 0, now = 0;

	(void)state;
	want("live", NULL);
	for (int i = 0; i < 12; i++) {
		expect(CHILDREN_START, "live", now);
		assert_non_null(children_ended(&c, next_pid - 1, 1, now));
		assert_int_equal(children_verdict(&c), 0);
		last = c.list[0].due_ms - now;
		assert_true(last >= 75 && last <= 5000);
		expect_rest(c.list[0].due_ms - 1);
		now = c.list[0].due_ms;
	}
	assert_true(last >= 3000);
	expect(CHILDREN_START, "live", now);
	now += CHILDREN_STEADY_MS; /* it lived long: from the beginning */
	assert_non_null(children_ended(&c, next_pid - 1, 139, now));
	assert_true(c.list[0].due_ms - now <= 125);
}

static void configuration_and_data_loss_of_the_current_end_the_parent(void **state)
{
	(void)state;
	want("live", "next");
	expect(CHILDREN_START, "live", 0);
	expect(CHILDREN_START, "next", 0);
	assert_non_null(children_ended(&c, 101, 4, 5));
	assert_int_equal(children_verdict(&c), 0); /* another build's: tried again, slowly */
	expect_rest(5 + CHILDREN_SLOW_MS - 1);
	expect(CHILDREN_START, "next", 5 + CHILDREN_SLOW_MS);
	assert_non_null(children_ended(&c, 100, 2, 6));
	assert_int_equal(children_verdict(&c), 2);
}

static void the_only_child_decides_too(void **state)
{
	struct children_build builds[1] = {{.name = "next", .current = false}};

	(void)state;
	children_want(&c, builds, 1);
	expect(CHILDREN_START, "next", 0);
	assert_false(who->port); /* the port is the current build's */
	assert_non_null(children_ended(&c, 100, 4, 5));
	assert_int_equal(children_verdict(&c), 4);
}

static void the_port_stays_until_its_build_is_gone(void **state)
{
	struct children_build builds[2] = {{.name = "next", .current = true}, {.name = "live"}};

	(void)state;
	want("live", "next");
	expect(CHILDREN_START, "live", 0);
	expect(CHILDREN_START, "next", 0);
	children_want(&c, builds, 2); /* promoted */
	expect_rest(10);
	assert_non_null(children_ended(&c, 100, 1, 20)); /* it dies, and comes back with its port */
	expect_rest(20);
	expect(CHILDREN_START, "live", 2000);
	assert_true(who->port);
	children_want(&c, builds, 1); /* dropped */
	expect(CHILDREN_ASK, "live", 2010);
	expect_rest(2010); /* two cannot listen */
	assert_non_null(children_ended(&c, 102, 0, 2020));
	children_want(&c, builds, 1);
	expect(CHILDREN_ASK, "next", 2020);
	assert_non_null(children_ended(&c, 101, 0, 2030));
	expect(CHILDREN_START, "next", 2030);
	assert_true(who->port);
	expect_rest(2030);
}

static void without_a_port_nobody_is_disturbed(void **state)
{
	struct children_build builds[1] = {{.name = "next", .current = true}};

	(void)state;
	c.serve = false;
	want("live", "next");
	expect(CHILDREN_START, "live", 0);
	expect(CHILDREN_START, "next", 0);
	children_want(&c, builds, 1);
	expect(CHILDREN_ASK, "live", 10);
	assert_non_null(children_ended(&c, 100, 0, 20));
	children_want(&c, builds, 1);
	expect_rest(20);
}

static void all_are_asked_at_the_end(void **state)
{
	(void)state;
	want("live", "next");
	expect(CHILDREN_START, "live", 0);
	expect(CHILDREN_START, "next", 0);
	want(NULL, NULL);
	expect(CHILDREN_ASK, "live", 0);
	expect(CHILDREN_ASK, "next", 0);
	assert_non_null(children_ended(&c, 100, 0, 5));
	assert_non_null(children_ended(&c, 101, 1, 5));
	assert_null(children_ended(&c, 999, 0, 5));
	want(NULL, NULL);
	assert_int_equal(c.count, 0);
	expect_rest(5);
}

static void one_that_cannot_be_started_is_tried_again(void **state)
{
	(void)state;
	want("live", NULL);
	assert_int_equal(children_next(&c, 0, &who), CHILDREN_START);
	children_started(who, -1, 0);
	expect_rest(0);
	expect(CHILDREN_START, "live", 200);
}

static void more_builds_than_there_is_room_for(void **state)
{
	struct children_build builds[CHILDREN_MAX + 3] = {0};

	(void)state;
	for (size_t i = 0; i < CHILDREN_MAX + 3; i++)
		snprintf(builds[i].name, CHILDREN_NAME_SIZE, "b%zu", i);
	children_want(&c, builds, CHILDREN_MAX + 3);
	assert_int_equal(c.count, CHILDREN_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_child_a_build, setup),
		cmocka_unit_test_setup(a_build_no_longer_fed_ends, setup),
		cmocka_unit_test_setup(fed_again_before_it_has_ended, setup),
		cmocka_unit_test_setup(one_that_ends_is_started_anew_with_back_off, setup),
		cmocka_unit_test_setup(configuration_and_data_loss_of_the_current_end_the_parent, setup),
		cmocka_unit_test_setup(the_only_child_decides_too, setup),
		cmocka_unit_test_setup(the_port_stays_until_its_build_is_gone, setup),
		cmocka_unit_test_setup(without_a_port_nobody_is_disturbed, setup),
		cmocka_unit_test_setup(all_are_asked_at_the_end, setup),
		cmocka_unit_test_setup(one_that_cannot_be_started_is_tried_again, setup),
		cmocka_unit_test_setup(more_builds_than_there_is_room_for, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
