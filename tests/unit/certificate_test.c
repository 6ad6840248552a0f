/* certificate: notAfter as the openssl command says it. */
#include "hash/certificate.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define UNTIL_MS INT64_C(2110789482000)

static const char pem[] = "-----BEGIN CERTIFICATE-----\n"
			  "MIIBbDCCAROgAwIBAgIUEMlnQZuh1YQrjWlQ/JfKdsjjvDwwCgYIKoZIzj0EAwIw\n"
			  "DDEKMAgGA1UEAwwBeDAeFw0yNjExMjMxMDI0NDJaFw0zNjExMjAxMDI0NDJaMAwx\n"
			  "CjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATzoV1IwJ5SVt4M\n"
			  "8haqAWHPzQ3VFfXofTnRE9ROfgwWDGFdtfwAdmESNio6FQa8Era3w73gJ4jZTjxW\n"
			  "GulnsT3Ko1MwUTAdBgNVHQ4EFgQU1xyhTKa7H24DkX0JZ1t7XMC3FEowHwYDVR0j\n"
			  "BBgwFoAU1xyhTKa7H24DkX0JZ1t7XMC3FEowDwYDVR0TAQH/BAUwAwEB/zAKBggq\n"
			  "hkjOPQQDAgNHADBEAiA2EKOBSUuZI9B3rxxZYfqHD3o6Fkr//jHIhE4pwxzbYQIg\n"
			  "cdyNNWHYsL2iq9pw8OtOAbodcsS0Twu47zlwbFoIlDo=\n"
			  "-----END CERTIFICATE-----\n";

static int until_of(const char *content, int64_t *until_ms, struct err *err)
{
	char path[] = "/tmp/certificate_test.XXXXXX";
	int fd = mkstemp(path), rc;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, strlen(content)), strlen(content));
	close(fd);
	rc = certificate_until(path, until_ms, err);
	unlink(path);
	return rc;
}

static void test_until(void **state)
{
	struct err err = {0};
	int64_t until_ms;

	(void)state;
	assert_int_equal(until_of(pem, &until_ms, &err), 0);
	assert_int_equal(until_ms, UNTIL_MS);
}

static void test_none(void **state)
{
	static const char *const none[] = {"", "no certificate",
					   "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"};
	int64_t until_ms;

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		struct err err = {0};

		assert_int_equal(until_of(none[i], &until_ms, &err), -1);
		assert_int_equal(err.kind, ERR_CONFIG);
	}
}

static void test_no_file(void **state)
{
	struct err err = {0};
	int64_t until_ms;

	(void)state;
	assert_int_equal(certificate_until("/nowhere/cert.pem", &until_ms, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_until),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
