/* printer: makes the documents of editions. It waits for what the desk wants, prints the page that anybody would see,
 * and gives the bytes back. One document at a time; killed, it leaves the document to the next. */
#include "base/conf.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/run.h"
#include "chromium.h"
#include "db/db.h"
#include "hash/base64.h"
#include "hash/token.h"
#include "http/health.h"
#include "printer_sql.h"
#include "word.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DOCUMENT_MAX (32u << 20)
#define WAIT_MS 5000 /* without a word: what was to be tried again, and what another printer left */
#define ANSWER_MS 60000

static const char *api_url, *pandoc;
static struct chromium_options chromium;
static bool no_sandbox;
static int64_t seconds;
static struct health_options health;
static struct metric made = {.name = "lagesbild_documents_made_total", .help = "Documents made.", .label = "name"};
static struct metric failed = {
	.name = "lagesbild_documents_failed_total", .help = "Attempts at a document that failed.", .label = "name"};

static const struct conf_item items[] = {
	{"LAGESBILD_PRINT_URL", CONF_TEXT, "http://127.0.0.1:8080", "The api, as this program reaches it.", &api_url, 0,
	 0},
	{"LAGESBILD_CHROMIUM", CONF_TEXT, "chromium", "Chromium's program.", &chromium.program, 0, 0},
	{"LAGESBILD_PANDOC", CONF_TEXT, "pandoc", "Pandoc's program, for files for word processors.", &pandoc, 0, 0},
	{"LAGESBILD_PRINT_DIRECTORY", CONF_TEXT, "", "Where the browser's folder is made; empty: TMPDIR, or /tmp.",
	 &chromium.directory, 0, 0},
	{"LAGESBILD_PRINT_SECONDS", CONF_INT, "20", "In which a page must be ready.", &seconds, 1, 120},
	{"LAGESBILD_PRINT_NO_SANDBOX", CONF_BOOL, "false",
	 "Chromium without its own sandbox: where the system (a container) allows it none. Root has none anyway.",
	 &no_sandbox, 0, 0},
	{"LAGESBILD_HTTP_ADDRESS", CONF_TEXT, "127.0.0.1",
	 "Numeric address on which /livez, /readyz and /metrics are served.", &health.address, 0, 0},
	{"LAGESBILD_HTTP_PORT", CONF_INT, "0", "Their port; 0: they are not served.", &health.port, 0, 65535},
	{0},
};

struct job {
	int32_t edition, turn;
	char name[40], path[200], key[TOKEN_SIZE];
};

static bool is_word(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && strcmp(dot, ".docx") == 0;
}

static int make(const struct page *page, bool word, struct buf *out, struct err *err)
{
	struct buf html;
	int rc;

	if (!word)
		return chromium_pdf(&chromium, page, out, err);
	buf_init(&html, DOCUMENT_MAX);
	rc = chromium_html(&chromium, page, &html, err);
	if (rc == 0)
		rc = word_make(pandoc, chromium.directory, &html, out, err);
	buf_release(&html);
	return rc;
}

/* ---- the desk ---- */

/* 1: there is a job. The word that opens the page is made here and known to the desk by its hash. */
static int take(struct db *db, struct job *job, struct err *err)
{
	struct db_result *res;
	char hash[65];
	long rows;

	token_new(job->key);
	token_key(job->key, hash);
	db_param_text(db, hash, strlen(hash));
	rows = db_query(db, printer_sql_document_take, &res, err);
	if (rows < 0)
		return -1;
	if (rows > 0) {
		job->edition = (int32_t)db_int(res, 0, 0);
		snprintf(job->name, sizeof job->name, "%s", db_text(res, 0, 1, NULL));
		job->turn = (int32_t)db_int(res, 0, 2);
		snprintf(job->path, sizeof job->path, "%s", db_text(res, 0, 3, NULL));
	}
	db_free(res);
	return rows > 0;
}

static int give(struct db *db, const struct job *job, const char *sql, const char *text, size_t len, struct err *err)
{
	db_param_int4(db, job->edition);
	db_param_text(db, job->name, strlen(job->name));
	db_param_int4(db, job->turn);
	db_param_text(db, text, len);
	return db_query(db, sql, NULL, err) < 0 ? -1 : 0;
}

static void say(const struct job *job, enum log_level level, const char *event, const char *text, int64_t began_ms)
{
	log_text(level, event, "edition %d %s, %lld ms%s%s", (int)job->edition, job->name,
		 (long long)(run_monotonic_ms() - began_ms), *text ? ": " : "", text);
}

/* A document that cannot be made is told so and never in the way of the next; -1: the database is away. */
static int work(struct db *db, const struct job *job, struct err *err)
{
	char url[400];
	struct page page = {.url = url, .key = job->key, .seconds = (int)seconds};
	struct err trouble = {0};
	struct buf document, text;
	int64_t began_ms = run_monotonic_ms();
	int rc;

	snprintf(url, sizeof url, "%.180s%s", api_url, job->path);
	buf_init(&document, DOCUMENT_MAX);
	buf_init(&text, DOCUMENT_MAX / 3 * 4 + 64);
	run_point("printer-took");
	if (make(&page, is_word(job->name), &document, &trouble) == 0 &&
	    base64_encode(document.data, document.len, &text))
		err_set(&trouble, ERR_RETRY, "The document is too large.");
	run_point("printer-made");
	if (trouble.kind) {
		say(job, LOG_WARNING, "not-made", trouble.text, began_ms);
		metric_add(&failed, job->name, 1);
		rc = give(db, job, printer_sql_document_fail, trouble.text, strlen(trouble.text), err);
	} else {
		rc = give(db, job, printer_sql_document_put, (const char *)text.data, text.len, err);
		if (rc == 0) {
			say(job, LOG_NOTE, "made", "", began_ms);
			metric_add(&made, job->name, 1);
		}
	}
	buf_release(&document);
	buf_release(&text);
	return rc;
}

static int serve_session(struct db *db, struct err *err)
{
	struct job job;

	if (db_script(db, "LISTEN lagesbild_print", err))
		return -1;
	while (!run_stopping()) {
		int found = take(db, &job, err);

		if (found < 0)
			return -1;
		health_ready(NULL);
		if (found ? work(db, &job, err) : db_wait_notify(db, WAIT_MS, err) < 0)
			return -1;
	}
	return 0;
}

static int serve(struct err *err)
{
	bool ever = false;

	metric_register(&made);
	metric_register(&failed);
	if (health_open(&health, err))
		return -1;
	log_text(LOG_NOTE, "serving", "%s", api_url);
	for (unsigned attempt = 0; !run_stopping(); attempt++) {
		struct db *db = NULL;
		int rc = db_open_as(&db, "lagesbild_printer", "printer", ANSWER_MS, err);

		if (rc == 0) {
			ever = true;
			attempt = 0;
			rc = serve_session(db, err);
		}
		db_close(db);
		if (rc == 0)
			break;
		health_ready("the database is away");
		log_text(LOG_WARNING, "database", "%s", err->text);
		if (err->kind == ERR_CONFIG && !ever)
			return -1;
		run_pause(run_backoff_ms(attempt));
	}
	return 0;
}

/* ---- one page, without a database ---- */

static int once(const char *url, const char *file, struct err *err)
{
	char key[200] = "";
	const char *key_file = getenv("LAGESBILD_PRINT_KEY_FILE");
	struct page page = {.url = url, .key = NULL, .seconds = (int)seconds};
	FILE *in = key_file ? fopen(key_file, "re") : NULL;
	struct buf document;
	FILE *out;
	int rc;

	if (in && fgets(key, sizeof key, in)) {
		key[strcspn(key, "\n")] = 0;
		page.key = key;
	}
	if (in)
		fclose(in);
	if (key_file && !*key)
		return err_set(err, ERR_CONFIG, "LAGESBILD_PRINT_KEY_FILE: %.200s cannot be read or is empty",
			       key_file);
	buf_init(&document, DOCUMENT_MAX);
	rc = make(&page, is_word(file), &document, err);
	if (rc == 0) {
		out = fopen(file, "we");
		if (!out || fwrite(document.data, 1, document.len, out) != document.len || fclose(out))
			rc = err_set(err, ERR_CONFIG, "%.200s cannot be written: %s", file, strerror(errno));
	}
	buf_release(&document);
	return rc;
}

static int parse(int argc, char **argv, const char **url, const char **file)
{
	static const struct option options[] = {{"url", required_argument, NULL, 'u'},
						{"out", required_argument, NULL, 'o'},
						{"help", no_argument, NULL, 'h'},
						{0}};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (c) {
		case 'u':
			*url = optarg;
			break;
		case 'o':
			*file = optarg;
			break;
		case 'h':
			conf_help("printer [--url URL --out FILE.pdf|FILE.docx]",
				  "Makes the documents of editions as PDF and for word processors, by headless "
				  "Chromium and pandoc. With --url it makes one of any page of "
				  "the api and ends; LAGESBILD_PRINT_KEY_FILE holds a program's key (lagesbild "
				  "accounts token) for who may see it. PostgreSQL is configured "
				  "by PG*: the role lagesbild_printer.",
				  items);
			return 1;
		default:
			return -1;
		}
	return optind == argc && !*url == !*file ? 0 : -1;
}

int main(int argc, char **argv)
{
	const char *url = NULL, *file = NULL;
	struct err err = {0};
	int rc;

	log_init("printer");
	rc = parse(argc, argv, &url, &file);
	if (rc)
		return rc < 0 ? 2 : 0;
	run_init();
	if (conf_load(items, &err)) {
		log_text(LOG_FAILURE, "configuration", "%s", err.text);
		return err_exit_status(err.kind);
	}
	chromium.sandbox = !no_sandbox && geteuid() != 0;
	rc = url ? once(url, file, &err) : serve(&err);
	if (rc)
		log_text(LOG_FAILURE, "stopped", "%s", err.text);
	health_close();
	conf_release(items);
	return rc ? err_exit_status(err.kind) : 0;
}
