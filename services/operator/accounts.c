/* accounts: who may sign in to the page, what they may do there, and which groups they belong to. */
#include "operator.h"

#include "hash/hash.h"
#include "hash/password.h"
#include "hash/token.h"
#include "operator_sql.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct account {
	const char *verb, *name, *label, *days, *display, *actor, *roles, *groups, *external, *password_file, *subject;
	const char *hide, *show;
	bool json, reset, revoke;
};

#define GENERATED_SIZE 25
#define WHAT "say list, set NAME, token NAME, close NAME or sources"

/* 24 letters and digits that no eye mixes up: 120 bits. */
static void generate(char out[GENERATED_SIZE])
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789"; /* 31 */
	uint8_t bytes[256];
	size_t n = 0;

	while (n < GENERATED_SIZE - 1) {
		hash_random(bytes, sizeof bytes);
		for (size_t i = 0; i < sizeof bytes && n < GENERATED_SIZE - 1; i++)
			if (bytes[i] < 31 * 8)
				out[n++] = letters[bytes[i] % 31];
	}
	out[n] = 0;
}

static int read_password(const char *path, char out[PASSWORD_MAX + 2], struct err *err)
{
	FILE *in = strcmp(path, "-") ? fopen(path, "re") : stdin;
	size_t len = 0;

	if (in)
		len = fread(out, 1, PASSWORD_MAX + 1, in);
	if (in && in != stdin)
		fclose(in);
	out[len] = 0;
	out[strcspn(out, "\r\n")] = 0;
	if (!in)
		return err_set(err, ERR_CONFIG, "the password file cannot be read");
	if (strlen(out) < PASSWORD_MIN || len > PASSWORD_MAX)
		return err_set(err, ERR_CONFIG, "a password has at least %d characters and at most %d bytes",
			       PASSWORD_MIN, PASSWORD_MAX);
	return 0;
}

static void param(struct db *db, const char *text)
{
	db_param_text(db, text, text ? strlen(text) : 0);
}

/* What is set by itself, and leaves the rest of an account as it is. */
static int set_one(struct db *db, const struct account *a, const char *sql, const char *value, struct err *err)
{
	struct db_result *res;
	bool known;

	param(db, a->name);
	if (value)
		param(db, value);
	if (db_query(db, sql, &res, err) < 0)
		return -1;
	known = db_rows(res) && !db_null(res, 0, 0);
	db_free(res);
	return known ? 0 : err_set(err, ERR_CONFIG, "there is no open account \"%.100s\"", a->name);
}

/* --reset-second: the telephone is lost. */
static int reset_second(struct db *db, const struct account *a, struct err *err)
{
	if (set_one(db, a, operator_sql_accounts_reset_second, NULL, err))
		return -1;
	if (a->json)
		printf("{\"name\": \"%s\"}\n", a->name);
	else
		printf("%s: signed out; the second factor is made anew at the next sign-in\n", a->name);
	return 0;
}

/* A new password ends no program's key and no calendar's address: whoever changes it because it is known elsewhere has
 * to hear of them. */
static int print_set(struct db *db, const struct account *a, const char *roles, const char *made, struct err *err)
{
	struct db_result *res;
	long keys;
	bool feed;

	param(db, a->name);
	if (db_query(db, operator_sql_accounts_keys, &res, err) < 0)
		return -1;
	keys = (long)db_int(res, 0, 0);
	feed = db_int(res, 0, 1);
	db_free(res);
	if (a->json) {
		printf("{\"name\": \"%s\", \"password\": \"%s\", \"keys\": %ld, \"feed\": %s}\n", a->name, made, keys,
		       feed ? "true" : "false");
		return 0;
	}
	printf("%s: %s%s%s\n", a->name, roles, *made ? ", password " : "", made);
	if (keys || feed)
		printf("%ld keys of programs%s stay good; --revoke-keys ends them\n", keys,
		       feed ? " and the calendar's address" : "");
	return 0;
}

/* A new account without a file gets a password made here, which is printed once; "none": signs in elsewhere. */
static int set(struct db *db, const struct account *a, struct err *err)
{
	char password[PASSWORD_MAX + 2] = "", made[GENERATED_SIZE] = "", hash[PASSWORD_HASH_SIZE] = "";
	struct db_result *res;
	int rc = -1;

	if (!a->password_file) {
		generate(made);
		snprintf(password, sizeof password, "%s", made);
	} else if (strcmp(a->password_file, "none") && read_password(a->password_file, password, err)) {
		return -1;
	}
	if (*password && password_hash(password, strlen(password), hash))
		return err_set(err, ERR_RETRY, "out of memory");
	param(db, a->name);
	param(db, a->display);
	param(db, a->actor);
	param(db, a->roles);
	param(db, a->groups);
	param(db, a->external);
	param(db, *hash ? hash : NULL);
	if (db_query(db, operator_sql_accounts_set, &res, err) < 0)
		return -1;
	if (a->subject && set_one(db, a, operator_sql_accounts_subject, a->subject, err))
		goto done;
	if (a->revoke && set_one(db, a, operator_sql_accounts_revoke, NULL, err))
		goto done;
	rc = print_set(db, a, db_text(res, 0, 0, NULL), made, err);
done:
	db_free(res);
	return rc;
}

static int print(struct db *db, const struct account *a, const char *sql, struct err *err)
{
	struct db_result *res;
	const char *text;

	if (db_query(db, sql, &res, err) < 0)
		return -1;
	for (long i = 0; i < db_rows(res); i++) {
		for (int k = 0; k < db_columns(res); k++) {
			text = db_null(res, i, k) ? "" : db_text(res, i, k, NULL);
			if (a->json)
				fputs(text, stdout);
			else
				operator_cell(text, k < 2 ? 26 : 22, false);
		}
		putchar('\n');
	}
	db_free(res);
	return 0;
}

static int list(struct db *db, const struct account *a, struct err *err)
{
	return print(db, a, a->json ? operator_sql_accounts_json : operator_sql_accounts_list, err);
}

/* What the groups see, after changing it where that is asked for. */
static int sources(struct db *db, const struct account *a, struct err *err)
{
	const char *source = a->show ? a->show : a->hide;
	struct db_result *res;
	bool known;

	if (source && (!a->groups || (a->show && a->hide)))
		return err_set(err, ERR_CONFIG,
			       "say for which group: --group GROUP, and --hide SOURCE or --show SOURCE");
	if (source) {
		param(db, a->groups);
		param(db, source);
		param(db, a->show ? "t" : "f");
		if (db_query(db, operator_sql_accounts_sight, &res, err) < 0)
			return -1;
		known = db_rows(res) && !db_null(res, 0, 0);
		db_free(res);
		if (!known)
			return err_set(err, ERR_CONFIG, "there is no group \"%.40s\", or no source \"%.40s\"",
				       a->groups, source);
	}
	param(db, a->groups ? a->groups : "");
	return print(db, a, a->json ? operator_sql_accounts_sources_json : operator_sql_accounts_sources, err);
}

static int close_account(struct db *db, const struct account *a, struct err *err)
{
	long closed;

	param(db, a->name);
	closed = db_query(db, operator_sql_accounts_close, NULL, err);
	if (closed < 0)
		return -1;
	if (closed == 0)
		return err_set(err, ERR_CONFIG, "there is no open account \"%.100s\"", a->name);
	printf("%s is closed: it is signed out and cannot sign in\n", a->name);
	return 0;
}

/* A program's key, printed once; the database has its hash alone. */
static int print_token(struct db *db, const struct account *a, struct err *err)
{
	char word[TOKEN_SIZE], key[65];
	struct db_result *res;
	bool known;

	if (strspn(a->days, "0123456789") != strlen(a->days) || strlen(a->days) > 4 || !*a->days)
		return err_set(err, ERR_CONFIG, "--days is a number of days, at most 9999");
	token_new(word);
	token_key(word, key);
	param(db, a->name);
	param(db, a->label);
	param(db, key);
	param(db, a->days);
	if (db_query(db, operator_sql_accounts_token, &res, err) < 0)
		return -1;
	known = db_rows(res) && !db_null(res, 0, 0);
	db_free(res);
	if (!known)
		return err_set(err, ERR_CONFIG, "there is no open account \"%.100s\"", a->name);
	if (a->json)
		printf("{\"name\": \"%s\", \"token\": \"%s\"}\n", a->name, word);
	else
		printf("%s\n", word);
	return 0;
}

static int parse(struct account *a, int argc, char **argv, struct err *err)
{
	const struct {
		const char *name;
		const char **to;
	} texts[] = {{"--display", &a->display},
		     {"--actor", &a->actor},
		     {"--role", &a->roles},
		     {"--group", &a->groups},
		     {"--password-file", &a->password_file},
		     {"--label", &a->label},
		     {"--subject", &a->subject},
		     {"--hide", &a->hide},
		     {"--show", &a->show},
		     {"--days", &a->days}};
	int given = 0;

	for (int i = 1; i < argc; i++) {
		size_t k = 0;

		while (k < sizeof texts / sizeof *texts && strcmp(argv[i], texts[k].name))
			k++;
		if (k < sizeof texts / sizeof *texts && i + 1 < argc)
			*texts[k].to = argv[++i];
		else if (strcmp(argv[i], "--external") == 0)
			a->external = "t";
		else if (strcmp(argv[i], "--internal") == 0)
			a->external = "f";
		else if (strcmp(argv[i], "--reset-second") == 0)
			a->reset = true;
		else if (strcmp(argv[i], "--revoke-keys") == 0)
			a->revoke = true;
		else if (strcmp(argv[i], "--json") == 0)
			a->json = true;
		else if (*argv[i] != '-' && given < 2)
			*(given++ ? &a->name : &a->verb) = argv[i];
		else
			return err_set(err, ERR_CONFIG,
				       "unknown or incomplete argument %.40s; see lagesbild accounts --help", argv[i]);
	}
	if (strcmp(a->verb, "list") && strcmp(a->verb, "sources") ? !a->name : given > 1)
		return err_set(err, ERR_CONFIG, WHAT);
	return 0;
}

int accounts_command(int argc, char **argv, struct err *err)
{
	struct account a = {.verb = "list", .label = "program", .days = "365"};
	struct db *db = NULL;
	int rc = -1;

	if (parse(&a, argc, argv, err) || operator_db(&db, err))
		return -1;
	if (strcmp(a.verb, "list") == 0)
		rc = list(db, &a, err);
	else if (strcmp(a.verb, "set") == 0)
		rc = a.reset ? reset_second(db, &a, err) : set(db, &a, err);
	else if (strcmp(a.verb, "token") == 0)
		rc = print_token(db, &a, err);
	else if (strcmp(a.verb, "close") == 0)
		rc = close_account(db, &a, err);
	else if (strcmp(a.verb, "sources") == 0)
		rc = sources(db, &a, err);
	else
		err_set(err, ERR_CONFIG, WHAT);
	db_close(db);
	return rc;
}
