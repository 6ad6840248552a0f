#include "broken.h"

#define POLICE "{\"report_id\":\"BROKEN-#\",\"type\":\"Misshandel\",\"kommun\":\"1881\","
#define RESCUE "{\"larmnummer\":\"BROKEN-#\",\"insatstyp\":\"forsta\",\"kommun\":\"1881\","
#define HOUSING "{\"arende_id\":\"BROKEN-#\",\"typ\":\"brak\",\"fastighet_omrade\":\"Fylsta\","
#define CITIZEN "{\"service_request_id\":\"BROKEN-#\",\"service_code\":\"klotter\","
#define STAFF "{\"rapport_id\":\"BROKEN-#\",\"handelse\":\"klotter\",\"plats\":\"Kvarnparken\",\"enhet\":\"skola\","
#define SOCIAL "{\"period\":\"2025-01\",\"kommun\":\"1881\",\"grund\":\"missbruk\","
#define PRESS "{\"id\":99#,\"type\":\"Brand\",\"location\":{\"name\":\"Kumla\"},"
#define BYTES(text) text, sizeof(text) - 1
#define ID "BROKEN-#"

const struct broken broken_kinds[] = {
	{"press", "bytes", "encoding", "99#", BYTES("{\"id\":99#,\"name\":\"\xff\xfe\"}")},
	{"press", "half", "syntax", "99#", "{\"id\":99#,\"name\":\"26 maj", 0},
	{"press", "no-type", "missing-field", "99#",
	 "{\"id\":99#,\"datetime\":\"2024-05-26 19:04:45 +02:00\",\"location\":{\"name\":\"Kumla\"}}", 0},
	{"press", "no-such-day", "bad-time", "99#",
	 PRESS "\"datetime\":\"2024-05-26 19:04:45 +02:00\",\"name\":\"31 april 10.00, Brand, Kumla\"}", 0},
	{"press", "schema", "unknown-schema", "99#", BYTES("\xc3\x01\x01\x02\x03\x04\x05\x06\x07\x08\x02\x02")},
	{"police", "no-time", "missing-field", ID, POLICE "\"reported_at\":\"2024-05-03T10:00:00+02:00\"}", 0},
	{"police", "month-13", "bad-time", ID,
	 POLICE "\"occurred_from\":\"2024-13-02T10:00:00Z\",\"reported_at\":\"2024-05-03T10:00:00+02:00\"}", 0},
	{"police", "future", "bad-time", ID,
	 POLICE "\"occurred_from\":\"2024-05-02\",\"reported_at\":\"2024-05-03\",\"updated_at\":\"2098-01-01\"}", 0},
	{"police", "twice", "syntax", ID, POLICE "\"type\":\"Brand\",\"occurred_from\":\"2024-05-02\"}", 0},
	{"police", "other-key", "bad-value", "OTHER-#",
	 POLICE "\"occurred_from\":\"2024-05-02\",\"reported_at\":\"2024-05-03\"}", 0},
	{"rescue", "third-kind", "bad-value", ID,
	 "{\"larmnummer\":\"BROKEN-#\",\"insatstyp\":\"tredje\",\"kommun\":\"1881\",\"handelsetyp_id\":1,"
	 "\"larm_tid\":\"2024-05-02 10:00\"}",
	 0},
	{"rescue", "no-alarm", "missing-field", ID, RESCUE "\"handelsetyp_id\":1}", 0},
	{"rescue", "swapped", "bad-value", ID,
	 RESCUE "\"handelsetyp_id\":1,\"larm_tid\":\"2024-05-02 10:00\",\"lat\":15.14,\"long\":59.12}", 0},
	{"housing", "counts", "mixed-delivery", "2024-05|1881||brak|verifierad",
	 "{\"period\":\"2024-05\",\"kommun\":\"1881\",\"typ\":\"brak|verifierad\",\"antal\":3}", 0},
	{"housing", "no-area", "missing-field", ID,
	 "{\"arende_id\":\"BROKEN-#\",\"typ\":\"brak\",\"inkom\":\"2024-05-02\"}", 0},
	{"housing", "no-such-day", "bad-time", ID, HOUSING "\"inkom\":\"2024-02-30\"}", 0},
	{"housing", "array", "syntax", ID, "[1,2", 0},
	{"citizen", "swapped", "bad-value", ID,
	 CITIZEN "\"requested_datetime\":\"2024-05-02T10:00:00Z\",\"lat\":15.14,\"long\":59.12}", 0},
	{"citizen", "no-time", "missing-field", ID, CITIZEN "\"address\":\"Fylsta\"}", 0},
	{"staff", "word-for-time", "bad-time", ID, STAFF "\"nar\":\"i lördags\"}", 0},
	{"staff", "no-unit", "missing-field", ID,
	 "{\"rapport_id\":\"BROKEN-#\",\"handelse\":\"klotter\",\"plats\":\"Fylsta\",\"nar\":\"2024-05-02\"}", 0},
	{"social", "name", "personal-data", "2025-01|1881||missbruk|",
	 SOCIAL "\"antal\":7,\"namn\":\"Birger Fiktivsson\"}", 0},
	{"social", "free-reporter", "personal-data", "2025-01|1881||missbruk|mormor Agneta",
	 SOCIAL "\"antal\":7,\"anmalare\":\"mormor Agneta\"}", 0},
	{"social", "too-many", "bad-value", "2025-01|1881||missbruk|", SOCIAL "\"antal\":10001}", 0},
};

const size_t broken_count = sizeof broken_kinds / sizeof *broken_kinds;
