/* Bytes as records of a schema with every type there is, and of the incidents' and the dead letters' schemas. */
#include "incident/deadletter.h"
#include "record.h"

static const char every[] =
	"{\"type\":\"record\",\"name\":\"Every\",\"fields\":[{\"name\":\"i\",\"type\":\"int\"},{\"name\":\"l\","
	"\"type\":\"long\"},"
	"{\"name\":\"b\",\"type\":\"boolean\"},{\"name\":\"f\",\"type\":\"float\"},{\"name\":\"d\",\"type\":\"double\"}"
	","
	"{\"name\":\"s\",\"type\":\"string\"},{\"name\":\"y\",\"type\":\"bytes\"},{\"name\":\"n\",\"type\":\"null\"},"
	"{\"name\":\"x\",\"type\":{\"type\":\"fixed\",\"name\":\"X\",\"size\":3}},"
	"{\"name\":\"e\",\"type\":{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}},"
	"{\"name\":\"u\",\"type\":[\"null\",\"string\",\"E\"]},{\"name\":\"o\",\"type\":[\"long\",\"null\"]},"
	"{\"name\":\"a\",\"type\":{\"type\":\"array\",\"items\":[\"string\",\"X\"]}},"
	"{\"name\":\"z\",\"type\":{\"type\":\"array\",\"items\":\"null\"}},"
	"{\"name\":\"m\",\"type\":{\"type\":\"map\",\"values\":{\"type\":\"array\",\"items\":\"int\"}}},"
	"{\"name\":\"r\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"s\",\"type\":"
	"\"string\"}]}]}]}";
static const struct field_spec specs[] = {{.path = "i"},   {.path = "l"}, {.path = "b"}, {.path = "f"},
					  {.path = "d"},   {.path = "s"}, {.path = "y"}, {.path = "x"},
					  {.path = "e"},   {.path = "u"}, {.path = "o"}, {.path = "a"},
					  {.path = "r.s"}, {.path = "r"}, {.path = "s"}, {.path = "q"}};
static uint64_t every_print;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err err = {0};

	(void)argc, (void)argv;
	record_open();
	fuzz_must(avroread_add(record_reader, deadletter_schema, strlen(deadletter_schema), NULL, &err), &err);
	fuzz_must(avroread_add(record_reader, every, strlen(every), &every_print, &err), &err);
	return 0;
}

/* Every view lies within the message, or is an enum's symbol; reading it is what the sanitizer looks at. */
static void look(const struct field *f, size_t count)
{
	static volatile uint8_t sink;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; f[i].type == FIELD_TEXT && j < f[i].len; j++)
			sink = (uint8_t)(sink + f[i].text[j]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint64_t prints[] = {incident_fingerprint(), deadletter_fingerprint(), every_print};
	struct incident in;
	struct err err = {0};
	bool incident = len && data[0] % 4 == 0;
	size_t count = incident ? incident_field_count : sizeof specs / sizeof *specs;
	int rc;

	if (!len)
		return 0;
	if (data[0] % 4 == 3)
		rc = avroread_record(record_reader, data + 1, len - 1, specs, count, record_fields, &err);
	else
		rc = avroread_body(record_reader, prints[data[0] % 4], data + 1, len - 1,
				   incident ? incident_fields : specs, count, record_fields, &err);
	if (rc) {
		fuzz_told(&err);
		return 0;
	}
	look(record_fields, count);
	if (incident && (incident_decode(record_fields, &in, &err) || incident_check(&in, &err)))
		fuzz_told(&err);
	else if (incident)
		record_same(&in);
	return 0;
}
