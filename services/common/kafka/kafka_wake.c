#include "base/run.h"
#include "kafka/kafka_private.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define WAKE_MS 5

static char *conf_value(const rd_kafka_conf_t *conf, const char *name)
{
	char value[1024] = "", *copy;
	size_t size = sizeof value;

	if (rd_kafka_conf_get(conf, name, value, &size) != RD_KAFKA_CONF_OK)
		value[0] = '\0';
	copy = strdup(value);
	assert(copy);
	return copy;
}

void kafka_wake_init(struct kafka_wake *w, const rd_kafka_conf_t *conf)
{
	w->user = conf_value(conf, "sasl.username");
	w->password = conf_value(conf, "sasl.password");
	w->woken_ms = 0;
}

void kafka_wake_release(struct kafka_wake *w)
{
	free(w->user);
	free(w->password);
}

void kafka_wake(struct kafka_wake *w, rd_kafka_t *rk)
{
	int64_t now = run_monotonic_ms();
	rd_kafka_error_t *error;

	if (now - w->woken_ms < WAKE_MS)
		return;
	w->woken_ms = now;
	error = rd_kafka_sasl_set_credentials(rk, w->user, w->password);
	if (error)
		rd_kafka_error_destroy(error);
}
