#include "base/conf.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *pack, *key, *instance;
static int64_t batch;
static bool fast;

static const struct conf_item table[] = {
	{"LAGESBILD_PACK", CONF_PATH, NULL, "The municipality's pack.", &pack, 0, 0},
	{"LAGESBILD_KEY", CONF_SECRET, NULL, "The installation key.", &key, 0, 0},
	{"LAGESBILD_INSTANCE", CONF_TEXT, "", "A name of this instance.", &instance, 0, 0},
	{"LAGESBILD_BATCH_MAX", CONF_INT, "1000", "Messages a batch.", &batch, 1, 100000},
	{"LAGESBILD_TEST_FAST", CONF_BOOL, "no", "A switch of this table only.", &fast, 0, 0},
	{NULL, CONF_TEXT, NULL, NULL, NULL, 0, 0},
};

static char secret_path[] = "/tmp/conf_test.XXXXXX";

static int setup(void **state)
{
	(void)state;
	unsetenv("LAGESBILD_KEY_FILE");
	unsetenv("LAGESBILD_INSTANCE");
	unsetenv("LAGESBILD_BATCH_MAX");
	unsetenv("LAGESBILD_TEST_FAST");
	unsetenv("LAGESBILD_PAKC");
	setenv("LAGESBILD_PACK", "deploy/kumla", 1);
	setenv("LAGESBILD_KEY", "s3cret", 1);
	return 0;
}

static void refused(const char *variable)
{
	struct err err = {0};

	batch = -77;
	assert_int_equal(conf_load(table, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_non_null(strstr(err.text, variable));
	assert_null(strstr(err.text, "s3cret"));
	assert_null(pack);
	assert_null(key);
	assert_int_equal(batch, -77);
}

static void accepted(void)
{
	struct err err = {0};

	if (conf_load(table, &err))
		fail_msg("%s", err.text);
}

static void values_and_defaults(void **state)
{
	(void)state;
	accepted();
	assert_string_equal(pack, "deploy/kumla");
	assert_string_equal(key, "s3cret");
	assert_string_equal(instance, "");
	assert_int_equal(batch, 1000);
	assert_false(fast);
	conf_release(table);
	assert_null(pack);
	assert_null(key);
	setenv("LAGESBILD_BATCH_MAX", "", 1); /* compose writes it so when it is not set */
	setenv("LAGESBILD_TEST_FAST", "true", 1);
	accepted();
	assert_int_equal(batch, 1000);
	assert_true(fast);
	conf_release(table);
	conf_release(table);
}

static void required_is_named(void **state)
{
	(void)state;
	unsetenv("LAGESBILD_PACK");
	refused("LAGESBILD_PACK");
	setenv("LAGESBILD_PACK", "", 1);
	refused("LAGESBILD_PACK");
}

static void misspelt_is_refused(void **state)
{
	(void)state;
	setenv("LAGESBILD_PAKC", "x", 1);
	refused("LAGESBILD_PAKC");
	unsetenv("LAGESBILD_PAKC");
	setenv("LAGESBILD_PACK_FILE", "x", 1); /* only a secret has a file */
	refused("LAGESBILD_PACK_FILE");
	unsetenv("LAGESBILD_PACK_FILE");
	setenv("LAGESBILD_PARTITIONS", "4", 1); /* another program's */
	accepted();
	conf_release(table);
	unsetenv("LAGESBILD_PARTITIONS");
}

static void numbers(void **state)
{
	static const char *const bad[] = {"0",
					  "100001",
					  "-1",
					  "1e3",
					  " 5",
					  "5 ",
					  "+5",
					  "0x10",
					  "ten",
					  "-",
					  "9223372036854775808",
					  "99999999999999999999"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		setenv("LAGESBILD_BATCH_MAX", bad[i], 1);
		refused("LAGESBILD_BATCH_MAX");
	}
	setenv("LAGESBILD_BATCH_MAX", "100000", 1);
	accepted();
	assert_int_equal(batch, 100000);
	conf_release(table);
	setenv("LAGESBILD_TEST_FAST", "maybe", 1);
	refused("LAGESBILD_TEST_FAST");
}

static void write_secret(const void *bytes, size_t len)
{
	FILE *file = fopen(secret_path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	fclose(file);
}

static void secret_from_file(void **state)
{
	static char big[4097];

	(void)state;
	unsetenv("LAGESBILD_KEY");
	setenv("LAGESBILD_KEY_FILE", secret_path, 1);
	write_secret("abc\n", 4);
	accepted();
	assert_string_equal(key, "abc");
	conf_release(table);
	write_secret("abc\r\n", 5);
	accepted();
	assert_string_equal(key, "abc");
	conf_release(table);
	memset(big, 'k', sizeof(big));
	write_secret(big, 4096);
	accepted();
	assert_int_equal(strlen(key), 4096);
	conf_release(table);
	write_secret(big, 4097);
	refused("LAGESBILD_KEY_FILE");
	write_secret("a\0b", 3);
	refused("LAGESBILD_KEY_FILE");
	write_secret("\n", 1);
	refused("LAGESBILD_KEY_FILE");
	setenv("LAGESBILD_KEY_FILE", "/nowhere/key", 1);
	refused("LAGESBILD_KEY_FILE");
	setenv("LAGESBILD_KEY_FILE", secret_path, 1);
	setenv("LAGESBILD_KEY", "s3cret", 1);
	refused("Both");
	unsetenv("LAGESBILD_KEY");
	unsetenv("LAGESBILD_KEY_FILE");
	refused("LAGESBILD_KEY");
}

static void help_shows_the_table_and_no_values(void **state)
{
	char text[2048];
	size_t len;
	FILE *out = tmpfile();
	int saved = dup(1);

	(void)state;
	assert_non_null(out);
	fflush(stdout);
	dup2(fileno(out), 1);
	conf_help("normalizer-press [--map]", "Normalizes.", table);
	fflush(stdout);
	dup2(saved, 1);
	close(saved);
	rewind(out);
	len = fread(text, 1, sizeof(text) - 1, out);
	text[len] = '\0';
	fclose(out);
	assert_int_equal(strncmp(text, "usage: normalizer-press [--map]\n\nNormalizes.\n", 45), 0);
	assert_non_null(strstr(text, "LAGESBILD_KEY (or _FILE)\n      The installation key. Required.\n"));
	assert_non_null(strstr(text, "LAGESBILD_BATCH_MAX\n      Messages a batch. Default: 1000.\n"));
	assert_null(strstr(text, "s3cret"));
	assert_null(strstr(text, "deploy/kumla"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(values_and_defaults, setup),
		cmocka_unit_test_setup(required_is_named, setup),
		cmocka_unit_test_setup(misspelt_is_refused, setup),
		cmocka_unit_test_setup(numbers, setup),
		cmocka_unit_test_setup(secret_from_file, setup),
		cmocka_unit_test_setup(help_shows_the_table_and_no_values, setup),
	};
	int fd = mkstemp(secret_path), failed;

	if (fd < 0)
		return 1;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(secret_path);
	return failed;
}
