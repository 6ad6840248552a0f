#include "mapper.h"

#include "avro/avroread.h"
#include "operator.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ASK_BYTES (32u << 10) /* surely less than a pipe holds: both sides cannot wait for each other */
#define FRAME_MAX (20u << 20)
#define ARGS_MAX 8

struct mapper {
	pid_t pid;
	int in, out;
	struct buf ask, letter, frame;
	struct avroread *reader;
	struct field fields[FIELD_SPECS_MAX];
};

static int find_program(const char *source, char *path, size_t max, struct err *err)
{
	char self[512];
	ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash;

	self[len > 0 ? len : 0] = 0;
	slash = strrchr(self, '/');
	snprintf(path, max, "%.*s/normalizer-%s", slash ? (int)(slash - self) : 0, self, source);
	if (access(path, X_OK) == 0)
		return 0;
	operator_elsewhere();
	return err_set(err, ERR_CONFIG, "normalizer-%.40s does not stand beside lagesbild, and its program is needed",
		       source);
}

static void close_all(int pipes[4])
{
	for (int i = 0; i < 4; i++)
		if (pipes[i] >= 0)
			close(pipes[i]);
}

static void become(const char *path, const char *const *args, int pipes[4])
{
	const char *argv[ARGS_MAX + 2] = {path};
	size_t n = 1;

	for (; args[n - 1] && n <= ARGS_MAX; n++)
		argv[n] = args[n - 1];
	if (pipes[0] >= 0)
		dup2(pipes[0], STDIN_FILENO);
	dup2(pipes[3], STDOUT_FILENO);
	close_all(pipes);
	execv(path, (char *const *)argv);
	_exit(2);
}

pid_t mapper_start(const char *source, const char *const *args, int *in, int *out, struct err *err)
{
	int pipes[4] = {-1, -1, -1, -1};
	char path[600];
	pid_t pid;

	if (find_program(source, path, sizeof path, err))
		return -1;
	if ((in && pipe2(pipes, O_CLOEXEC)) || pipe2(pipes + 2, O_CLOEXEC)) {
		close_all(pipes);
		return err_set(err, ERR_RETRY, "no pipe: %s", strerror(errno));
	}
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		become(path, args, pipes);
	if (pid < 0) {
		close_all(pipes);
		return err_set(err, ERR_RETRY, "no process: %s", strerror(errno));
	}
	if (in) {
		close(pipes[0]);
		*in = pipes[1];
	}
	close(pipes[3]);
	*out = pipes[2];
	return pid;
}

static int open_as(struct mapper **mapper, const char *source, const char *form, struct err *err)
{
	const char *const args[] = {"--map", form, NULL};
	struct mapper *m = calloc(1, sizeof *m);

	if (!m)
		return err_set(err, ERR_RETRY, "out of memory");
	m->in = m->out = -1;
	buf_init(&m->ask, FRAME_MAX);
	buf_init(&m->letter, FRAME_MAX);
	buf_init(&m->frame, 1u << 20);
	m->pid = mapper_start(source, args, &m->in, &m->out, err);
	if (m->pid < 0 || avroread_open(&m->reader, err) ||
	    avroread_add(m->reader, incident_schema, strlen(incident_schema), NULL, err)) {
		mapper_close(m);
		return -1;
	}
	*mapper = m;
	return 0;
}

int mapper_open(struct mapper **mapper, const char *source, struct err *err)
{
	return open_as(mapper, source, "--frames", err);
}

int mapper_open_unknowns(struct mapper **mapper, const char *source, struct err *err)
{
	return open_as(mapper, source, "--unknowns", err);
}

void mapper_close(struct mapper *m)
{
	if (!m)
		return;
	if (m->in >= 0)
		close(m->in);
	if (m->out >= 0)
		close(m->out);
	if (m->pid > 0)
		waitpid(m->pid, NULL, 0);
	avroread_close(m->reader);
	buf_release(&m->ask);
	buf_release(&m->letter);
	buf_release(&m->frame);
	free(m);
}

static int gone(struct err *err)
{
	return err_set(err, ERR_CONFIG, "the normalizer's program ended before it had answered: see its own sentence");
}

static int write_all(int fd, const uint8_t *data, size_t len, struct err *err)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return gone(err);
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static int read_all(int fd, uint8_t *data, size_t len, struct err *err)
{
	while (len) {
		ssize_t n = read(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return gone(err);
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static int read_frame(struct mapper *m, struct err *err)
{
	uint32_t len;

	if (read_all(m->out, (uint8_t *)&len, sizeof len, err))
		return -1;
	buf_clear(&m->frame);
	if (!buf_reserve(&m->frame, len))
		return gone(err);
	m->frame.len = len;
	return read_all(m->out, m->frame.data, len, err);
}

/* Who gets the answers: one of the two. */
struct taker {
	int (*incident)(void *ctx, size_t i, const struct incident *in, struct err *err);
	int (*unknowns)(void *ctx, size_t i, struct incident_text type, struct incident_text place, struct err *err);
	void *ctx;
};

static int take_incident(struct mapper *m, size_t i, const struct taker *t, struct err *err)
{
	struct incident in;

	if (avroread_record(m->reader, m->frame.data, m->frame.len, incident_fields, incident_field_count, m->fields,
			    err) ||
	    incident_decode(m->fields, &in, err) || incident_check(&in, err))
		return -1;
	return t->incident(t->ctx, i, &in, err);
}

static int take_unknowns(struct mapper *m, size_t i, const struct taker *t, struct err *err)
{
	const char *text = (const char *)m->frame.data + sizeof(uint32_t);
	uint32_t type_len;

	if (m->frame.len < sizeof type_len)
		return gone(err);
	memcpy(&type_len, m->frame.data, sizeof type_len);
	if (type_len > m->frame.len - sizeof type_len)
		return gone(err);
	return t->unknowns(t->ctx, i, (struct incident_text){text, type_len},
			   (struct incident_text){text + type_len, m->frame.len - sizeof type_len - type_len}, err);
}

static void put_frame(struct mapper *m, const struct deadletter *letter)
{
	uint32_t len;

	buf_clear(&m->letter);
	deadletter_encode(letter, &m->letter);
	len = (uint32_t)m->letter.len;
	buf_append(&m->ask, &len, sizeof len);
	buf_append(&m->ask, m->letter.data, len);
}

static int exchange(struct mapper *m, const struct deadletter *letters, size_t count, const struct taker *t,
		    struct err *err)
{
	static const uint32_t ready = 0;

	for (size_t first = 0, next = 0; first < count; first = next) {
		buf_clear(&m->ask);
		do
			put_frame(m, &letters[next++]);
		while (next < count && m->ask.len + letters[next].value_len < ASK_BYTES);
		buf_append(&m->ask, &ready, sizeof ready);
		if (m->ask.overflow)
			return err_set(err, ERR_CONFIG, "a message is too long to be looked at");
		if (write_all(m->in, m->ask.data, m->ask.len, err))
			return -1;
		for (size_t i = first; i < next; i++)
			if (read_frame(m, err) ||
			    (t->incident ? take_incident(m, i, t, err) : take_unknowns(m, i, t, err)))
				return -1;
	}
	return 0;
}

int mapper_map(struct mapper *m, const struct deadletter *letters, size_t count,
	       int (*each)(void *ctx, size_t i, const struct incident *in, struct err *err), void *ctx, struct err *err)
{
	const struct taker t = {.incident = each, .ctx = ctx};

	return exchange(m, letters, count, &t, err);
}

int mapper_unknowns(struct mapper *m, const struct deadletter *letters, size_t count,
		    int (*each)(void *ctx, size_t i, struct incident_text type, struct incident_text place,
				struct err *err),
		    void *ctx, struct err *err)
{
	const struct taker t = {.unknowns = each, .ctx = ctx};

	return exchange(m, letters, count, &t, err);
}
