/* totp: codes that change every 30 seconds, as a telephone shows them (RFC 6238, HMAC-SHA-1, six digits). */
#ifndef LAGESBILD_TOTP_H
#define LAGESBILD_TOTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOTP_SECRET_SIZE 33 /* 160 bits in base32 (RFC 4648, 6) without padding, terminated */
#define TOTP_STEP_S 30

void totp_secret(char out[TOTP_SECRET_SIZE]);

/* The code of a time step (RFC 4226, 5.3): digits 6 to 8, terminated. */
void totp_code(const uint8_t *key, size_t len, int64_t step, int digits, char out[9]);

/* Is it the secret's code now, one step before or after (a clock that is off, a slow hand), and of a step later than
 * `after`, so that a code is good once? step is then set. false for anything that is no secret or no six digits. */
bool totp_check(const char *secret, const char *code, size_t len, int64_t now_s, int64_t after, int64_t *step);

#endif
