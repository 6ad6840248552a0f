/* rebuild: the log folded anew into a build of its own, beside the one that is shown. */
#include "rebuild.h"

#include "base/run.h"
#include "operator_sql.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MEMORY_MIN (64 << 10)
#define MEMORY_DEFAULT (INT64_C(1) << 30)
#define COPY_MAX (1u << 20)
#define INTERRUPTED 130 /* as a shell says of a command that ^C has ended */

static int set_name(struct rebuild *r, const char *name, struct err *err)
{
	size_t len = strlen(name);

	if (len == 0 || len >= sizeof r->name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
		return err_set(err, ERR_CONFIG,
			       "a build's name is 1 to 40 lower-case letters (a to z), digits and dashes");
	memcpy(r->name, name, len + 1);
	return 0;
}

static int set_memory(struct rebuild *r, const char *text, struct err *err)
{
	static const char units[] = "KMG";
	char *end;
	long long n = strtoll(text, &end, 10);
	const char *unit = *end ? strchr(units, *end) : NULL;
	int shift = unit ? 10 * (int)(unit - units + 1) : 0;

	if (end == text || (*end && (!unit || end[1])) || n < 1 || n > (INT64_C(1) << 40) >> shift ||
	    n << shift < MEMORY_MIN)
		return err_set(err, ERR_CONFIG, "--memory takes bytes, at least 64K, such as 512M or 2G");
	r->memory = n << shift;
	return 0;
}

static int set_edition(struct rebuild *r, const char *text, struct err *err)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || *end || n < 1 || n > INT32_MAX)
		return err_set(err, ERR_CONFIG, "--edition takes an edition's number; see lagesbild editions");
	r->edition = (int32_t)n;
	return 0;
}

/* SOURCE=FILE, or a file that is called SOURCE.csv. */
static int add_mapping(struct rebuild *r, const char *text, struct err *err)
{
	const char *equals = strchr(text, '='), *base = strrchr(text, '/');
	struct rebuild_mapping *m = &r->mappings[r->mapping_count];
	size_t len;

	base = base ? base + 1 : text;
	len = strlen(base);
	if (equals && equals < base) /* a name of a folder, not of a source */
		equals = NULL;
	if (equals) {
		base = text;
		len = (size_t)(equals - text);
	} else if (len > 4 && strcmp(base + len - 4, ".csv") == 0) {
		len -= 4;
	} else {
		len = 0;
	}
	if (len == 0 || len >= sizeof m->source)
		return err_set(err, ERR_CONFIG, "--mapping takes a file called SOURCE.csv, or SOURCE=FILE");
	if (r->mapping_count == REBUILD_MAPPINGS_MAX)
		return err_set(err, ERR_CONFIG, "more mappings than there can be sources");
	memcpy(m->source, base, len);
	m->source[len] = 0;
	m->path = equals ? equals + 1 : text;
	r->mapping_count++;
	return 0;
}

static int set_default_name(struct rebuild *r)
{
	time_t now = (time_t)(run_now_ms() / 1000);
	struct tm utc;

	gmtime_r(&now, &utc);
	return strftime(r->name, sizeof r->name, "r%Y%m%d-%H%M", &utc) ? 0 : -1;
}

static int parse(struct rebuild *r, int argc, char **argv, struct err *err)
{
	static const struct option options[] = {
		{"until", required_argument, NULL, 'u'},   {"edition", required_argument, NULL, 'e'},
		{"mapping", required_argument, NULL, 'm'}, {"rules", required_argument, NULL, 'r'},
		{"into", required_argument, NULL, 'i'},	   {"memory", required_argument, NULL, 's'},
		{"json", no_argument, NULL, 'j'},	   {0}};
	int c, rc = set_default_name(r);

	opterr = 0;
	while (rc == 0 && (c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'u')
			r->until = optarg;
		else if (c == 'e')
			rc = set_edition(r, optarg, err);
		else if (c == 'r')
			r->rules_of = optarg;
		else if (c == 'j')
			r->json = true;
		else if (c == 'm')
			rc = add_mapping(r, optarg, err);
		else if (c == 'i')
			rc = set_name(r, optarg, err);
		else if (c == 's')
			rc = set_memory(r, optarg, err);
		else
			rc = err_set(err, ERR_CONFIG, "unknown argument; see lagesbild rebuild --help");
	}
	if (rc == 0 && r->until && r->edition)
		rc = err_set(err, ERR_CONFIG, "either --until or --edition: both say where the log ends");
	if (rc == 0 && optind < argc)
		rc = err_set(err, ERR_CONFIG, "unknown argument %.40s; see lagesbild rebuild --help", argv[optind]);
	return rc;
}

/* This session's alone until it ends, however it ends. */
static int take_turn(struct rebuild *r, struct err *err)
{
	struct db_result *res;
	long rows;
	bool ours;

	if (db_script(r->db, operator_sql_rebuild_session, err) ||
	    db_query(r->db, operator_sql_rebuild_lock, &res, err) < 0)
		return -1;
	ours = db_int(res, 0, 0);
	db_free(res);
	if (!ours)
		return err_set(err, ERR_CONFIG, "another rebuild is running in this database: one at a time");
	db_param_text(r->db, r->name, strlen(r->name));
	rows = db_query(r->db, operator_sql_rebuild_name, &res, err);
	if (rows < 0)
		return -1;
	db_free(res);
	return rows == 0
		       ? 0
		       : err_set(err, ERR_CONFIG,
				 "there is a build %s already: give another name (--into), or drop that one", r->name);
}

static void report(const struct rebuild *r, int64_t ms)
{
	double seconds = (double)ms / 1000;

	if (r->json) {
		printf("{\"build\": \"%s\", \"fed\": %s, \"records\": %lld, \"unreadable\": %lld, \"incidents\": %lld, "
		       "\"cells\": %lld, \"passes\": %u, \"seconds\": %.1f}\n",
		       r->name, rebuild_partly(r) ? "false" : "true", (long long)r->records, (long long)r->unreadable,
		       (long long)r->incidents, (long long)r->cells, r->passes, seconds);
		return;
	}
	printf("build %s: %s records, %s incidents, %s cells in %.1f s", r->name, operator_grouped(r->records),
	       operator_grouped(r->incidents), operator_grouped(r->cells), seconds);
	if (r->passes > 1)
		printf(" (%u passes: --memory bounds what is held at once)", r->passes);
	if (r->unreadable)
		printf("\n%s records are none of ours and were passed over", operator_grouped(r->unreadable));
	if (r->more)
		printf("\nwith the stretch mapped anew behind the log, and never fed: lagesbild diff live %s says what "
		       "a "
		       "replay would change\n",
		       r->name);
	else if (rebuild_partly(r))
		printf("\nas known at that time, and never fed: lagesbild diff live %s says what has changed since\n",
		       r->name);
	else
		printf("\nnot shown yet: lagesbild diff live %s, then lagesbild promote %s\n", r->name, r->name);
}

static int rebuild(struct rebuild *r, struct err *err)
{
	int64_t since = run_monotonic_ms();

	if (take_turn(r, err) || rebuild_rules_load(r, err) || rebuild_read_ends(r, err) || rebuild_read(r, err) ||
	    rebuild_write_finish(r, err))
		return -1;
	report(r, run_monotonic_ms() - since);
	return 0;
}

static struct rebuild *begin(struct err *err)
{
	struct rebuild *r = calloc(1, sizeof *r);

	if (!r) {
		(void)!err_set(err, ERR_RETRY, "out of memory");
		return NULL;
	}
	r->memory = MEMORY_DEFAULT;
	share_sums_init(&r->sums);
	buf_init(&r->copy, COPY_MAX);
	return r;
}

/* Consumes r. */
static int finish(struct rebuild *r, int status)
{
	if (status < 0 && run_stopping()) {
		fprintf(stderr, "\nlagesbild rebuild: stopped; nothing of it is left behind\n");
		status = INTERRUPTED;
	}
	rebuild_read_close(r);
	db_close(r->db); /* what is not committed goes with the session */
	rules_close(r->rules);
	share_sums_release(&r->sums);
	buf_release(&r->copy);
	free(r);
	return status;
}

int rebuild_command(int argc, char **argv, struct err *err)
{
	struct rebuild *r = begin(err);
	int status = -1;

	if (!r)
		return -1;
	if (parse(r, argc, argv, err) == 0 && operator_db(&r->db, err) == 0)
		status = rebuild(r, err);
	return finish(r, status);
}

int rebuild_with(const char *name, bool json, int (*more)(void *ctx, struct rebuild *r, int32_t p, struct err *err),
		 void *ctx, struct err *err)
{
	struct rebuild *r = begin(err);
	int status = -1;

	if (!r)
		return -1;
	r->json = json;
	r->more = more;
	r->more_ctx = ctx;
	if (set_name(r, name, err) == 0 && operator_db(&r->db, err) == 0)
		status = rebuild(r, err);
	return finish(r, status);
}
