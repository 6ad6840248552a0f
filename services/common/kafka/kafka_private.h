/* kafka_private: what the files of this folder share. No other folder includes it, or librdkafka's
 * header.
 *
 * Every librdkafka handle of ours carries a struct kafka_handle as its opaque: the error callback
 * leaves there the first failure that does not go away by waiting, and every later call of the
 * object returns it. */
#ifndef LAGESBILD_KAFKA_PRIVATE_H
#define LAGESBILD_KAFKA_PRIVATE_H

#include "kafka/kafka.h"
#include <librdkafka/rdkafka.h>

enum kafka_role { KAFKA_CONSUMER = 1, KAFKA_PRODUCER = 2, KAFKA_ADMIN = 4 };

struct kafka_handle {
	rd_kafka_t *rk;
	struct err failed; /* kind ERR_NONE: nothing has */
};

struct kafka_property {
	int roles;		  /* of enum kafka_role */
	const char *name, *value; /* value NULL: skip */
};

/* The library's fetcher sleeps up to a second once its queue is full, whatever we take out meanwhile. Setting the
 * credentials, to what they are, is its one public call that wakes it. */
struct kafka_wake {
	char *user, *password;
	int64_t woken_ms;
};
void kafka_wake_init(struct kafka_wake *w, const rd_kafka_conf_t *conf);
void kafka_wake_release(struct kafka_wake *w);	       /* of zeros, too */
void kafka_wake(struct kafka_wake *w, rd_kafka_t *rk); /* cheap: at most every 5 ms */

struct kafka_producer {
	struct kafka_handle handle; /* first: it is the opaque */
	void (*delivered)(void *ctx, uint64_t tag, int32_t partition, int64_t offset);
	void *ctx;
	bool closing;
	int64_t unacknowledged;
	int64_t phase_ms, phase_began_ms, phase_count; /* how long and since when records are taken, and how many */
	rd_kafka_topic_t **topics;
	size_t topic_count;
};

struct kafka_slot {
	bool owned;
	int64_t last; /* the last offset handed out in this assignment */
};

/* A member without a static name, to bring about a rebalance; handle.rk NULL: none is there. */
struct kafka_visitor {
	struct kafka_handle handle; /* first: it is the opaque */
	bool seen, leaving;
	int64_t until_ms;
};

/* kafka_watch.c */
struct kafka_watch {
	int64_t next_ms;
	int left, short_times; /* checks to come; how often in a row partitions were missing */
	struct kafka_visitor visitor;
};

struct kafka_consumer {
	struct kafka_handle handle; /* first: it is the opaque */
	struct kafka_group group;
	char *name, *topic;
	struct kafka_wake wake;
	rd_kafka_queue_t *queue;
	struct kafka_slot *slots; /* by partition */
	int32_t slot_count;
	rd_kafka_message_t **batch;
	size_t batch_max;
	rd_kafka_topic_partition_list_t *pending; /* an assignment to be taken when the batch call has returned */
	bool joined;				  /* has had an assignment */
	bool closing;
	bool cut_off; /* no broker is connected */
	uint64_t dropped;
	struct kafka_watch watch;
};

/* kafka_admin.c: what the files of the admin share. */
struct kafka_admin {
	struct kafka_handle handle; /* first: it is the opaque */
	rd_kafka_queue_t *queue;
};
int kafka_admin_unanswered(struct kafka_admin *a, rd_kafka_resp_err_t code, const char *topic, struct err *err);
rd_kafka_event_t *kafka_admin_answer(struct kafka_admin *a, const char *topic, struct err *err);
rd_kafka_AdminOptions_t *kafka_admin_options(struct kafka_admin *a, rd_kafka_admin_op_t op);
int kafka_admin_count(struct kafka_admin *a, const char *name, int *ready, struct err *err);

/* kafka_producer_open for records of any size that a log can hold: those that a producer had compressed. */
int kafka_producer_open_large(struct kafka_producer **producer,
			      void (*delivered)(void *ctx, uint64_t tag, int32_t partition, int64_t offset), void *ctx,
			      struct err *err) MUST_CHECK;

/* A configuration of fixed properties, defaults, `own` (fixed too; ends with a NULL name) and the
 * environment, with the callbacks that all roles share. NULL with ERR_CONFIG. */
rd_kafka_conf_t *kafka_conf_make(enum kafka_role role, const struct kafka_property *own, struct err *err) MUST_CHECK;

/* Make handle->rk of conf (which is used up, also on failure). */
int kafka_conf_start(struct kafka_handle *handle, enum kafka_role role, rd_kafka_conf_t *conf,
		     struct err *err) MUST_CHECK;

/* What a librdkafka error code asks of the caller: ERR_CONFIG (not allowed), ERR_REJOIN (fenced,
 * fatal), ERR_NONE (it is retried inside). */
enum err_kind kafka_conf_judge(rd_kafka_resp_err_t code);

/* Leave the first failure in the handle; ERR_NONE leaves nothing. */
void kafka_conf_fail(struct kafka_handle *handle, enum err_kind kind, const char *what, const char *why);

/* -1 with the handle's failure when there is one. */
int kafka_conf_check(const struct kafka_handle *handle, struct err *err) MUST_CHECK;

/* The rebalance callback: tells the group's `revoked`, and leaves what comes to
 * kafka_assign_pending. */
void kafka_assign_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list,
			    void *opaque);

/* Asks the group's `assigned` where to start and takes the assignment that is pending, if one is.
 */
void kafka_assign_pending(struct kafka_consumer *c);

/* Tells `revoked` of those of the list (NULL: all) that are ours, which they are no longer after
 * it. */
void kafka_assign_let_go(struct kafka_consumer *c, const rd_kafka_topic_partition_list_t *list, bool lost);

/* See that no partition stays with nobody. Begins at the opening and with each assignment; a turn in each batch call,
 * which asks the broker a few times and then no more. */
void kafka_watch_begin(struct kafka_consumer *c);
void kafka_watch_turn(struct kafka_consumer *c);
void kafka_watch_close(struct kafka_consumer *c);

#endif
