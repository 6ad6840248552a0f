/* diff: two sides compared cell by cell, and each difference explained by the incidents behind it.
 *
 * A side is whatever yields cells by month, area code, category code and source. Its areas and categories go into the
 * session's tables diff_area and diff_category (codes, which get numbers there), its cells into diff_cell (sql/
 * diff_begin.sql). A build is one, and has a ledger, by which differences are explained. An edition ("edition:3") has
 * none: what has changed since it was frozen is known of the current build, so an edition is explained against that
 * one, or against another edition; else its differences stay "unexplained". To add a kind of side: find it in
 * diff_side_find, and give it three statements beside those of a build in diff_side_name_codes and diff_side_load. */
#ifndef LAGESBILD_DIFF_H
#define LAGESBILD_DIFF_H

#include "operator.h"

#define DIFF_NAME_MAX 100

struct diff_side {
	char letter[2];	     /* "a" or "b" */
	const char *name;    /* borrowed */
	char json_name[700]; /* the name as JSON has it, with its quotes */
	char zone[64];
	int16_t build;
	bool current;	 /* the build that is shown */
	int32_t edition; /* 0: a build */
	char area[40];	 /* an edition's */
};

struct diff {
	struct db *db;
	struct diff_side a, b;
	const char *area, *source; /* "" all */
	int64_t from, to;	   /* month numbers since 1970-01 */
	int64_t limit;
	bool incidents, json, csv, from_given;
	long found;	 /* cells that differ */
	int64_t swapped; /* cells with equal figures made of other incidents */
};

/* The side of that name; ERR_CONFIG when there is none. An edition narrows months and area to what it has: its period
 * (with --from its 36 months before, too), its area or what lies in that. */
int diff_side_find(struct diff *d, struct diff_side *side, struct err *err) MUST_CHECK;

/* Its areas below d->area and its categories; its cells, once both sides' codes have numbers. */
int diff_side_name_codes(const struct diff *d, const struct diff_side *side, struct err *err) MUST_CHECK;
int diff_side_load(const struct diff *d, const struct diff_side *side, struct err *err) MUST_CHECK;

/* What has changed since an edition was frozen, as causes, for each side that is one; when that explains the
 * difference. */
int diff_side_revisions(const struct diff *d, struct err *err) MUST_CHECK;

/* Write what was found, in the form that was asked for. */
int diff_print(struct diff *d, struct err *err) MUST_CHECK;

#endif
