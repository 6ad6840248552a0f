/* doctor_environment: what can be looked at without a server: variables, files, secrets, certificates. */
#include "doctor.h"

#include "base/conf.h"
#include "base/run.h"
#include "hash/certificate.h"
#include "pack/pack.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOTES_MAX 16
#define DAY_MS INT64_C(86400000)

/* What doctor_environment has taken out of the environment, to be told by the checks. */
static struct note {
	char name[128];
	int error; /* of opening the file; 0: nobody knows the variable */
} notes[NOTES_MAX];
static size_t note_count;

static bool is_known(const char *name)
{
	for (size_t i = 0; conf_known[i]; i++)
		if (strcmp(conf_known[i], name) == 0)
			return true;
	return false;
}

static bool ends(const char *name, const char *end)
{
	size_t len = strlen(name), tail = strlen(end);

	return len > tail && strcmp(name + len - tail, end) == 0;
}

/* The first variable that would keep a command from starting: 1 and its note. */
static int first_bad(struct note *out)
{
	for (char **entry = environ; entry && *entry; entry++) {
		size_t len = strcspn(*entry, "=");

		if (strncmp(*entry, "LAGESBILD_", 10) != 0 || len >= sizeof out->name)
			continue;
		memcpy(out->name, *entry, len);
		out->name[len] = 0;
		out->error = 0;
		if (!is_known(out->name))
			return 1;
		if (ends(out->name, "_FILE") && (*entry)[len] && (*entry)[len + 1] && access(*entry + len + 1, R_OK)) {
			out->error = errno;
			return 1;
		}
	}
	return 0;
}

void doctor_environment(void)
{
	while (note_count < NOTES_MAX && first_bad(&notes[note_count]))
		unsetenv(notes[note_count++].name);
}

int doctor_variables(struct doctor *d, struct err *err)
{
	(void)err; /* KAFKA_<PROPERTY> is librdkafka's to know: it says so when it is opened */
	for (size_t i = 0; i < note_count; i++)
		if (!notes[i].error)
			doctor_find(d, DOCTOR_WRONG, "correct its spelling, or take it out: no service starts with it",
				    "no program knows the variable %s", notes[i].name);
	return 0;
}

static void check_mode(struct doctor *d, const char *variable, const char *path)
{
	struct stat st;
	char todo[400];

	if (stat(path, &st)) {
		snprintf(todo, sizeof todo, "put the file back, or mend %s", variable);
		doctor_find(d, DOCTOR_WRONG, todo, "the file %.200s that %s names cannot be read: %s", path, variable,
			    strerror(errno));
		return;
	}
	if (!(st.st_mode & S_IRWXO))
		return;
	snprintf(todo, sizeof todo, "chmod o= %.200s", path);
	doctor_find(d, DOCTOR_WRONG, todo, "everybody on this machine can reach the secret in %.200s (mode %03o)", path,
		    st.st_mode & 0777u);
}

int doctor_secrets(struct doctor *d, struct err *err)
{
	static const char *const others[] = {"PGPASSFILE", "PGSSLKEY", "KAFKA_SSL_KEY_LOCATION",
					     "KAFKA_SSL_KEYSTORE_LOCATION", NULL};

	(void)err;
	for (size_t i = 0; i < note_count; i++)
		if (notes[i].error)
			doctor_find(d, DOCTOR_WRONG, "put the file back, or mend the variable",
				    "the file that %s names cannot be read: %s", notes[i].name,
				    strerror(notes[i].error));
	for (char **entry = environ; entry && *entry; entry++) {
		char name[128];
		size_t len = strcspn(*entry, "=");
		bool ours = strncmp(*entry, "LAGESBILD_", 10) == 0 || strncmp(*entry, "KAFKA_", 6) == 0;

		if (len >= sizeof name || !(*entry)[len] || !(*entry)[len + 1])
			continue;
		memcpy(name, *entry, len);
		name[len] = 0;
		for (size_t i = 0; others[i]; i++)
			if (strcmp(name, others[i]) == 0)
				check_mode(d, name, *entry + len + 1);
		if (ours && ends(name, "_FILE"))
			check_mode(d, name, *entry + len + 1);
	}
	return 0;
}

int doctor_certificates(struct doctor *d, struct err *err)
{
	static const char *const names[] = {"KAFKA_SSL_CERTIFICATE_LOCATION", "KAFKA_SSL_CA_LOCATION", "PGSSLCERT",
					    "PGSSLROOTCERT", NULL};
	int64_t now = run_now_ms(), until;

	(void)err;
	for (size_t i = 0; names[i]; i++) {
		const char *path = getenv(names[i]);
		struct err why = {0};

		if (!path || !*path || strcmp(path, "system") == 0)
			continue;
		if (certificate_until(path, &until, &why))
			doctor_find(d, DOCTOR_WRONG, "put the file back, or mend the variable", "%s: %s", names[i],
				    why.text);
		else if (until < now + 30 * DAY_MS)
			doctor_find(d, until < now ? DOCTOR_WRONG : DOCTOR_WARNING,
				    "have a new one made, put it in its place and restart the services",
				    "the certificate %.200s of %s %s %s", path, names[i],
				    until < now ? "ran out" : "runs out", doctor_time(until));
	}
	return 0;
}

/* By the reader that the normalizers use: a wrong row is named with its line. */
int doctor_files(struct doctor *d, struct err *err)
{
	const struct operator_sources *sources = doctor_sources(d);
	char path[600];

	(void)err;
	for (size_t i = 0; i <= sources->count; i++) {
		const char *source = i ? sources->names[i - 1] : NULL;
		struct pack *pack = NULL;
		struct err why = {0};

		snprintf(path, sizeof path, "%s/mappings/%s.csv", operator_conf.schemas, source ? source : "");
		if (source && access(path, F_OK) != 0)
			continue;
		if (source ? pack_check_source(operator_conf.schemas, operator_conf.pack, source, &why)
			   : pack_open(&pack, operator_conf.schemas, operator_conf.pack, NULL, &why)) {
			doctor_find(d, DOCTOR_WRONG, "mend the file: no normalizer starts with it", "%s", why.text);
			break;
		}
		pack_close(pack);
	}
	return 0;
}
