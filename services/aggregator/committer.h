/* committer: a thread that commits one batch while the next is being read and decoded, so that this process and
 * PostgreSQL do not wait for one another in a backlog.
 *
 * The writer and the batch belong to the thread from committer_start until committer_wait has returned; in between
 * only writer_rules may be called. One commit at a time, in the order they were started. */
#ifndef LAGESBILD_COMMITTER_H
#define LAGESBILD_COMMITTER_H

#include "writer.h"

struct committer;

/* The writer stays the caller's and must outlive the committer. */
int committer_open(struct committer **committer, struct writer *writer, struct err *err) MUST_CHECK;

/* Waits for what is under way. */
void committer_close(struct committer *committer);

/* Begin writer_commit(batch). Nothing may be under way. */
void committer_start(struct committer *committer, struct batch *batch);

bool committer_busy(struct committer *committer);

/* Until nothing is under way. 0, or what the first failed writer_commit said, now and ever after: the membership is to
 * end then. */
int committer_wait(struct committer *committer, struct err *err) MUST_CHECK;

#endif
