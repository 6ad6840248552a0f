/* picture: the situation picture in the terminal, 80 columns, Swedish. Words like topic or offset stay out of it. */
#include "operator.h"

#include "operator_sql.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAR_WIDTH 6
#define ROWS_SHOWN 12
#define COUNTY_ROWS_SHOWN 6

struct picture {
	struct db *db;
	char municipality[40], asked_month[16], month[16], tertial[16], year[8], zone[64], county[40], name[128],
		county_name[128];
	char waits_for[128]; /* who still fills a newer month, which is passed over for it */
	int month_number, newest_number;
	enum { NOT_ENDED, WHOLE, FILLING } stage;
	bool json, colours;
};

/* Columns of picture_rows. */
enum {
	ROW_CATEGORY,
	ROW_SOURCE,
	ROW_N,
	ROW_LAST_YEAR,
	ROW_12,
	ROW_HIDDEN,
	ROW_HIDDEN_LAST_YEAR,
	ROW_HIDDEN_12,
	ROW_STATE,
	ROW_KNOWN,
	ROW_KNOWN_LAST_YEAR,
	ROW_KNOWN_12,
	ROW_NEW,
	ROW_EST,
	ROW_VERDICT,
};

static const char *const months[] = {"januari", "februari", "mars",	 "april",   "maj",	"juni",
				     "juli",	"augusti",  "september", "oktober", "november", "december"};

/* n of max as a bar of eighths of a character. */
static void bar(int64_t n, int64_t max)
{
	static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	int64_t steps = max > 0 ? (n * BAR_WIDTH * 8 + max - 1) / max : 0;
	int width = (int)(steps / 8);

	for (int i = 0; i < width; i++)
		fputs("█", stdout);
	fputs(eighths[steps % 8], stdout);
	printf("%*s", BAR_WIDTH - width - (steps % 8 ? 1 : 0), "");
}

static int find_periods(struct picture *p, struct err *err)
{
	struct db_result *res;

	db_param_text(p->db, p->asked_month, strlen(p->asked_month));
	if (db_query(p->db, operator_sql_picture_periods, &res, err) < 0)
		return -1;
	if (db_rows(res) == 0) {
		db_free(res);
		return err_set(err, ERR_CONFIG, "there is no build yet: run \"lagesbild setup\"");
	}
	snprintf(p->month, sizeof p->month, "%s", db_text(res, 0, 0, NULL));
	snprintf(p->year, sizeof p->year, "%s", db_text(res, 0, 1, NULL));
	p->month_number = (int)db_int(res, 0, 2);
	p->stage = (int)db_int(res, 0, 3);
	snprintf(p->tertial, sizeof p->tertial, "%s", db_text(res, 0, 4, NULL));
	snprintf(p->zone, sizeof p->zone, "%s", db_text(res, 0, 5, NULL));
	if (!*p->municipality)
		snprintf(p->municipality, sizeof p->municipality, "%s", db_text(res, 0, 6, NULL));
	snprintf(p->waits_for, sizeof p->waits_for, "%s", db_text(res, 0, 7, NULL));
	p->newest_number = (int)db_int(res, 0, 8);
	db_free(res);
	return 0;
}

static int find_area(struct picture *p, const char *code, char name[128], char parent[40], struct err *err)
{
	struct db_result *res;

	db_param_text(p->db, code, strlen(code));
	if (db_query(p->db, operator_sql_picture_area, &res, err) < 0)
		return -1;
	if (db_rows(res) == 0) {
		db_free(res);
		return err_set(err, ERR_CONFIG, "there is no area with the code %.30s", code);
	}
	snprintf(name, 128, "%s", db_text(res, 0, 0, NULL));
	snprintf(parent, 40, "%s", db_text(res, 0, 1, NULL));
	db_free(res);
	return 0;
}

static int query(struct picture *p, const char *sql, const char *area, const char *month, struct db_result **res,
		 struct err *err)
{
	db_param_text(p->db, area, strlen(area));
	db_param_text(p->db, month, strlen(month));
	return db_query(p->db, sql, res, err) < 0 ? -1 : 0;
}

/* Likewise, of a county only the sources that tell of more than the municipality: the others' rows would stand there
 * twice. */
static int query_beyond(struct picture *p, const char *sql, const char *area, const char *month, struct db_result **res,
			struct err *err)
{
	const char *within = strcmp(area, p->municipality) == 0 ? "" : p->municipality;

	db_param_text(p->db, area, strlen(area));
	db_param_text(p->db, month, strlen(month));
	db_param_text(p->db, within, strlen(within));
	return db_query(p->db, sql, res, err) < 0 ? -1 : 0;
}

/* A figure as a council may read it: ".." where nothing is known, "<5" where all there is was too small to be told,
 * "≥7" where the sum lacks something. */
static const char *figure(int64_t n, int64_t hidden, bool known)
{
	static char texts[8][48];
	static unsigned next;
	char *out = texts[next++ % 8];

	if (n == 0 && hidden > 1)
		snprintf(out, sizeof texts[0], "%lld×<5", (long long)hidden);
	else if (n == 0 && hidden == 1)
		return "<5";
	else if (n == 0 && !known)
		return "..";
	else
		snprintf(out, sizeof texts[0], "%s%s", hidden || !known ? "≥" : "", operator_grouped(n));
	return out;
}

static const char *figure_at(const struct db_result *res, long i, int n, int hidden, int known)
{
	return figure(db_int(res, i, n), db_int(res, i, hidden), db_int(res, i, known));
}

/* This month's: one that is still filling is told by the line of sources, not by each figure. */
static const char *figure_now(const struct db_result *res, long i)
{
	bool filling = strcmp(db_text(res, i, ROW_STATE, NULL), "filling") == 0;

	return figure(db_int(res, i, ROW_N), db_int(res, i, ROW_HIDDEN),
		      db_int(res, i, ROW_KNOWN) || (filling && db_int(res, i, ROW_N)));
}

static const char *verdict(const struct db_result *res, long i)
{
	static const char *const words[][2] = {{"increase", "▲ trolig ökning"},
					       {"decrease", "▼ trolig minskning"},
					       {"chance", "· kan vara slump"},
					       {"usual", "· inom det vanliga"}};

	if (db_int(res, i, ROW_HIDDEN))
		return "visas ej (litet antal)";
	for (size_t k = 0; k < sizeof words / sizeof *words; k++)
		if (strcmp(words[k][0], db_text(res, i, ROW_VERDICT, NULL)) == 0)
			return words[k][1];
	return db_int(res, i, ROW_NEW) ? "ny källa, jämförs ej" : "jämförs ej";
}

static void print_row(const struct db_result *res, long i, int64_t max)
{
	putchar(' ');
	operator_cell(db_text(res, i, ROW_CATEGORY, NULL), 16, false);
	putchar(' ');
	operator_cell(db_text(res, i, ROW_SOURCE, NULL), 9, false);
	operator_cell(figure_now(res, i), 6, true);
	operator_cell(figure_at(res, i, ROW_LAST_YEAR, ROW_HIDDEN_LAST_YEAR, ROW_KNOWN_LAST_YEAR), 7, true);
	fputs("  ", stdout);
	bar(db_int(res, i, ROW_N), max);
	operator_cell(figure_at(res, i, ROW_12, ROW_HIDDEN_12, ROW_KNOWN_12), 7, true);
	printf("   %s\n", verdict(res, i));
}

static void print_block(const struct db_result *res, bool est, long shown)
{
	int64_t max = 0;
	long left = 0;

	for (long i = 0; i < db_rows(res); i++)
		if ((bool)db_int(res, i, ROW_EST) == est && db_int(res, i, ROW_N) > max)
			max = db_int(res, i, ROW_N);
	for (long i = 0; i < db_rows(res); i++) {
		if ((bool)db_int(res, i, ROW_EST) != est)
			continue;
		if (shown-- > 0)
			print_row(res, i, max);
		else
			left++;
	}
	if (left)
		printf(" (%ld rader till)\n", left);
}

static void print_head(const struct picture *p, const char *name)
{
	static const char *const stages[] = {"ej hel månad", "hel månad", "preliminär"};
	char title[300], month[32], zone[100];

	snprintf(title, sizeof title, "%s, %s %s (%s)", name, months[p->month_number - 1], p->year, stages[p->stage]);
	snprintf(month, sizeof month, "%.3s", months[p->month_number - 1]);
	snprintf(zone, sizeof zone, "kommunens tid, %s", p->zone);
	printf("\n%s LÄGESBILD  ", p->colours ? "\033[1m" : "");
	if (operator_width(title) + operator_width(zone) < 66)
		printf("%s", title), operator_cell(zone, 67 - operator_width(title), true);
	else
		operator_cell(title, 42, false), operator_cell(p->zone, 25, true);
	printf("%s\n", p->colours ? "\033[0m" : "");
	operator_cell("", 27, false);
	operator_cell(month, 6, true);
	operator_cell("i fjol", 7, true);
	operator_cell("12 mån", 15, true);
	printf("   bedömning\n");
}

/* The county's block stands only where a source tells of it. */
static int print_area(struct picture *p, const char *code, const char *name, long shown, struct err *err)
{
	struct db_result *res;
	bool own = strcmp(code, p->municipality) == 0;

	if (query_beyond(p, operator_sql_picture_rows, code, p->month, &res, err))
		return -1;
	if (own || db_rows(res)) {
		print_head(p, name);
		print_block(res, true, shown);
		/* What is in the scope comes first, so the last row tells whether there is anything else. */
		if (db_rows(res) && !db_int(res, db_rows(res) - 1, ROW_EST)) {
			printf(" - trafik, olyckor och övrigt\n");
			print_block(res, false, shown / 2);
		}
	}
	if (own && db_rows(res) == 0)
		printf(" (inga händelser de senaste tretton månaderna)\n");
	db_free(res);
	return 0;
}

/* Items of a line, broken at 80 columns under its heading of ten. */
struct line {
	const char *heading;
	int column;
};

static void print_item(struct line *l, const char *text)
{
	int width = operator_width(text);

	if (l->column == 0 || l->column + 3 + width > 80) {
		printf("%s ", l->column ? "\n" : "");
		operator_cell(l->column ? "" : l->heading, 9, false);
		l->column = 10;
		printf(" %s", text);
		l->column += 1 + width;
	} else {
		printf("   %s", text);
		l->column += 3 + width;
	}
}

static const char *delivered(const char *state)
{
	static const char *const words[][2] = {{"complete", "✓"},
					       {"nothing", "✓ inget att rapportera"},
					       {"filling", "◔ fylls på"},
					       {"missing", "✗ saknas"}};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i][0], state) == 0)
			return words[i][1];
	return NULL;
}

static int print_sources(struct picture *p, struct err *err)
{
	struct line line = {"Underlag", 0};
	struct db_result *res;
	char text[340], unconnected[300] = "";

	if (query(p, operator_sql_picture_sources, p->municipality, p->month, &res, err))
		return -1;
	printf("\n");
	for (long i = 0; i < db_rows(res); i++) {
		const char *name = db_text(res, i, 0, NULL), *state = delivered(db_text(res, i, 1, NULL));
		size_t len = strlen(unconnected);

		snprintf(text, sizeof text, "%s %s", name, state ? state : "");
		if (state)
			print_item(&line, text);
		else
			snprintf(unconnected + len, sizeof unconnected - len, "%s %s", len ? "," : "", name);
	}
	db_free(res);
	snprintf(text, sizeof text, "ej anslutna:%s", unconnected);
	if (*unconnected)
		print_item(&line, text);
	printf("\n");
	if (*p->waits_for)
		printf("           (%s fylls ännu på: %s)\n", months[p->newest_number - 1], p->waits_for);
	return 0;
}

static int print_places(struct picture *p, struct err *err)
{
	struct line line = {"Områden", 0};
	struct db_result *res;
	char text[300];

	if (query(p, operator_sql_picture_places, p->municipality, p->month, &res, err))
		return -1;
	for (long i = 0; i < db_rows(res); i++) {
		snprintf(text, sizeof text, "%s: %s%s", db_int(res, i, 1) ? "okänt område" : db_text(res, i, 0, NULL),
			 db_text(res, i, 3, NULL), db_int(res, i, 2) ? " (ej medräknad)" : "");
		print_item(&line, text);
	}
	if (db_rows(res))
		printf("\n");
	db_free(res);
	return 0;
}

static int print_tertial(struct picture *p, const char *code, const char *name, struct err *err)
{
	struct db_result *res;

	if (query_beyond(p, operator_sql_picture_tertial, code, p->tertial, &res, err))
		return -1;
	for (long i = 0; i < db_rows(res); i++)
		printf(" Tertial   %s %s: %s %s / %s i fjol\n", db_text(res, i, 0, NULL), name,
		       db_text(res, i, 1, NULL), figure(db_int(res, i, 2), db_int(res, i, 3), db_int(res, i, 4)),
		       figure(db_int(res, i, 5), db_int(res, i, 6), db_int(res, i, 7)));
	db_free(res);
	return 0;
}

/* The tertial that the month lies in, while it is under way. */
static void print_tertial_open(const struct picture *p)
{
	if (p->month_number % 4 || p->stage == NOT_ENDED)
		printf("           (%sT%d ej hel: ingen jämförelse)\n", p->year, (p->month_number + 3) / 4);
}

static int print_balance(struct picture *p, struct err *err)
{
	struct db_result *res;
	int64_t n[8];

	if (db_query(p->db, operator_sql_picture_balance, &res, err) < 0)
		return -1;
	for (int i = 0; i < 8; i++)
		n[i] = db_int(res, 0, i);
	db_free(res);
	printf(" Räkenskap mottagna %s = inlagda %s + dubbletter %s + äldre %s\n", operator_grouped(n[0]),
	       operator_grouped(n[1]), operator_grouped(n[2]), operator_grouped(n[3]));
	printf("           + återtagna %s + avvisade %s     differens %s   förlorade %s  %s\n", operator_grouped(n[4]),
	       operator_grouped(n[5]), operator_grouped(n[6]), operator_grouped(n[7]), n[6] || n[7] ? "✘" : "✔");
	return 0;
}

static int print_picture(struct picture *p, struct err *err)
{
	if (print_area(p, p->municipality, p->name, ROWS_SHOWN, err) || print_sources(p, err) || print_places(p, err) ||
	    (*p->county && print_area(p, p->county, p->county_name, COUNTY_ROWS_SHOWN, err)))
		return -1;
	printf("\n");
	if (print_tertial(p, p->municipality, p->name, err) ||
	    (*p->county && print_tertial(p, p->county, p->county_name, err)))
		return -1;
	print_tertial_open(p);
	if (print_balance(p, err))
		return -1;
	printf(" Läs så    .. = inte levererat eller inte anslutet då, <5 = litet antal som inte\n"
	       "           sägs, ≥ = minst: något saknas i summan. Källor läggs aldrig ihop.\n"
	       "           notiser = Polisens händelsenotiser (urval): inte anmälda brott,\n"
	       "           aldrig ett brottstal\n"
	       " Prova     lagesbild status · psql -c 'TABLE lagesbild.month_summary'\n\n");
	return 0;
}

/* null where the picture shows ".." or "<5". */
static void print_json_figure(const char *name, int64_t n, int64_t hidden, bool known)
{
	if (n == 0 && (hidden || !known))
		printf(", \"%s\": null", name);
	else
		printf(", \"%s\": %lld", name, (long long)n);
	printf(", \"%s_at_least\": %s", name, n && (hidden || !known) ? "true" : "false");
}

static void print_json_row(const struct db_result *res, long i, const char *area)
{
	printf("{\"area\": \"%s\", \"category\": \"%s\", \"source\": \"%s\", \"state\": \"%s\"", area,
	       db_text(res, i, ROW_CATEGORY, NULL), db_text(res, i, ROW_SOURCE, NULL),
	       db_text(res, i, ROW_STATE, NULL));
	print_json_figure("n", db_int(res, i, ROW_N), db_int(res, i, ROW_HIDDEN), db_int(res, i, ROW_KNOWN));
	print_json_figure("last_year", db_int(res, i, ROW_LAST_YEAR), db_int(res, i, ROW_HIDDEN_LAST_YEAR),
			  db_int(res, i, ROW_KNOWN_LAST_YEAR));
	print_json_figure("rolling12", db_int(res, i, ROW_12), db_int(res, i, ROW_HIDDEN_12),
			  db_int(res, i, ROW_KNOWN_12));
	printf(", \"suppressed\": %s, \"verdict\": \"%s\"}", db_int(res, i, ROW_HIDDEN) ? "true" : "false",
	       db_text(res, i, ROW_VERDICT, NULL));
}

static int print_json(struct picture *p, struct err *err)
{
	const char *areas[] = {p->municipality, p->county};
	struct db_result *res;
	bool first = true;

	if (query(p, operator_sql_picture_sources, p->municipality, p->month, &res, err))
		return -1;
	printf("{\"month\": \"%.7s\", \"whole\": %s, \"sources\": {", p->month, p->stage == WHOLE ? "true" : "false");
	for (long i = 0; i < db_rows(res); i++)
		printf("%s\"%s\": \"%s\"", i ? ", " : "", db_text(res, i, 0, NULL), db_text(res, i, 1, NULL));
	printf("}, \"rows\": [");
	db_free(res);
	for (int a = 0; a < 2 && *areas[a]; a++) {
		if (query_beyond(p, operator_sql_picture_rows, areas[a], p->month, &res, err))
			return -1;
		for (long i = 0; i < db_rows(res); i++, first = false) {
			printf(first ? "\n" : ",\n");
			print_json_row(res, i, areas[a]);
		}
		db_free(res);
	}
	printf("]}\n");
	return 0;
}

static int parse(struct picture *p, int argc, char **argv, struct err *err)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			p->json = true;
		else if (strcmp(argv[i], "--municipality") == 0 && i + 1 < argc)
			snprintf(p->municipality, sizeof p->municipality, "%s", argv[++i]);
		else if (strcmp(argv[i], "--month") == 0 && i + 1 < argc && operator_is_month(argv[i + 1]))
			snprintf(p->asked_month, sizeof p->asked_month, "%s", argv[++i]);
		else
			return err_set(err, ERR_CONFIG,
				       "unknown or incomplete argument %.40s; see lagesbild picture --help", argv[i]);
	}
	return 0;
}

int picture_command(int argc, char **argv, struct err *err)
{
	struct picture p = {.colours = operator_colours()};
	char above[40];
	int rc = -1;

	if (parse(&p, argc, argv, err) == 0 && operator_db(&p.db, err) == 0 && find_periods(&p, err) == 0 &&
	    find_area(&p, p.municipality, p.name, p.county, err) == 0 &&
	    (!*p.county || find_area(&p, p.county, p.county_name, above, err) == 0))
		rc = p.json ? print_json(&p, err) : print_picture(&p, err);
	db_close(p.db);
	return rc;
}
