/* reports: what is written beside the truth, for tests: planted personal data, broken messages, messages by source. */
#ifndef SIMULATOR_REPORTS_H
#define SIMULATOR_REPORTS_H

#include "event.h"
#include "personal.h"
#include <stdio.h>

struct reports {
	const char *base; /* the truth's path; NULL: nothing is written */
	FILE *personal, *broken;
	uint64_t messages[SOURCES], withdrawals[SOURCES], rejects[SOURCES];
};

/* Files <base>.personal.csv (source,key,text) and <base>.broken.csv (source,key,kind,reason). */
int reports_open(struct reports *r, const char *base, struct err *err) MUST_CHECK;
void reports_personal(struct reports *r, int source, const char *key, const struct personal *p);
void reports_broken(struct reports *r, int source, const char *key, const char *kind, const char *reason);

/* <base>.messages.csv (source,messages,withdrawals,rejects), and all is on disk. */
int reports_finish(struct reports *r, struct err *err) MUST_CHECK;
void reports_close(struct reports *r);

#endif
