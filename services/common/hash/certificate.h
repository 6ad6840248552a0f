/* certificate: until when an X.509 certificate (RFC 5280) is valid. Hides libcrypto. */
#ifndef LAGESBILD_CERTIFICATE_H
#define LAGESBILD_CERTIFICATE_H

#include "base/err.h"
#include <stdint.h>

/* notAfter of the first certificate of a PEM file, ms since 1970. ERR_CONFIG: no such file, or no certificate in it. */
int certificate_until(const char *path, int64_t *until_ms, struct err *err) MUST_CHECK;

#endif
