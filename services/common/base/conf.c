#include "base/conf.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 128, SECRET_MAX = 4096 };

const char *const conf_known[] = {
	"LAGESBILD_API_ADDRESS",
	"LAGESBILD_API_CONNECTIONS",
	"LAGESBILD_API_PORT",
	"LAGESBILD_API_WORKERS",
	"LAGESBILD_BACKUP_PASSPHRASE",
	"LAGESBILD_BACKUP_PASSPHRASE_FILE",
	"LAGESBILD_BATCH_MAX",
	"LAGESBILD_BUILD",
	"LAGESBILD_CRASH",
	"LAGESBILD_HOME",
	"LAGESBILD_HTTP_ADDRESS",
	"LAGESBILD_HTTP_PORT",
	"LAGESBILD_INSTANCE",
	"LAGESBILD_KEY",
	"LAGESBILD_KEY_FILE",
	"LAGESBILD_MEMORY_MAX",
	"LAGESBILD_OPERATOR_KEY",
	"LAGESBILD_OPERATOR_KEY_FILE",
	"LAGESBILD_PACK",
	"LAGESBILD_PARTITIONS",
	"LAGESBILD_REPLICATION",
	"LAGESBILD_SCHEMAS",
	"LAGESBILD_PROXY_FROM",
	"LAGESBILD_PROXY_HEADER",
	"LAGESBILD_OIDC_ISSUER",
	"LAGESBILD_OIDC_CLIENT_ID",
	"LAGESBILD_OIDC_CLIENT_SECRET",
	"LAGESBILD_OIDC_CLIENT_SECRET_FILE",
	"LAGESBILD_OIDC_REDIRECT",
	"LAGESBILD_OIDC_CLAIM",
	"LAGESBILD_PRINT_URL",
	"LAGESBILD_PRINT_DIRECTORY",
	"LAGESBILD_PRINT_SECONDS",
	"LAGESBILD_PRINT_NO_SANDBOX",
	"LAGESBILD_PRINT_KEY_FILE",
	"LAGESBILD_CHROMIUM",
	"LAGESBILD_PANDOC",
	"LAGESBILD_TOPIC_PREFIX",
	"LAGESBILD_WEB",
	NULL,
};

/* What one item will become; nothing reaches a target before all items are right. */
struct value {
	char *text; /* owned until it is handed to the target */
	int64_t number;
	bool yes;
};

static bool is_text(enum conf_type type)
{
	return type == CONF_TEXT || type == CONF_PATH || type == CONF_SECRET;
}

static bool same_name(const char *name, const char *text, size_t len)
{
	return strlen(name) == len && memcmp(name, text, len) == 0;
}

static bool is_known(const struct conf_item *items, const char *name, size_t len)
{
	const struct conf_item *item;
	char file[NAME_MAX_BYTES];
	size_t i;

	for (i = 0; conf_known[i]; i++)
		if (same_name(conf_known[i], name, len))
			return true;
	for (item = items; item->name; item++) {
		snprintf(file, sizeof(file), "%s_FILE", item->name);
		if (same_name(item->name, name, len) || (item->type == CONF_SECRET && same_name(file, name, len)))
			return true;
	}
	return false;
}

static int check_environment(const struct conf_item *items, struct err *err)
{
	static const char prefix[] = "LAGESBILD_";
	char **entry;
	size_t len;

	for (entry = environ; entry && *entry; entry++) {
		if (strncmp(*entry, prefix, sizeof(prefix) - 1) != 0)
			continue;
		len = strcspn(*entry, "=");
		if (!is_known(items, *entry, len))
			return err_set(err, ERR_CONFIG, "No program knows the variable %.*s; is it misspelt?", (int)len,
				       *entry);
	}
	return 0;
}

static int copy_text(const char *text, char **out, struct err *err)
{
	char *copy = strdup(text);

	if (!copy)
		return err_set(err, ERR_CONFIG, "There is no memory left for the configuration.");
	*out = copy;
	return 0;
}

static int read_secret(const char *name, const char *path, char **out, struct err *err)
{
	char bytes[SECRET_MAX + 2];
	FILE *file = fopen(path, "re");
	size_t len;
	bool failed;
	int result = -1;

	if (!file)
		return err_set(err, ERR_CONFIG, "The file %s that %s_FILE names cannot be opened: %s.", path, name,
			       strerror(errno));
	setvbuf(file, NULL, _IONBF, 0); /* no second copy of the secret */
	len = fread(bytes, 1, SECRET_MAX + 1, file);
	failed = ferror(file) != 0;
	fclose(file);
	bytes[len <= SECRET_MAX ? len : SECRET_MAX] = '\0';
	if (failed) {
		err_set(err, ERR_CONFIG, "The file %s that %s_FILE names cannot be read.", path, name);
	} else if (len > SECRET_MAX) {
		err_set(err, ERR_CONFIG, "The file %s that %s_FILE names is larger than %d bytes.", path, name,
			SECRET_MAX);
	} else if (strlen(bytes) != len) {
		err_set(err, ERR_CONFIG, "The file %s that %s_FILE names holds a NUL byte.", path, name);
	} else {
		if (len > 0 && bytes[len - 1] == '\n')
			bytes[--len] = '\0';
		if (len > 0 && bytes[len - 1] == '\r')
			bytes[--len] = '\0';
		result = len > 0 ? copy_text(bytes, out, err)
				 : err_set(err, ERR_CONFIG, "The file %s that %s_FILE names is empty.", path, name);
	}
	explicit_bzero(bytes, sizeof(bytes));
	return result;
}

static const char *set_value(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* The item's text: from the environment, a secret's file, or the fallback. */
static int find_text(const struct conf_item *item, char **out, struct err *err)
{
	char file_name[NAME_MAX_BYTES];
	const char *value = set_value(item->name), *path = NULL;

	if (item->type == CONF_SECRET) {
		snprintf(file_name, sizeof(file_name), "%s_FILE", item->name);
		path = set_value(file_name);
	}
	if (value && path)
		return err_set(err, ERR_CONFIG, "Both %s and %s_FILE are set; only one can be meant.", item->name,
			       item->name);
	if (path)
		return read_secret(item->name, path, out, err);
	if (!value)
		value = item->fallback;
	if (!value)
		return err_set(err, ERR_CONFIG, "The variable %s%s must be set: %s", item->name,
			       item->type == CONF_SECRET ? " (or its _FILE)" : "", item->help);
	return copy_text(value, out, err);
}

static int parse_int(const struct conf_item *item, const char *text, int64_t *out, struct err *err)
{
	const char *digits = text[0] == '-' ? text + 1 : text;
	long long number;

	errno = 0;
	number = strtoll(text, NULL, 10);
	if (!*digits || digits[strspn(digits, "0123456789")] || errno || number < item->min || number > item->max)
		return err_set(err, ERR_CONFIG,
			       "The variable %s must be a whole number from %lld to %lld, not \"%.40s\".", item->name,
			       (long long)item->min, (long long)item->max, text);
	*out = number;
	return 0;
}

static int parse_bool(const struct conf_item *item, const char *text, bool *out, struct err *err)
{
	if (!strcmp(text, "true") || !strcmp(text, "yes") || !strcmp(text, "1")) {
		*out = true;
		return 0;
	}
	if (!strcmp(text, "false") || !strcmp(text, "no") || !strcmp(text, "0")) {
		*out = false;
		return 0;
	}
	return err_set(err, ERR_CONFIG, "The variable %s must be true or false, not \"%.40s\".", item->name, text);
}

static int read_item(const struct conf_item *item, struct value *value, struct err *err)
{
	if (find_text(item, &value->text, err))
		return -1;
	if (item->type == CONF_INT)
		return parse_int(item, value->text, &value->number, err);
	if (item->type == CONF_BOOL)
		return parse_bool(item, value->text, &value->yes, err);
	return 0;
}

static void free_text(char *text)
{
	if (!text)
		return;
	explicit_bzero(text, strlen(text));
	free(text);
}

static void store(const struct conf_item *item, struct value *value)
{
	if (is_text(item->type)) {
		*(const char **)item->target = value->text;
		value->text = NULL;
	} else if (item->type == CONF_INT) {
		*(int64_t *)item->target = value->number;
	} else {
		*(bool *)item->target = value->yes;
	}
}

int conf_load(const struct conf_item *items, struct err *err)
{
	struct value values[CONF_ITEMS_MAX] = {{0}};
	size_t count = 0, i;
	int result = -1;

	while (items[count].name)
		count++;
	assert(count <= CONF_ITEMS_MAX);
	if (check_environment(items, err))
		return -1;
	for (i = 0; i < count; i++)
		if (read_item(&items[i], &values[i], err))
			goto done;
	for (i = 0; i < count; i++)
		store(&items[i], &values[i]);
	result = 0;
done:
	for (i = 0; i < count; i++)
		free_text(values[i].text);
	return result;
}

void conf_help(const char *usage, const char *paragraph, const struct conf_item *items)
{
	const struct conf_item *item;

	printf("usage: %s\n\n%s\n\nEnvironment:\n", usage, paragraph);
	for (item = items; item->name; item++) {
		printf("  %s%s\n", item->name, item->type == CONF_SECRET ? " (or _FILE)" : "");
		if (!item->fallback)
			printf("      %s Required.\n", item->help);
		else if (*item->fallback)
			printf("      %s Default: %s.\n", item->help, item->fallback);
		else
			printf("      %s\n", item->help);
	}
}

void conf_release(const struct conf_item *items)
{
	const struct conf_item *item;
	char **target;

	for (item = items; item->name; item++) {
		if (!is_text(item->type))
			continue;
		target = item->target;
		free_text(*target);
		*target = NULL;
	}
}
