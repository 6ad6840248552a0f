#include "kafka/kafka_private.h"
#include "base/log.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALL (KAFKA_CONSUMER | KAFKA_PRODUCER | KAFKA_ADMIN)
#define READERS (KAFKA_CONSUMER | KAFKA_ADMIN)

/* Exactness rests on these; kafka.h names them. */
static const struct kafka_property fixed[] = {
	{READERS, "enable.auto.commit", "false"},
	{READERS, "enable.auto.offset.store", "false"},
	{READERS, "auto.offset.reset", "error"},
	{READERS, "check.crcs", "true"},
	{KAFKA_CONSUMER, "partition.assignment.strategy", "cooperative-sticky"},
	{KAFKA_PRODUCER, "enable.idempotence", "true"},
	{KAFKA_PRODUCER, "acks", "all"},
	{KAFKA_PRODUCER, "message.timeout.ms", "0"},
	{0, NULL, NULL},
};

/* Defaults that the environment may change. Sizes: see the memory formula in kafka.h.
 * fetch.wait.max.ms does not delay a message (the broker answers at the first byte); it is how long
 * a newly assigned partition waits for the fetch in flight. message.max.bytes lets a dead letter
 * carry the largest feed message and its own fields. */
static const struct kafka_property defaults[] = {
	{ALL, "client.id", "lagesbild"},
	{ALL, "broker.address.family", "v4"},
	{ALL, "socket.nagle.disable", "true"},
	{ALL, "reconnect.backoff.max.ms", "2000"},
	{KAFKA_CONSUMER, "session.timeout.ms", "10000"},
	{KAFKA_CONSUMER, "heartbeat.interval.ms", "3000"},
	{KAFKA_CONSUMER, "statistics.interval.ms", "2000"},
	{READERS, "fetch.wait.max.ms", "100"},
	{READERS, "fetch.error.backoff.ms", "100"},
	{READERS, "fetch.message.max.bytes", "1048576"},
	{READERS, "fetch.max.bytes", "4194304"},
	{READERS, "queued.min.messages", "60000"},
	{READERS, "queued.max.messages.kbytes", "32768"},
	{KAFKA_ADMIN, "enable.partition.eof", "true"},
	{KAFKA_PRODUCER, "partitioner", "murmur2_random"},
	{KAFKA_PRODUCER, "linger.ms", "4"},
	{KAFKA_PRODUCER, "batch.num.messages", "10000"},
	{KAFKA_PRODUCER, "batch.size", "524288"},
	{KAFKA_PRODUCER, "compression.codec", "lz4"},
	{KAFKA_PRODUCER, "queue.buffering.max.messages", "20000"},
	{KAFKA_PRODUCER, "queue.buffering.max.kbytes", "65536"},
	{KAFKA_PRODUCER, "message.max.bytes", "1310720"},
	{0, NULL, NULL},
};

static int set(rd_kafka_conf_t *conf, const char *name, const char *value, struct err *err)
{
	char why[256] = "";
	rd_kafka_conf_res_t result = rd_kafka_conf_set(conf, name, value, why, sizeof why);

	if (result == RD_KAFKA_CONF_OK)
		return 0;
	if (result == RD_KAFKA_CONF_UNKNOWN)
		return err_set(err, ERR_CONFIG, "Kafka has no property %s (given by KAFKA_* in the environment).",
			       name);
	/* The library's own text may quote the value, which may be a secret: the name alone is
	 * enough. */
	return err_set(err, ERR_CONFIG, "The value of the Kafka property %s is not one it can have.", name);
}

static int set_all(rd_kafka_conf_t *conf, enum kafka_role role, const struct kafka_property *list, struct err *err)
{
	for (; list->name; list++)
		if ((list->roles & role) && list->value && set(conf, list->name, list->value, err))
			return -1;
	return 0;
}

/* The library's own table of properties says which side knows each: "name   |  C  | ...". Names
 * that it does not show (the hidden ones of its tests) are for both. */
static int roles_of(const char *table, const char *name)
{
	size_t len = strlen(name);
	const char *line = table, *p;

	for (; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
		if (strncmp(line, name, len) || (line[len] != ' ' && line[len] != '|'))
			continue;
		p = line + len + strspn(line + len, " ");
		if (*p++ != '|')
			continue;
		p += strspn(p, " ");
		return *p == 'C' ? READERS : *p == 'P' ? KAFKA_PRODUCER : ALL;
	}
	return ALL;
}

static char *properties_table(void)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	rd_kafka_conf_properties_show(f);
	fclose(f);
	return text;
}

/* "KAFKA_LINGER_MS=5" becomes linger.ms; false when the variable is no property. */
static bool property_name(const char *entry, char *name, size_t max)
{
	static const char *const not_ours[] = {"KAFKA_HOME", "KAFKA_OPTS", "KAFKA_HEAP_OPTS"};
	size_t len = strcspn(entry, "="), i;

	if (strncmp(entry, "KAFKA_", 6) || len == 6 || len - 6 >= max || !entry[len])
		return false;
	for (i = 0; i < sizeof not_ours / sizeof *not_ours; i++)
		if (strlen(not_ours[i]) == len && !memcmp(entry, not_ours[i], len))
			return false;
	for (i = 6; i < len; i++)
		name[i - 6] = entry[i] == '_' ? '.' : (char)tolower((unsigned char)entry[i]);
	name[len - 6] = '\0';
	return true;
}

/* KAFKA_SASL_PASSWORD_FILE=path: the value stands in a file, without its trailing newline. */
static int set_from_file(rd_kafka_conf_t *conf, const char *name, const char *path, struct err *err)
{
	char value[4096];
	size_t len;
	FILE *f = fopen(path, "re");

	if (!f)
		return err_set(err, ERR_CONFIG, "The file %s with the Kafka property %s cannot be read.", path, name);
	len = fread(value, 1, sizeof value - 1, f);
	fclose(f);
	while (len && (value[len - 1] == '\n' || value[len - 1] == '\r'))
		len--;
	value[len] = '\0';
	return set(conf, name, value, err);
}

static int set_entry(rd_kafka_conf_t *conf, enum kafka_role role, const char *table, char *name, const char *value,
		     struct err *err)
{
	size_t len = strlen(name);
	bool file = len > 5 && !strcmp(name + len - 5, ".file");

	if (file)
		name[len - 5] = '\0';
	if (!(roles_of(table, name) & role))
		return 0;
	return file ? set_from_file(conf, name, value, err) : set(conf, name, value, err);
}

static int set_environment(rd_kafka_conf_t *conf, enum kafka_role role, struct err *err)
{
	char *table = properties_table(), name[128];
	char **entry;
	int rc = 0;

	if (!table)
		return err_set(err, ERR_RETRY, "There is no memory for Kafka's properties.");
	for (entry = environ; !rc && *entry; entry++)
		if (property_name(*entry, name, sizeof name))
			rc = set_entry(conf, role, table, name, strchr(*entry, '=') + 1, err);
	free(table);
	return rc;
}

static void value_of(const rd_kafka_conf_t *conf, const char *name, char *out, size_t max)
{
	size_t size = max;

	out[0] = '\0';
	if (rd_kafka_conf_get(conf, name, out, &size) != RD_KAFKA_CONF_OK)
		out[0] = '\0';
}

/* Compared as the library reads them back, so that an alias ("request.required.acks") does not slip
 * through. */
static int check_fixed(const rd_kafka_conf_t *before, const rd_kafka_conf_t *conf, enum kafka_role role,
		       const struct kafka_property *list, struct err *err)
{
	char want[512], got[512];

	for (; list->name; list++) {
		if (!(list->roles & role) || !list->value)
			continue;
		value_of(before, list->name, want, sizeof want);
		value_of(conf, list->name, got, sizeof got);
		if (strcmp(want, got))
			return err_set(err, ERR_CONFIG, "The Kafka property %s is %s here and cannot be changed.",
				       list->name, list->value);
	}
	return 0;
}

static int check_servers(const rd_kafka_conf_t *conf, struct err *err)
{
	char servers[512], mock[32];

	value_of(conf, "bootstrap.servers", servers, sizeof servers);
	value_of(conf, "test.mock.num.brokers", mock, sizeof mock);
	if (!servers[0] && (!mock[0] || !strcmp(mock, "0")))
		return err_set(err, ERR_CONFIG, "KAFKA_BOOTSTRAP_SERVERS is not set.");
	return 0;
}

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
	char why[256];

	if (code == RD_KAFKA_RESP_ERR__FATAL) {
		rd_kafka_fatal_error(rk, why, sizeof why);
		reason = why;
	}
	kafka_conf_fail(opaque, kafka_conf_judge(code), "Kafka refuses", reason);
}

/* The library retries broken connections by itself and tells nobody but its log, so that log is
 * passed on, in our form. */
static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
	(void)rk;
	if (level <= 4)
		log_text(LOG_WARNING, "kafka", "%s: %s", facility, text);
}

rd_kafka_conf_t *kafka_conf_make(enum kafka_role role, const struct kafka_property *own, struct err *err)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new(), *before = NULL;
	int rc;

	rc = set_all(conf, role, fixed, err) || set_all(conf, role, defaults, err) || set_all(conf, role, own, err);
	if (!rc) {
		before = rd_kafka_conf_dup(conf);
		rc = set_environment(conf, role, err) || check_fixed(before, conf, role, fixed, err) ||
		     check_fixed(before, conf, role, own, err) || check_servers(conf, err);
		rd_kafka_conf_destroy(before);
	}
	if (rc) {
		rd_kafka_conf_destroy(conf);
		return NULL;
	}
	rd_kafka_conf_set_error_cb(conf, on_error);
	rd_kafka_conf_set_log_cb(conf, on_log);
	return conf;
}

int kafka_conf_start(struct kafka_handle *handle, enum kafka_role role, rd_kafka_conf_t *conf, struct err *err)
{
	char why[256];

	rd_kafka_conf_set_opaque(conf, handle);
	handle->rk =
		rd_kafka_new(role == KAFKA_PRODUCER ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER, conf, why, sizeof why);
	if (handle->rk)
		return 0;
	rd_kafka_conf_destroy(conf);
	return err_set(err, ERR_CONFIG, "Kafka's client does not start: %s.", why);
}

enum err_kind kafka_conf_judge(rd_kafka_resp_err_t code)
{
	switch ((int)code) {
	case RD_KAFKA_RESP_ERR__AUTHENTICATION:
	case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
	case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
	case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
	case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
	case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
	case RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT:
	case RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL:
	case RD_KAFKA_RESP_ERR_INVALID_GROUP_ID:
		return ERR_CONFIG;
	case RD_KAFKA_RESP_ERR__FATAL:
	case RD_KAFKA_RESP_ERR__FENCED:
	case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
	case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:
		return ERR_REJOIN;
	default:
		return ERR_NONE;
	}
}

void kafka_conf_fail(struct kafka_handle *handle, enum err_kind kind, const char *what, const char *why)
{
	char fatal[256];

	if (kind == ERR_NONE || handle->failed.kind != ERR_NONE)
		return;
	if (handle->rk && rd_kafka_fatal_error(handle->rk, fatal, sizeof fatal) == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID)
		err_set(&handle->failed, kind,
			"another process has joined the consumer group under this one's instance name: give each "
			"instance of a service a LAGESBILD_INSTANCE of its own; two of one name put each other out");
	else
		err_set(&handle->failed, kind, "%s: %s", what, why);
}

int kafka_conf_check(const struct kafka_handle *handle, struct err *err)
{
	if (handle->failed.kind == ERR_NONE)
		return 0;
	*err = handle->failed;
	return -1;
}
