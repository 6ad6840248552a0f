/* manual: what the table of commands is turned into: --help, a command's own --help, the manual page (roff, man(7)) and
 * bash completion. All to standard output. A command's options and words are read out of its usage, so that a row of
 * the table is all that a command needs. */
#ifndef LAGESBILD_MANUAL_H
#define LAGESBILD_MANUAL_H

#include "base/conf.h"
#include "operator.h"

struct manual {
	const struct operator_command *commands; /* ends with a NULL name, like the others */
	const struct operator_option *options;
	const struct conf_item *items;
};

void manual_help(const struct manual *m);
void manual_command(const struct manual *m, const struct operator_command *c);
void manual_page(const struct manual *m);
void manual_completion(const struct manual *m);

#endif
