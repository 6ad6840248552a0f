/* Names of types and places, folded and looked up. */
#include "base/utf8.h"
#include "fuzz.h"
#include "pack/pack.h"
#include "text/text.h"

static struct pack *pack;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err err = {0};

	(void)argc, (void)argv;
	fuzz_must(pack_open(&pack, SOURCE_DIR "/schemas", SOURCE_DIR "/deploy/kumla", "press", &err), &err);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct pack_area *area, *again;
	const struct pack_type *type;
	char once[TEXT_FOLD_MAX], twice[TEXT_FOLD_MAX];
	const char *text = (const char *)data;
	long folded = text_fold(text, len, once, sizeof once), more;

	area = pack_area_find(pack, text, len, NULL);
	type = pack_type_find(pack, text, len);
	(void)pack_area_by_code(pack, text, len);
	(void)pack_area_find(pack, text, len, pack_area_by_code(pack, "18", 2));
	if (folded < 0) {
		FUZZ_CHECK(!area && !type);
		return 0;
	}
	FUZZ_CHECK(utf8_valid(text, len) || memchr(text, 0, len));
	FUZZ_CHECK((size_t)folded <= sizeof once && utf8_valid(once, (size_t)folded));
	more = text_fold(once, (size_t)folded, twice, sizeof twice);
	FUZZ_CHECK(more == folded && !memcmp(once, twice, (size_t)folded));
	again = pack_area_find(pack, once, (size_t)folded, NULL);
	FUZZ_CHECK(area == again && type == pack_type_find(pack, once, (size_t)folded));
	return 0;
}
