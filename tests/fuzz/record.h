/* record: an incident written, read and written again must be the same bytes; of several targets. */
#ifndef LAGESBILD_FUZZ_RECORD_H
#define LAGESBILD_FUZZ_RECORD_H

#include "avro/avroread.h"
#include "fuzz.h"
#include "incident/incident.h"

static struct avroread *record_reader;
static struct field record_fields[FIELD_SPECS_MAX];
static struct buf record_first, record_second;

static inline void record_open(void)
{
	struct err err = {0};

	fuzz_must(avroread_open(&record_reader, &err), &err);
	fuzz_must(avroread_add(record_reader, incident_schema, strlen(incident_schema), NULL, &err), &err);
	buf_init(&record_first, 1u << 20);
	buf_init(&record_second, 1u << 20);
}

static inline void record_same(const struct incident *in)
{
	struct incident again;
	struct err err = {0};

	buf_clear(&record_first);
	incident_encode(in, &record_first);
	FUZZ_CHECK(!record_first.overflow);
	fuzz_must(avroread_record(record_reader, record_first.data, record_first.len, incident_fields,
				  incident_field_count, record_fields, &err),
		  &err);
	fuzz_must(incident_decode(record_fields, &again, &err), &err);
	fuzz_must(incident_check(&again, &err), &err);
	buf_clear(&record_second);
	incident_encode(&again, &record_second);
	FUZZ_CHECK(record_first.len == record_second.len &&
		   !memcmp(record_first.data, record_second.data, record_first.len));
	FUZZ_CHECK(incident_content_hash(in) == incident_content_hash(&again) && incident_content_hash(in));
}

#endif
