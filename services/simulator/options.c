#include "options.h"

#include "event.h"
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

const char options_usage[] = "simulator [--from YYYY-MM] [--to YYYY-MM] [--seed N] [--sources a,b] [--to-files DIR] "
			     "[--truth FILE] [--scale X] [--rate N] [--personal] [--broken N] [--live]";
const char options_help[] =
	"Publishes made-up but believable feeds of all sources for the pack's municipality, the same for the same "
	"seed, "
	"in the order in which the agencies would have sent them. --from and --to (default 2021-01 and 2025-12; a "
	"source begins with its month in delivery.csv; nothing is sent that would come after --to), --sources "
	"(default: "
	"all), --scale 10: ten times as many events, --rate: messages a second, --live: not as signed history. "
	"--to-files DIR writes DIR/<source>.ndjson instead of publishing: a line {\"key\":…,\"time\":…,\"value\":{…} "
	"or "
	"null to withdraw}; the messages alone, for a normalizer's --map: jq -c '.value | select(.)'. --personal "
	"plants "
	"made-up personal data in texts, --broken N sends N of each kind of broken message. --truth FILE writes what "
	"view month_cell must show, and beside it FILE.hours.csv (view hour_cell), FILE.personal.csv, .broken.csv "
	"(with the expected reason), "
	".messages.csv and .story.csv (the real changes in the data). Kafka is configured by KAFKA_<property>.";

static int whole(const char *text, int64_t min, int64_t max, int64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoll(text, &end, 10);
	return errno || end == text || *end || *out < min || *out > max ? -1 : 0;
}

/* YYYY-MM as months since 1970. */
static int month_of(const char *text, int32_t *out)
{
	char *end;
	long year = strtol(text, &end, 10), month;

	if (end != text + 4 || *end != '-' || year < 1990 || year > 2090)
		return -1;
	month = strtol(end + 1, &end, 10);
	if (end != text + 7 || *end || month < 1 || month > 12)
		return -1;
	*out = (int32_t)((year - 1970) * 12 + month - 1);
	return 0;
}

static int sources_of(const char *list, unsigned *out)
{
	unsigned wanted = 0;

	for (;;) {
		size_t len = strcspn(list, ",");
		int source = source_find(list, len);

		if (source < 0)
			return -1;
		wanted |= 1u << source;
		if (!list[len])
			break;
		list += len + 1;
	}
	*out = wanted;
	return 0;
}

static int scale_of(const char *text, double *out)
{
	char *end;

	*out = strtod(text, &end);
	return end == text || *end || !(*out > 0 && *out <= 100000) ? -1 : 0;
}

static int take_value(struct options *o, int c)
{
	int64_t seed;

	switch (c) {
	case 'f':
		return month_of(optarg, &o->from_month);
	case 't':
		if (month_of(optarg, &o->end_month))
			return -1;
		o->end_month++;
		return 0;
	case 's':
		if (whole(optarg, 0, INT64_MAX, &seed))
			return -1;
		o->seed = (uint64_t)seed;
		return 0;
	case 'S':
		return sources_of(optarg, &o->wanted);
	case 'x':
		return scale_of(optarg, &o->scale);
	case 'r':
		return whole(optarg, 1, 10000000, &o->rate);
	case 'b':
		return whole(optarg, 0, 100000, &o->broken);
	default:
		return -1;
	}
}

static int take_option(struct options *o, int c)
{
	switch (c) {
	case 'd':
		o->dir = optarg;
		return 0;
	case 'T':
		o->truth = optarg;
		return 0;
	case 'p':
		o->personal = true;
		return 0;
	case 'l':
		o->live = true;
		return 0;
	case 'h':
		o->help = true;
		return 0;
	default:
		return take_value(o, c);
	}
}

int options_read(struct options *o, int argc, char **argv, struct err *err)
{
	static const struct option list[] = {
		{"from", required_argument, NULL, 'f'},
		{"to", required_argument, NULL, 't'},
		{"seed", required_argument, NULL, 's'},
		{"sources", required_argument, NULL, 'S'},
		{"to-files", required_argument, NULL, 'd'},
		{"truth", required_argument, NULL, 'T'},
		{"scale", required_argument, NULL, 'x'},
		{"rate", required_argument, NULL, 'r'},
		{"broken", required_argument, NULL, 'b'},
		{"personal", no_argument, NULL, 'p'},
		{"live", no_argument, NULL, 'l'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int c;

	*o = (struct options){
		.from_month = 51 * 12, .end_month = 56 * 12, .seed = 1, .wanted = (1u << SOURCES) - 1, .scale = 1};
	while ((c = getopt_long(argc, argv, "", list, NULL)) != -1)
		if (take_option(o, c))
			return err_set(err, ERR_CONFIG, "An option or its value is wrong; --help lists them.");
	if (optind < argc)
		return err_set(err, ERR_CONFIG, "There is an argument too many; --help lists the options.");
	if (o->from_month >= o->end_month)
		return err_set(err, ERR_CONFIG, "--to lies before --from.");
	return 0;
}
