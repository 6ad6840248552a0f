#include "manual.h"

#include <stdio.h>
#include <string.h>

#define SMALL "abcdefghijklmnopqrstuvwxyz0123456789-_"

static const char purpose[] = "The operator's command. PostgreSQL by libpq's own PG* variables, Kafka by "
			      "KAFKA_<PROPERTY>. Exit status: 0 done, 1 "
			      "found something wrong, 2 usage or configuration, 3 a server could not be reached.";

/* A word of a usage: an option ("--wait", with its argument "SECONDS"), or a word to be typed as it is ("types"). */
struct word {
	const char *text, *argument;
	int len, argument_len;
};

/* The next word at or after *at, which is moved behind it; false at the end. Upper case is an argument's name. */
static bool next_word(const char **at, struct word *out)
{
	const char *p = *at;

	for (;;) {
		p += strcspn(p, SMALL "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
		if (!*p)
			return false;
		out->len = (int)strspn(p, SMALL);
		if (out->len > 1)
			break;
		p += strspn(p, SMALL "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	}
	out->text = p;
	p += out->len;
	out->argument = NULL;
	out->argument_len = 0;
	if (out->text[0] == '-' && *p == ' ' && p[1] >= 'A' && p[1] <= 'Z') {
		out->argument = p + 1;
		out->argument_len = (int)strcspn(p + 1, " ]|)");
		p += 1 + out->argument_len;
	}
	*at = p;
	return true;
}

static bool is_option(const struct word *w)
{
	return strncmp(w->text, "--", 2) == 0;
}

/* The command's own line before that of all commands; "" when there is none. */
static const char *option_help(const struct manual *m, const char *command, const struct word *w)
{
	const char *common = "";

	for (const struct operator_option *o = m->options; o->name; o++) {
		if ((int)strlen(o->name) != w->len || strncmp(o->name, w->text, (size_t)w->len) != 0)
			continue;
		if (o->command && strcmp(o->command, command) == 0)
			return o->help;
		if (!o->command)
			common = o->help;
	}
	return common;
}

void manual_help(const struct manual *m)
{
	char usage[] = "lagesbild COMMAND [OPTION...]";

	conf_help(usage, purpose, m->items);
	printf("\ncommands:\n");
	for (const struct operator_command *c = m->commands; c->name; c++)
		printf("  %s %s\n      %s\n", c->name, c->usage, c->help);
}

void manual_command(const struct manual *m, const struct operator_command *c)
{
	const char *at = c->usage;
	struct word w;

	printf("usage: lagesbild %s %s\n%s\n", c->name, c->usage, c->help);
	while (next_word(&at, &w)) {
		const char *help = option_help(m, c->name, &w);

		if (is_option(&w) && *help)
			printf("  %.*s%s%.*s\n      %s\n", w.len, w.text, w.argument ? " " : "", w.argument_len,
			       w.argument ? w.argument : "", help);
	}
}

/* ---- the manual page */

/* Text as roff has it: a backslash, a dash that is a dash, nothing at a line's head that would be a request, and
 * characters beyond ASCII by their number. */
static void roff(const char *text, int len)
{
	const unsigned char *p = (const unsigned char *)text, *end = p + len;

	while (p < end) {
		unsigned code = *p++;
		int more = code >= 0xF0 ? 3 : code >= 0xE0 ? 2 : code >= 0xC0 ? 1 : 0;

		if (more)
			code &= 0x3Fu >> more;
		for (; more && p < end; more--)
			code = code << 6 | (*p++ & 0x3Fu);
		if (code >= 0x80)
			printf("\\[u%04X]", code);
		else if (code == '\\')
			printf("\\e");
		else if (code == '-')
			printf("\\-");
		else if (code == '\'')
			printf("\\(aq");
		else
			putchar((int)code);
	}
}

/* A paragraph under a head in bold. */
static void roff_item(const char *head, int head_len, const char *rest, int rest_len)
{
	printf(".TP\n\\fB");
	roff(head, head_len);
	printf("\\fR");
	if (rest_len) {
		printf(" \\fI");
		roff(rest, rest_len);
		printf("\\fR");
	}
	printf("\n");
}

static void roff_line(const char *text)
{
	printf("%s", *text == '.' ? "\\&" : "");
	roff(text, (int)strlen(text));
	printf("\n");
}

static void page_command(const struct manual *m, const struct operator_command *c)
{
	const char *at = c->usage;
	struct word w;
	bool any = false;

	printf(".SS \"");
	roff(c->name, (int)strlen(c->name));
	printf("\"\n\\fBlagesbild\\fR \\fB");
	roff(c->name, (int)strlen(c->name));
	printf("\\fR ");
	roff_line(c->usage);
	printf(".PP\n");
	roff_line(c->help);
	while (next_word(&at, &w)) {
		const char *help = option_help(m, c->name, &w);

		if (!is_option(&w))
			continue;
		roff_item(w.text, w.len, w.argument, w.argument_len);
		roff_line(*help ? help : "See above.");
		any = true;
	}
	printf("%s", any ? ".PP\n" : "");
}

static void page_environment(const struct conf_item *items)
{
	printf(".SH ENVIRONMENT\n");
	for (const struct conf_item *item = items; item->name; item++) {
		roff_item(item->name, (int)strlen(item->name), NULL, 0);
		roff_line(item->help);
		if (item->type == CONF_SECRET)
			printf("With _FILE behind the name: the file that holds it.\n");
		if (item->fallback && *item->fallback) {
			printf("Default: ");
			roff(item->fallback, (int)strlen(item->fallback));
			printf(".\n");
		}
	}
}

void manual_page(const struct manual *m)
{
	static const struct {
		int status;
		const char *help;
	} statuses[] = {{0, "Done."},
			{1, "Found something wrong."},
			{2, "Usage or configuration."},
			{3, "A server could not be reached."}};

	printf(".TH LAGESBILD 1 \"\" \"L\\[u00E4]gesbild\" \"Operators\"\n.SH NAME\nlagesbild \\- the operator\\(aqs "
	       "command of "
	       "L\\[u00E4]gesbild\n.SH SYNOPSIS\n\\fBlagesbild\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...]\n.SH "
	       "DESCRIPTION\n");
	roff_line(purpose);
	printf(".SH COMMANDS\n");
	for (const struct operator_command *c = m->commands; c->name; c++)
		page_command(m, c);
	printf(".SH \"EXIT STATUS\"\n");
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
		printf(".TP\n\\fB%d\\fR\n%s\n", statuses[i].status, statuses[i].help);
	page_environment(m->items);
}

/* ---- completion */

void manual_completion(const struct manual *m)
{
	struct word w;

	printf("# bash completion of lagesbild; made by \"lagesbild --completion bash\".\n_lagesbild()\n{\n"
	       "\tlocal word=${COMP_WORDS[COMP_CWORD]} words\n\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\twords=\"");
	for (const struct operator_command *c = m->commands; c->name; c++)
		printf("%s ", c->name);
	printf("--help\"\n\telse\n\t\tcase ${COMP_WORDS[1]} in\n");
	for (const struct operator_command *c = m->commands; c->name; c++) {
		const char *at = c->usage;

		printf("\t\t%s) words=\"", c->name);
		while (next_word(&at, &w))
			printf("%.*s ", w.len, w.text);
		printf("--help\" ;;\n");
	}
	printf("\t\tesac\n\tfi\n\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n}\n"
	       "complete -o default -F _lagesbild lagesbild\n");
}
