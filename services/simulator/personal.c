#include "personal.h"

#include "rng.h"
#include <stdio.h>

static const char *const first_names[] = {"Agneta", "Birger", "Cecilia", "Dragan",  "Elsa",  "Fatima",
					  "Göran",  "Hanna",  "Ingvar",	 "Jasmina", "Kjell", "Åsa"};
static const char *const last_names[] = {"Ekmansson", "Fiktivsson", "Påhittström",
					 "Testberg",  "Låtsasgren", "Exempelius"};
/* What stands before each piece, and at the end. */
static const char *const sentences[][PERSONAL_PIECES + 1] = {{"", " (", ") ringde från ", ", svara till ", "."},
							     {"Anmält av ", ", pnr ", ", tel. ", ", e-post ", ""},
							     {"Hyresgästen ", ", ", ". Nås på ", " eller ", "!"}};

int personal_check_digit(const char digits[9])
{
	int sum = 0;

	for (int i = 0; i < 9; i++) {
		int d = (digits[i] - '0') * (i % 2 ? 1 : 2);

		sum += d > 9 ? d - 9 : d;
	}
	return (10 - sum % 10) % 10;
}

/* The many ways to write one. Day + 60: a coordination number. */
static void make_identity(struct rng *r, char out[PERSONAL_PIECE_SIZE])
{
	unsigned year = 1930 + rng_below(r, 80), month = 1 + rng_below(r, 12), number = 980 + rng_below(r, 20);
	unsigned day = 1 + rng_below(r, 28) + (rng_chance(r, 0.1) ? 60 : 0), check;
	char digits[16];

	snprintf(digits, sizeof digits, "%02u%02u%02u%03u", year % 100, month % 100, day % 100, number % 1000);
	check = (unsigned)personal_check_digit(digits);
	switch (rng_below(r, 6)) {
	case 0:
		snprintf(out, PERSONAL_PIECE_SIZE, "%.6s-%.3s%u", digits, digits + 6, check);
		break;
	case 1:
		snprintf(out, PERSONAL_PIECE_SIZE, "%u%.4s-%.3s%u", year, digits + 2, digits + 6, check);
		break;
	case 2:
		snprintf(out, PERSONAL_PIECE_SIZE, "%s%u", digits, check);
		break;
	case 3:
		snprintf(out, PERSONAL_PIECE_SIZE, "%u%s%u", year / 100, digits, check);
		break;
	case 4:
		snprintf(out, PERSONAL_PIECE_SIZE, "%.6s %.3s%u", digits, digits + 6, check);
		break;
	default:
		snprintf(out, PERSONAL_PIECE_SIZE, "%.6s+%.3s%u", digits, digits + 6, check);
	}
}

/* 070-174 06 05 to 99. */
static void make_telephone(struct rng *r, char out[PERSONAL_PIECE_SIZE])
{
	static const char *const forms[] = {"070-174 06 ", "070-17406",	  "+46 70 174 06 ",
					    "+467017406",  "00467017406", "070 17406 "};
	unsigned last = 5 + rng_below(r, 95), form = rng_below(r, sizeof forms / sizeof *forms);

	snprintf(out, PERSONAL_PIECE_SIZE, "%s%02u", forms[form], last);
}

void personal_make(uint64_t seed, uint32_t n, struct personal *out)
{
	struct rng r;
	const char *first, *last, *const *before;

	rng_init(&r, seed, UINT64_C(0x9e5) << 32 | n);
	first = first_names[rng_below(&r, sizeof first_names / sizeof *first_names)];
	last = last_names[rng_below(&r, sizeof last_names / sizeof *last_names)];
	snprintf(out->pieces[PERSONAL_NAME], PERSONAL_PIECE_SIZE, "%s %s", first, last);
	make_identity(&r, out->pieces[PERSONAL_IDENTITY]);
	make_telephone(&r, out->pieces[PERSONAL_TELEPHONE]);
	snprintf(out->pieces[PERSONAL_MAIL], PERSONAL_PIECE_SIZE, "fiktiv.%u@example.se", n);
	before = sentences[rng_below(&r, sizeof sentences / sizeof *sentences)];
	snprintf(out->text, sizeof out->text, "%s%s%s%s%s%s%s%s%s", before[0], out->pieces[PERSONAL_NAME], before[1],
		 out->pieces[PERSONAL_IDENTITY], before[2], out->pieces[PERSONAL_TELEPHONE], before[3],
		 out->pieces[PERSONAL_MAIL], before[4]);
}
