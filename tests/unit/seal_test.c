/* seal: what goes in comes out; what is cut, changed, swapped or opened with another passphrase does not. */
#include "hash/seal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define LEN 200000 /* more than three chunks */

static char path[] = "/tmp/seal_test.XXXXXX";
static struct seal_cost cost = {.rounds = 1, .memory = 8192};
static struct seal_key key, other;
static uint8_t data[LEN], back[LEN + 10];

static int setup(void **state)
{
	struct err err = {0};
	int fd = mkstemp(path);

	(void)state;
	close(fd);
	for (size_t i = 0; i < LEN; i++)
		data[i] = (uint8_t)((i * i * 2654435761u) >> 13); /* hardly to be packed */
	return fd < 0 || seal_key_init(&key, &cost, "correct horse", &err) ||
	       seal_key_init(&other, &cost, "battery staple", &err);
}

static int teardown(void **state)
{
	(void)state;
	seal_key_release(&key);
	seal_key_release(&other);
	return unlink(path);
}

static void write_sealed(size_t len)
{
	struct seal_out *out;
	struct err err = {0};
	int64_t size, again;
	uint8_t digest[32], read[32];

	assert_int_equal(seal_out_open(&out, path, "name", &key, &err), 0);
	for (size_t at = 0; at < len; at += 777)
		assert_int_equal(seal_out_write(out, data + at, len - at < 777 ? len - at : 777, &err), 0);
	assert_int_equal(seal_out_finish(out, &size, digest, &err), 0);
	seal_out_close(out);
	assert_int_equal(seal_digest(path, &again, read, &err), 0);
	assert_int_equal(size, again);
	assert_memory_equal(digest, read, 32);
}

/* How much can be read, or -1. */
static long read_sealed(const char *name, const struct seal_key *with)
{
	struct seal_in *in;
	struct err err = {0};
	long got, sum = 0;

	if (seal_in_open(&in, path, name, with, &err))
		return -1;
	while ((got = seal_in_read(in, back + sum, 1000, &err)) > 0)
		sum += got;
	seal_in_close(in);
	if (got < 0)
		assert_non_null(strstr(err.text, "damaged"));
	return got < 0 ? -1 : sum;
}

static void test_there_and_back(void **state)
{
	static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 131072, LEN};

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		write_sealed(sizes[i]);
		assert_int_equal(read_sealed("name", &key), sizes[i]);
		assert_memory_equal(data, back, sizes[i]);
	}
}

static void test_other_key_or_name(void **state)
{
	(void)state;
	write_sealed(1000);
	assert_int_equal(read_sealed("name", &other), -1);
	assert_int_equal(read_sealed("eman", &key), -1);
	assert_string_not_equal(key.mac.id, other.mac.id);
}

static long file_size(void)
{
	struct err err = {0};
	uint8_t digest[32];
	int64_t size;

	assert_int_equal(seal_digest(path, &size, digest, &err), 0);
	return (long)size;
}

static void test_cut_anywhere(void **state)
{
	long size;

	(void)state;
	write_sealed(131072);
	size = file_size();
	assert_true(size > 65536);
	for (long left = 0; left < size; left += left < 100 || left > size - 100 ? 1 : 6553) {
		write_sealed(131072);
		assert_int_equal(truncate(path, left), 0);
		assert_int_equal(read_sealed("name", &key), -1);
	}
}

static void test_changed_anywhere(void **state)
{
	(void)state;
	write_sealed(1000);
	for (long at = 0, size = file_size(); at < size; at += 13) {
		FILE *f;
		int c;

		write_sealed(1000);
		f = fopen(path, "r+b");
		fseek(f, at, SEEK_SET);
		c = fgetc(f);
		fseek(f, -1, SEEK_CUR);
		fputc(c ^ 1, f);
		fclose(f);
		assert_int_equal(read_sealed("name", &key), -1);
	}
}

/* Texts become a small part of what they were. */
static void test_packed(void **state)
{
	struct seal_out *out;
	struct err err = {0};
	int64_t size;
	uint8_t digest[32];

	(void)state;
	assert_int_equal(seal_out_open(&out, path, "name", &key, &err), 0);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(seal_out_write(out, "{\"report_id\": \"K1\"}", 20, &err), 0);
	assert_int_equal(seal_out_finish(out, &size, digest, &err), 0);
	seal_out_close(out);
	assert_true(size < 2000);
	assert_int_equal(read_sealed("name", &key), 200000);
}

static void test_appended(void **state)
{
	FILE *f;

	(void)state;
	write_sealed(1000);
	f = fopen(path, "ab");
	fputc(0, f);
	fclose(f);
	assert_int_equal(read_sealed("name", &key), -1);
}

static void test_salt_and_cost(void **state)
{
	struct seal_cost c = {.rounds = 1, .memory = 8192}, d = c;
	struct err err = {0};
	struct seal_key k;
	char hex[33];

	(void)state;
	seal_cost_new(&c);
	seal_salt_hex(&c, hex);
	assert_int_equal(seal_salt_read(&d, hex, 32, &err), 0);
	assert_memory_equal(c.salt, d.salt, 16);
	assert_int_equal(seal_salt_read(&d, hex, 31, &err), -1);
	assert_int_equal(seal_salt_read(&d, "0123456789abcdef0123456789abcdeg", 32, &err), -1);
	d.memory = INT64_C(1) << 40;
	assert_int_equal(seal_key_init(&k, &d, "x", &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back), cmocka_unit_test(test_other_key_or_name),
		cmocka_unit_test(test_cut_anywhere),   cmocka_unit_test(test_changed_anywhere),
		cmocka_unit_test(test_appended),       cmocka_unit_test(test_packed),
		cmocka_unit_test(test_salt_and_cost),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
