/* personal: made-up personal data in the spellings that people use, planted in fields where it must not be: a test can
 * look whether any of it gets further. Telephone numbers are of the series kept for fiction (PTS), identity numbers
 * have birth numbers 980-999 and a right check digit, mail is at example.se. */
#ifndef SIMULATOR_PERSONAL_H
#define SIMULATOR_PERSONAL_H

#include <stdint.h>

enum { PERSONAL_NAME, PERSONAL_IDENTITY, PERSONAL_TELEPHONE, PERSONAL_MAIL, PERSONAL_PIECES };
enum { PERSONAL_PIECE_SIZE = 48 };

struct personal {
	char text[256]; /* a sentence that holds all pieces */
	char pieces[PERSONAL_PIECES][PERSONAL_PIECE_SIZE];
};

/* The n-th of the seed: the same every time. */
void personal_make(uint64_t seed, uint32_t n, struct personal *out);

/* The check digit of nine digits YYMMDDNNN (Luhn). */
int personal_check_digit(const char digits[9]);

#endif
