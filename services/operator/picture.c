/* picture: the situation picture in the terminal, 80 columns, Swedish. Words like topic or offset stay out of it. */
#include "operator.h"

#include "operator_sql.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAR_WIDTH 8
#define ROWS_SHOWN 12
#define COUNTY_ROWS_SHOWN 6

struct picture {
	struct db *db;
	char municipality[40], asked_month[16], month[16], tertial[16], year[8], zone[64], county[40], name[128],
		county_name[128];
	int month_number;
	bool whole, json;
};

static const char *const months[] = {"januari", "februari", "mars",	 "april",   "maj",	"juni",
				     "juli",	"augusti",  "september", "oktober", "november", "december"};

/* Text cut or padded to a number of characters (not bytes), left or right. */
static void cell(const char *text, int width, bool right)
{
	int shown = 0, bytes = 0;

	for (; text[bytes] && shown <= width; bytes++)
		if (((unsigned char)text[bytes] & 0xC0) != 0x80 && ++shown > width)
			break;
	if (shown > width)
		shown = width;
	printf("%*s%.*s%*s", right ? width - shown : 0, "", bytes, text, right ? 0 : width - shown, "");
}

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
	p->whole = db_int(res, 0, 3);
	snprintf(p->tertial, sizeof p->tertial, "%s", db_text(res, 0, 4, NULL));
	snprintf(p->zone, sizeof p->zone, "%s", db_text(res, 0, 5, NULL));
	if (!*p->municipality)
		snprintf(p->municipality, sizeof p->municipality, "%s", db_text(res, 0, 6, NULL));
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

static void print_row(const struct db_result *res, long i, int64_t max)
{
	bool hidden = db_int(res, i, 5), missing = db_null(res, i, 2);
	int64_t n = missing ? 0 : db_int(res, i, 2);

	putchar(' ');
	cell(db_text(res, i, 0, NULL), 19, false);
	putchar(' ');
	cell(db_text(res, i, 1, NULL), 9, false);
	cell(hidden ? "<5" : missing ? ".." : operator_grouped(n), 7, true);
	cell(db_null(res, i, 3) ? ".." : operator_grouped(db_int(res, i, 3)), 8, true);
	fputs("  ", stdout);
	bar(hidden ? 0 : n, max);
	cell(operator_grouped(db_int(res, i, 4)), 9, true);
	printf("   %s\n", hidden ? "visas ej" : "jämförs ej");
}

static void print_block(const struct db_result *res, bool est, long shown)
{
	int64_t max = 0;
	long left = 0;

	for (long i = 0; i < db_rows(res); i++)
		if ((bool)db_int(res, i, 6) == est && !db_null(res, i, 2) && db_int(res, i, 2) > max)
			max = db_int(res, i, 2);
	for (long i = 0; i < db_rows(res); i++) {
		if ((bool)db_int(res, i, 6) != est)
			continue;
		if (shown-- > 0)
			print_row(res, i, max);
		else
			left++;
	}
	if (left)
		printf(" (%ld kategorier till)\n", left);
}

static void print_head(const struct picture *p, const char *name)
{
	char title[300], month[32], zone[100];

	snprintf(title, sizeof title, "%s, %s %s (%s)", name, months[p->month_number - 1], p->year,
		 p->whole ? "hel månad" : "ej hel månad");
	snprintf(month, sizeof month, "%.3s", months[p->month_number - 1]);
	snprintf(zone, sizeof zone, "kommunens tid, %s", p->zone);
	printf("\n LÄGESBILD  ");
	if (operator_width(title) + operator_width(zone) < 66)
		printf("%s", title), cell(zone, 67 - operator_width(title), true);
	else
		cell(title, 42, false), cell(p->zone, 25, true);
	printf("\n ");
	cell("", 29, false);
	cell(month, 7, true);
	cell("i fjol", 8, true);
	printf("          ");
	cell("12 mån", 9, true);
	printf("   bedömning\n");
}

static int print_area(struct picture *p, const char *code, const char *name, long shown, struct err *err)
{
	struct db_result *res;

	if (query(p, operator_sql_picture_rows, code, p->month, &res, err))
		return -1;
	print_head(p, name);
	print_block(res, true, shown);
	printf(" - trafik, olyckor och övrigt\n");
	print_block(res, false, shown / 2);
	if (db_rows(res) == 0)
		printf(" (inga händelser de senaste tolv månaderna)\n");
	db_free(res);
	return 0;
}

static int print_places(struct picture *p, struct err *err)
{
	struct db_result *res;
	int column = 8;

	if (query(p, operator_sql_picture_places, p->municipality, p->month, &res, err))
		return -1;
	if (db_rows(res))
		printf("\n Områden");
	for (long i = 0; i < db_rows(res); i++) {
		char text[300];

		snprintf(text, sizeof text, "%s %s (%s)", db_int(res, i, 1) ? "okänt område" : db_text(res, i, 0, NULL),
			 operator_grouped(db_int(res, i, 2)), db_text(res, i, 3, NULL));
		if (column + 3 + operator_width(text) > 80) {
			printf("\n        ");
			column = 8;
		}
		printf("   %s", text);
		column += 3 + operator_width(text);
	}
	printf("\n");
	db_free(res);
	return 0;
}

static int print_tertial(struct picture *p, const char *code, const char *name, struct err *err)
{
	struct db_result *res;

	if (query(p, operator_sql_picture_tertial, code, p->tertial, &res, err))
		return -1;
	for (long i = 0; i < db_rows(res); i++) {
		printf(" Tertial   %s %s: %s %s", db_text(res, i, 0, NULL), name, db_text(res, i, 1, NULL),
		       operator_grouped(db_int(res, i, 2)));
		printf(" / %s i fjol\n", db_null(res, i, 3) ? ".." : operator_grouped(db_int(res, i, 3)));
	}
	if (db_rows(res) == 0)
		printf(" Tertial   %s: ingen hel tertial\n", name);
	db_free(res);
	return 0;
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
	if (print_area(p, p->municipality, p->name, ROWS_SHOWN, err) || print_places(p, err) ||
	    (*p->county && print_area(p, p->county, p->county_name, COUNTY_ROWS_SHOWN, err)))
		return -1;
	printf("\n");
	if (print_tertial(p, p->municipality, p->name, err) ||
	    (*p->county && print_tertial(p, p->county, p->county_name, err)) || print_balance(p, err))
		return -1;
	printf(" Källa     notiser = Polisens händelsenotiser (urval): inte anmälda brott,\n"
	       "           aldrig ett brottstal\n"
	       " Prova     lagesbild status · psql -c 'TABLE lagesbild.month_summary'\n\n");
	return 0;
}

static int print_json(struct picture *p, struct err *err)
{
	const char *areas[] = {p->municipality, p->county};
	struct db_result *res;
	bool first = true;

	printf("{\"month\": \"%.7s\", \"whole\": %s, \"rows\": [", p->month, p->whole ? "true" : "false");
	for (int a = 0; a < 2 && *areas[a]; a++) {
		if (query(p, operator_sql_picture_rows, areas[a], p->month, &res, err))
			return -1;
		for (long i = 0; i < db_rows(res); i++, first = false) {
			printf("%s\n{\"area\": \"%s\", \"category\": \"%s\", \"source\": \"%s\", \"n\": ",
			       first ? "" : ",", areas[a], db_text(res, i, 0, NULL), db_text(res, i, 1, NULL));
			printf(db_null(res, i, 2) ? "null" : "%lld", (long long)db_int(res, i, 2));
			printf(", \"last_year\": ");
			printf(db_null(res, i, 3) ? "null" : "%lld", (long long)db_int(res, i, 3));
			printf(", \"rolling12\": %lld, \"suppressed\": %s}", (long long)db_int(res, i, 4),
			       db_int(res, i, 5) ? "true" : "false");
		}
		db_free(res);
	}
	printf("]}\n");
	return 0;
}

static bool is_month(const char *text)
{
	return strlen(text) == 7 && strspn(text, "0123456789-") == 7 && text[4] == '-' &&
	       strtol(text + 5, NULL, 10) >= 1 && strtol(text + 5, NULL, 10) <= 12 && strtol(text, NULL, 10) >= 1970;
}

static int parse(struct picture *p, int argc, char **argv, struct err *err)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			p->json = true;
		else if (strcmp(argv[i], "--municipality") == 0 && i + 1 < argc)
			snprintf(p->municipality, sizeof p->municipality, "%s", argv[++i]);
		else if (strcmp(argv[i], "--month") == 0 && i + 1 < argc && is_month(argv[i + 1]))
			snprintf(p->asked_month, sizeof p->asked_month, "%s", argv[++i]);
		else
			return err_set(err, ERR_CONFIG,
				       "unknown or incomplete argument %.40s; see lagesbild picture --help", argv[i]);
	}
	return 0;
}

int picture_command(int argc, char **argv, struct err *err)
{
	struct picture p = {0};
	char above[40];
	int rc = -1;

	if (parse(&p, argc, argv, err) == 0 && operator_db(&p.db, err) == 0 && find_periods(&p, err) == 0 &&
	    find_area(&p, p.municipality, p.name, p.county, err) == 0 &&
	    (!*p.county || find_area(&p, p.county, p.county_name, above, err) == 0))
		rc = p.json ? print_json(&p, err) : print_picture(&p, err);
	db_close(p.db);
	return rc;
}
