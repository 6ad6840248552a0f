/* replay: the stretches through the normalizer's own --replay, and the balance of what came of them. */
#include "replay_private.h"

#include "base/run.h"
#include "hash/hash.h"
#include "operator_sql.h"
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct send {
	struct replay *r;
	int64_t sent;
	int32_t partitions[REPLAY_STRETCHES_MAX];
	int64_t epochs[REPLAY_STRETCHES_MAX];
	size_t count;
};

static void take_answer(struct send *s, int fd)
{
	FILE *answer = fdopen(fd, "r");
	char line[200];

	while (answer && fgets(line, sizeof line, answer)) {
		char *end;

		if (strncmp(line, "epoch ", 6) || s->count == REPLAY_STRETCHES_MAX)
			continue;
		s->epochs[s->count] = strtoll(line + 6, &end, 10);
		end += strlen(" partition ");
		s->partitions[s->count++] = (int32_t)strtol(end, &end, 10);
		s->sent += strtoll(end + strlen(" messages "), NULL, 10);
	}
	if (answer)
		fclose(answer);
}

/* All stretches of one partition, from the first at `at`: how many they were. */
static size_t spell(const struct replay *r, size_t at, struct buf *text)
{
	size_t n = at;

	buf_clear(text);
	buf_format(text, "%d:", r->stretches[at].partition);
	for (; n < r->count && r->stretches[n].partition == r->stretches[at].partition; n++)
		buf_format(text, "%s%lld-%lld", n > at ? "," : "", (long long)r->stretches[n].from,
			   (long long)r->stretches[n].to - 1);
	buf_byte(text, 0);
	return n - at;
}

static int send_partition(struct send *s, const char *stretches, struct err *err)
{
	char epoch[32];
	const char *const args[] = {"--replay", stretches, "--epoch", epoch, NULL};
	int out, status;
	pid_t pid;

	snprintf(epoch, sizeof epoch, "%lld", (long long)s->r->epoch);
	pid = mapper_start(s->r->source, args, NULL, &out, err);
	if (pid < 0)
		return -1;
	take_answer(s, out);
	if (waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return err_set(err, ERR_RETRY, "the normalizer did not finish: see its own sentence; it can be run again");
}

static int send_all(struct send *s, struct err *err)
{
	const struct replay *r = s->r;
	struct buf text;
	int rc = 0;

	buf_init(&text, 100u << 10);
	for (size_t i = 0; rc == 0 && i < r->count;) {
		i += spell(r, i, &text);
		rc = send_partition(s, (const char *)text.data, err);
		run_point("partition-replayed");
	}
	buf_release(&text);
	return rc;
}

static int ask_balance(struct send *s, int64_t out[7], struct err *err)
{
	struct replay *r = s->r;
	struct db_result *res;

	db_param_text(r->db, r->topic, strlen(r->topic));
	db_param_array(r->db, DB_INT4, s->count);
	for (size_t i = 0; i < s->count; i++)
		db_item_int4(r->db, s->partitions[i]);
	db_param_array(r->db, DB_INT8, s->count);
	for (size_t i = 0; i < s->count; i++)
		db_item_int8(r->db, s->epochs[i]);
	if (db_query(r->db, operator_sql_replay_balance, &res, err) < 0)
		return -1;
	for (int i = 0; i < 7; i++)
		out[i] = db_int(res, 0, i);
	db_free(res);
	return 0;
}

static int account(struct send *s, struct err *err)
{
	static const char *const names[] = {"received",	 "upserted", "duplicate", "superseded",
					    "withdrawn", "rejected", "lost"};
	const struct replay *r = s->r;
	int64_t since = run_monotonic_ms(), b[7];

	do {
		if (ask_balance(s, b, err))
			return -1;
		if (b[0] < s->sent)
			run_pause(200);
	} while (b[0] < s->sent && run_monotonic_ms() - since < r->wait_s * 1000 && !run_stopping());
	printf(r->json ? ", \"sent\": %lld, \"balance\": {" : "%lld messages sent again\n", (long long)s->sent);
	for (int i = 0; i < 7; i++)
		printf(r->json ? "%s\"%s\": %lld" : "%s  %-12s %12lld\n", r->json && i ? ", " : "", names[i],
		       (long long)b[i]);
	printf(r->json ? "}, \"accounted\": %s" : "", b[0] < s->sent ? "false" : "true");
	if (!r->json)
		printf(b[0] < s->sent ? "not all is accounted for yet: is the aggregator running?\n"
				      : "all accounted for\n");
	return b[0] < s->sent || b[6] ? OPERATOR_FOUND : 0;
}

int replay_send(struct replay *r, struct err *err)
{
	struct send *s = calloc(1, sizeof *s);
	int status;

	if (!s)
		return err_set(err, ERR_RETRY, "out of memory");
	s->r = r;
	status = send_all(s, err) ? -1 : account(s, err);
	free(s);
	return status;
}

/* ---- what must hold before anything is sent ---- */

bool replay_agreed(bool yes)
{
	char answer[16];

	if (yes || !isatty(STDIN_FILENO))
		return yes;
	fprintf(stderr, "Skicka? (ja/nej) ");
	return fgets(answer, sizeof answer, stdin) && (*answer == 'j' || *answer == 'J');
}

/* -1 unless the configured key is the one that setup has noted, or setup has noted none. */
static int check_one(const char *name, const char *value, const char *noted, struct err *err)
{
	struct hash_key key;
	bool same;

	if (hash_key_init(&key, value, err))
		return -1;
	same = !*noted || strcmp(noted, key.id) == 0;
	hash_key_release(&key);
	return same ? 0 : err_set(err, ERR_CONFIG, "%s is not the key that setup was given", name);
}

/* With another installation key every incident would get another id, and be counted a second time; what another
 * operator key signs is not believed, and an old content would come in as a new one. */
int replay_check_key(struct db *db, struct err *err)
{
	struct db_result *res;
	int rc;

	if (!*operator_conf.key || !*operator_conf.operator_key) {
		operator_elsewhere();
		return err_set(err, ERR_CONFIG,
			       "LAGESBILD_KEY and LAGESBILD_OPERATOR_KEY (or ..._FILE) must be set as they are for the "
			       "normalizers: without them ids and signed headers would not be the same");
	}
	if (db_query(db, operator_sql_replay_key, &res, err) < 0)
		return -1;
	rc = check_one("LAGESBILD_KEY", operator_conf.key, db_text(res, 0, 0, NULL), err) ||
	     check_one("LAGESBILD_OPERATOR_KEY", operator_conf.operator_key, db_text(res, 0, 1, NULL), err);
	db_free(res);
	return rc ? -1 : 0;
}

int replay_epoch(struct db *db, const char *topic, int64_t *epoch, struct err *err)
{
	struct db_result *res;
	int64_t last;

	db_param_text(db, topic, strlen(topic));
	if (db_query(db, operator_sql_replay_epoch, &res, err) < 0)
		return -1;
	last = db_int(res, 0, 0);
	db_free(res);
	*epoch = run_now_ms() > last ? run_now_ms() : last + 1;
	return 0;
}
