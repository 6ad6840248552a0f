/* Outlines of areas (GeoJSON) and points in them. 16 bytes of a point, then the outline. */
#include "fuzz.h"
#include "geo/geo.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct geo_index *index = NULL;
	struct err err = {0};
	double point[2];
	int found;

	if (len < sizeof point)
		return 0;
	memcpy(point, data, sizeof point);
	fuzz_must(geo_open(&index, &err), &err);
	if (geo_add(index, 7, (const char *)data + sizeof point, len - sizeof point, &err))
		FUZZ_CHECK(err.kind == ERR_CONFIG && err.text[0]);
	if (geo_add_circle(index, 8, point[0], point[1], 500, &err))
		FUZZ_CHECK(err.kind == ERR_CONFIG && err.text[0]);
	if (geo_build(index, &err)) {
		FUZZ_CHECK(err.text[0]);
	} else {
		found = geo_find(index, point[0], point[1]);
		FUZZ_CHECK(found == -1 || found == 7 || found == 8);
	}
	geo_close(index);
	return 0;
}
