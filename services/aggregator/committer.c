#include "committer.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct committer {
	struct writer *writer;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct batch *batch; /* under way; NULL: nothing is */
	bool closing;
	bool failed;
	struct err err;
};

static void *committer_run(void *arg)
{
	struct committer *c = arg;

	pthread_mutex_lock(&c->lock);
	for (;;) {
		struct err err = {0};
		int rc;

		while (!c->batch && !c->closing)
			pthread_cond_wait(&c->changed, &c->lock);
		if (!c->batch)
			break;
		pthread_mutex_unlock(&c->lock);
		rc = writer_commit(c->writer, c->batch, &err);
		pthread_mutex_lock(&c->lock);
		if (rc) {
			c->failed = true;
			c->err = err;
		}
		c->batch = NULL;
		pthread_cond_signal(&c->changed);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

int committer_open(struct committer **out, struct writer *writer, struct err *err)
{
	struct committer *c = calloc(1, sizeof *c);

	if (!c)
		return err_set(err, ERR_RETRY, "out of memory for the committer");
	c->writer = writer;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->changed, NULL);
	if (pthread_create(&c->thread, NULL, committer_run, c)) {
		pthread_cond_destroy(&c->changed);
		pthread_mutex_destroy(&c->lock);
		free(c);
		return err_set(err, ERR_RETRY, "no thread for the committer");
	}
	*out = c;
	return 0;
}

void committer_close(struct committer *c)
{
	if (!c)
		return;
	pthread_mutex_lock(&c->lock);
	c->closing = true;
	pthread_cond_signal(&c->changed);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	pthread_cond_destroy(&c->changed);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

void committer_start(struct committer *c, struct batch *batch)
{
	pthread_mutex_lock(&c->lock);
	assert(!c->batch && !c->failed);
	c->batch = batch;
	pthread_cond_signal(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

bool committer_busy(struct committer *c)
{
	bool busy;

	pthread_mutex_lock(&c->lock);
	busy = c->batch;
	pthread_mutex_unlock(&c->lock);
	return busy;
}

int committer_wait(struct committer *c, struct err *err)
{
	int rc;

	pthread_mutex_lock(&c->lock);
	while (c->batch)
		pthread_cond_wait(&c->changed, &c->lock);
	rc = c->failed ? -1 : 0;
	if (rc)
		*err = c->err;
	pthread_mutex_unlock(&c->lock);
	return rc;
}
