/* fuzz: libFuzzer's bytes taken apart into numbers and texts, for the targets; and what they all check. */
#ifndef LAGESBILD_FUZZ_H
#define LAGESBILD_FUZZ_H

#include "base/err.h"
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUZZ_CHECK(condition)                                                                                          \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition);                        \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct fuzz {
	const uint8_t *p, *end;
};

static inline uint64_t fuzz_number(struct fuzz *f, size_t bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = v << 8 | (f->p < f->end ? *f->p++ : 0);
	return v;
}

/* A stretch of at most what is left; its length stands before it in `bytes` bytes. Never NULL. */
static inline const char *fuzz_text(struct fuzz *f, size_t bytes, size_t *len)
{
	const char *text;
	size_t want = (size_t)fuzz_number(f, bytes);

	*len = want < (size_t)(f->end - f->p) ? want : (size_t)(f->end - f->p);
	text = (const char *)f->p;
	f->p += *len;
	return text;
}

/* An opening that must succeed: the sentence, and the end, when it does not. */
static inline void fuzz_must(int result, const struct err *err)
{
	if (result) {
		fprintf(stderr, "%s\n", err->text);
		abort();
	}
}

/* A wrong message is told as one: kind, reason and a sentence. */
static inline void fuzz_told(const struct err *err)
{
	FUZZ_CHECK(err->kind == ERR_MESSAGE);
	FUZZ_CHECK(err->reason > REASON_NONE && err->reason < REASON_COUNT);
	FUZZ_CHECK(err->text[0] && memchr(err->text, 0, sizeof err->text));
}

#endif
