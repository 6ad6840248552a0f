/* operator_topics: the topics of an installation and what each must be like; for setup, which makes them, and doctor.
 */
#include "operator.h"

#include <stdio.h>

#define DAYS_400_MS "34560000000"
#define COMMON "cleanup.policy", "delete", "message.timestamp.type", "LogAppendTime"

static const char *const feed[] = {COMMON, "retention.ms", DAYS_400_MS, "max.message.bytes", "1048576", NULL};
static const char *const incidents[] = {COMMON, "retention.ms",	     "-1",	"retention.bytes",
					"-1",	"max.message.bytes", "1048576", NULL};
static const char *const letters[] = {COMMON, "retention.ms", DAYS_400_MS, "max.message.bytes", "1179648", NULL};

struct visit {
	int (*each)(void *ctx, const char *name, const struct kafka_topic *topic, struct err *err);
	void *ctx;
};

static int visit(const struct visit *v, const char *name, int partitions, const char *const *config, struct err *err)
{
	struct kafka_topic topic = {operator_topic(name), partitions, (int)operator_conf.replication, config};

	return v->each(v->ctx, name, &topic, err);
}

int operator_topics_each(const struct operator_sources *sources,
			 int (*each)(void *ctx, const char *name, const struct kafka_topic *topic, struct err *err),
			 void *ctx, struct err *err)
{
	const struct visit v = {each, ctx};
	char name[OPERATOR_SOURCE_SIZE + 5];
	int partitions = (int)operator_conf.partitions;

	if (visit(&v, "incidents", partitions, incidents, err))
		return -1;
	for (size_t i = 0; i < sources->count; i++) {
		snprintf(name, sizeof name, "feed.%s", sources->names[i]);
		if (visit(&v, name, partitions, feed, err))
			return -1;
	}
	return visit(&v, "deadletters", 1, letters, err);
}
