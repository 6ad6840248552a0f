/* Times as agencies write them. */
#include "base/period.h"
#include "fuzz.h"

static struct period_zone *zone;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err err = {0};

	(void)argc, (void)argv;
	fuzz_must(period_zone_open(&zone, "Europe/Stockholm", &err), &err);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct period_civil local;
	struct err err = {0};
	int64_t ms, back;
	int32_t month;
	bool day;

	if (period_parse(zone, (const char *)data, len, &ms, &day, &err)) {
		fuzz_told(&err);
		FUZZ_CHECK(err.reason == REASON_BAD_TIME);
		return 0;
	}
	period_local(zone, ms, &local);
	FUZZ_CHECK(period_valid(&local) && local.year >= 1969 && local.year <= 2100);
	month = period_month(zone, ms);
	FUZZ_CHECK(month == (local.year - 1970) * 12 + local.month - 1);
	FUZZ_CHECK(period_month_start_ms(zone, month) <= ms && ms < period_month_start_ms(zone, month + 1));
	/* Only the hour that comes twice may be read as the other one. */
	back = period_utc_ms(zone, &local);
	FUZZ_CHECK(back == ms - ((ms % 1000) + 1000) % 1000 || back == ms - ((ms % 1000) + 1000) % 1000 + 3600000);
	return 0;
}
