/* Reference data as somebody's spreadsheet writes it. */
#include "fuzz.h"
#include "pack/csv.h"
#include <sys/mman.h>
#include <unistd.h>

static int fd;
static char path[64];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fd = memfd_create("csv", 0);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return fd < 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct err err = {0};
	struct csv csv;
	int rc, rows = 0;

	if (ftruncate(fd, 0) || pwrite(fd, data, len, 0) != (ssize_t)len)
		abort();
	if (csv_open(&csv, path, &err)) {
		FUZZ_CHECK(err.kind == ERR_CONFIG && err.text[0]);
		return 0;
	}
	FUZZ_CHECK(csv.columns > 0 && csv.columns <= CSV_COLUMNS_MAX);
	FUZZ_CHECK(csv_column(&csv, csv.names[0], &err) == 0);
	while ((rc = csv_next(&csv, &err)) > 0)
		for (size_t i = 0, line = (size_t)csv.line; ++rows && i < csv.columns; i++)
			FUZZ_CHECK(strlen(csv.fields[i]) <= len && line <= len + 1);
	FUZZ_CHECK(rc == 0 || (err.kind == ERR_CONFIG && err.text[0]));
	csv_close(&csv);
	return 0;
}
