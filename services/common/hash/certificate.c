#include "hash/certificate.h"

#include <errno.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int certificate_until(const char *path, int64_t *until_ms, struct err *err)
{
	FILE *f = fopen(path, "re");
	struct tm tm;
	X509 *cert;
	int ok;

	if (!f)
		return err_set(err, ERR_CONFIG, "The certificate %s cannot be read: %s.", path, strerror(errno));
	cert = PEM_read_X509(f, NULL, NULL, NULL);
	fclose(f);
	ok = cert && ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm);
	X509_free(cert);
	if (!ok)
		return err_set(err, ERR_CONFIG, "The file %s holds no certificate.", path);
	*until_ms = (int64_t)timegm(&tm) * 1000;
	return 0;
}
