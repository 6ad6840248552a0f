/* unknown: what the command's parts share: texts that the mapping or the register does not know, grouped and counted.
 */
#ifndef OPERATOR_UNKNOWN_H
#define OPERATOR_UNKNOWN_H

#include "base/map64.h"
#include "operator.h"

#define UNKNOWN_TEXT_MAX 512	 /* as long as a type may be */
#define UNKNOWN_GROUPS_MAX 20000 /* of one source; what comes beyond is counted together */

struct unknown_group {
	char *text; /* as it stood there first; masked before it is shown */
	int64_t messages, first_ms, last_ms;
};

struct unknown_groups {
	struct map64 index; /* hash of the folded text -> place in list */
	struct unknown_group *list;
	size_t count, cap;
	int64_t beyond; /* messages whose text found no room */
};

void unknown_init(struct unknown_groups *g);
void unknown_release(struct unknown_groups *g);

/* One more message with this text. Spellings that fold alike (text.h) are one group. -1: out of memory. */
int unknown_add(struct unknown_groups *g, const char *text, size_t len, int64_t append_ms, struct err *err) MUST_CHECK;

/* Most messages first, then by text. Ends the adding. */
void unknown_sort(struct unknown_groups *g);

/* How far two folded words are apart, in insertions, deletions and replacements of bytes (Levenshtein 1966); more than
 * max is max + 1. Both shorter than 64 bytes, else max + 1. */
int unknown_distance(const char *a, const char *b, int max);

#endif
