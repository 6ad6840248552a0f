/* backup_manifest: printed and parsed; what is no manifest, or names what no backup has, is refused. */
#include "../../services/operator/backup_manifest.c"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void fill(struct backup_manifest *m)
{
	*m = (struct backup_manifest){.made_at = "2026-11-23T12:00:00Z",
				      .code = "0.5.0",
				      .prefix = "p.",
				      .key_id = "0123456789abcdef",
				      .seal_id = "fedcba9876543210",
				      .cost = {.rounds = 3, .memory = 1 << 26}};
	for (int i = 0; i < 9; i++) {
		struct backup_log log = {"feed.press", i, i, 10 * i};
		struct backup_group group = {"press", i, 7 * i, "1,2,3"};
		struct backup_part part = {"log-feed.press-0", 5000000000, ""};

		memset(part.sha256, 'a', 64);
		backup_manifest_add_log(m, &log);
		backup_manifest_add_group(m, &group);
		backup_manifest_add_part(m, &part);
	}
}

static char *print(const struct backup_manifest *m)
{
	static char *text; /* gcc 12 takes what open_memstream keeps for dangling pointers */
	static size_t len;
	FILE *f = open_memstream(&text, &len);

	backup_manifest_print(m, f);
	fclose(f);
	return text;
}

static void there_and_back(void **state)
{
	struct backup_manifest m, back;
	struct err err = {0};
	char *text, *again;

	(void)state;
	fill(&m);
	text = print(&m);
	assert_int_equal(backup_manifest_parse(&back, text, strlen(text), &err), 0);
	again = print(&back);
	assert_string_equal(text, again);
	assert_int_equal(back.log_count, 9);
	assert_int_equal(backup_manifest_records(&back), 9 * 36);
	assert_int_equal(back.parts[8].bytes, 5000000000);
	free(text);
	free(again);
	backup_manifest_release(&m);
	backup_manifest_release(&back);
}

/* The printed one with its first `from` as `to`. */
static void refused(const char *from, const char *to, const char *says)
{
	struct backup_manifest m, back;
	struct err err = {0};
	char *text, *at, *changed = NULL;
	size_t len;
	FILE *f = open_memstream(&changed, &len);

	fill(&m);
	text = print(&m);
	at = strstr(text, from);
	assert_non_null(at);
	fprintf(f, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	fclose(f);
	assert_int_equal(backup_manifest_parse(&back, changed, len, &err), -1);
	assert_non_null(strstr(err.text, says));
	free(text);
	free(changed);
	backup_manifest_release(&m);
}

static void what_no_backup_has_is_refused(void **state)
{
	static const char ours[] = "not what lagesbild backup writes";

	(void)state;
	refused("\"format\": 1", "\"format\": 2", "format 2, and this program knows 1");
	refused("\"format\": 1", "\"format\": 0", ours);
	refused("\"format\": 1,", "", ours);
	refused("}\n", "", ours);
	refused("\"feed.press\"", "\"../feed\"", ours);
	refused("\"name\": \"log-feed", "\"name\": \"/etc/feed", ours);
	refused("\"end\": 0", "\"end\": -1", ours);
	refused("\"begin\": 8, \"end\": 80", "\"begin\": 81, \"end\": 80", ours);
	refused("\"partition\": 0", "\"partition\": \"0\"", ours);
	refused("\"sha256\": \"aaaa", "\"sha256\": \"aaa", ours);
	refused("\"source\": \"press\"", "\"source\": \"a name that is longer than any source has\"", ours);
	refused("\"salt\": \"00", "\"salt\": \"xx", "salt");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(what_no_backup_has_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
