/* conf: a program's configuration as one table, read from environment variables; the same table prints --help.
 *
 * NAME_FILE gives the value of a CONF_SECRET by a file (at most 4 KiB; a trailing newline is dropped); both at once
 * are refused. A variable that is set but empty counts as not set. A variable that starts with LAGESBILD_ and is in
 * no table of any program is refused (conf_known lists them all), so a misspelling stops the program. Values are
 * owned by the module until conf_release.
 *
 * To add a variable: an item in the program's table, and its name in conf_known (conf.c), so that the other
 * programs let it stand in an environment that they share. A secret's NAME_FILE is a name of its own there. */
#ifndef LAGESBILD_CONF_H
#define LAGESBILD_CONF_H

#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

enum conf_type { CONF_TEXT, CONF_INT, CONF_BOOL, CONF_PATH, CONF_SECRET };

struct conf_item {
	const char *name; /* LAGESBILD_BATCH_MAX */
	enum conf_type type;
	const char *fallback; /* default as text; NULL: required */
	const char *help;     /* one sentence */
	void *target;	      /* const char ** for texts, int64_t * for CONF_INT, bool * for CONF_BOOL */
	int64_t min, max;     /* of CONF_INT, inclusive */
};

/* Every LAGESBILD_ variable of any program; ends with NULL. */
extern const char *const conf_known[];

#define CONF_ITEMS_MAX 64

/* The items every service shares (LAGESBILD_SCHEMAS, LAGESBILD_PACK, ...) stand in the program's own table too: a
 * table is whole. items ends with an item whose name is NULL. Fails with ERR_CONFIG and a sentence naming the
 * variable. */
int conf_load(const struct conf_item *items, struct err *err) MUST_CHECK;

/* Prints "usage: <usage>", the paragraph, then the table (name, default, help) to stdout. Never prints values. */
void conf_help(const char *usage, const char *paragraph, const struct conf_item *items);

/* Frees what conf_load allocated; targets of type text become NULL. */
void conf_release(const struct conf_item *items);

#endif
