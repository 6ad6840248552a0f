/* purge: what the parts of the command share. */
#ifndef OPERATOR_PURGE_H
#define OPERATOR_PURGE_H

#include "incident/incident.h"
#include "kafka/kafka.h"
#include "operator.h"

#define PURGE_RECORDS_MAX 1000000 /* more is no purge but another retention */

/* A record that goes out. topic: 0 incidents, 1 deadletters, else 2 + the source's place in sources. */
struct purge_record {
	int topic;
	int32_t partition;
	int64_t offset;
};

enum { PURGE_INCIDENTS, PURGE_DEADLETTERS, PURGE_FEEDS };

struct purge {
	/* what is asked for */
	const char *incident, *origin, *source, *before, *why;
	bool yes, resume;
	uint8_t id[16];	   /* of --incident, or of --origin's record */
	int64_t before_ms; /* of --before, append time */
	int origin_topic;
	int32_t origin_partition;
	int64_t origin_offset;

	struct db *db;
	struct kafka_admin *admin;
	struct operator_sources sources;
	struct avroread *reader; /* of records on incidents */
	struct field *fields;

	struct purge_record *records;
	size_t count, cap, sorted; /* so many of them are in order, and looked up by purge_selected */
	int64_t feed_count, incident_count, letter_count;
	int64_t number; /* of the row that says what is being done */
};

/* Name of a topic without the prefix, in static storage until the next call but three; and its number, -1: none of
 * ours. */
const char *purge_topic_name(const struct purge *p, int topic);
int purge_topic_number(const struct purge *p, const char *full, size_t len);

bool purge_selected(const struct purge *p, int topic, int32_t partition, int64_t offset);

/* Puts records in order, each once. */
void purge_sort(struct purge *p);

/* purge_find.c: fills records. ERR_CONFIG: there is nothing of the kind. */
int purge_find(struct purge *p, struct err *err) MUST_CHECK;
int purge_decode_open(struct purge *p, struct err *err) MUST_CHECK;
void purge_decode_close(struct purge *p);

/* The record as it was; false: none of ours. Views live until the next call. */
bool purge_decode(struct purge *p, const void *value, size_t len, struct incident *in);

/* purge_topics.c: every topic in turn, from the phase it is in. */
int purge_topics(struct purge *p, struct err *err) MUST_CHECK;

/* Nobody reads or writes on our side; ERR_CONFIG names who does. Waits until who was stopped is gone. */
int purge_alone(struct purge *p, struct err *err) MUST_CHECK;

#endif
