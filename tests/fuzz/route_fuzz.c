/* From an address to an operation and its arguments: a method, a path, then a line for each argument, name=value. */
#include "api.h"
#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	return 0;
}

/* A line of the text, terminated; NULL: there is no more. */
static char *next(char **text)
{
	char *line = *text, *end;

	if (!line)
		return NULL;
	end = strchr(line, '\n');
	*text = end ? end + 1 : NULL;
	if (end)
		*end = 0;
	return line;
}

/* What stands in the path is in order, in the call's own copy, and whole. */
static void check_path(const struct call *c, const char *path)
{
	const char *from = c->path;

	for (int i = 0; i < c->count; i++) {
		const struct argument *a = &c->arguments[i];

		FUZZ_CHECK(*a->name && *a->value && !strpbrk(a->name, "{}/"));
		FUZZ_CHECK(a->value >= from && a->value + strlen(a->value) < c->path + sizeof c->path);
		FUZZ_CHECK(strncmp(path + (a->value - c->path), a->value, strlen(a->value)) == 0);
		from = a->value + strlen(a->value);
	}
}

static void check_argument(const struct call *c, int before, const char *name, const char *value, const char *trouble)
{
	size_t len = strlen(name);
	bool known = false;

	FUZZ_CHECK(c->count == before + (!trouble && *value) && c->count <= API_ARGUMENTS_MAX);
	for (const char *p = c->route->arguments; *p; p += strcspn(p, " "), p += strspn(p, " "))
		known |= strcspn(p, " ") == len && strncmp(p, name, len) == 0;
	FUZZ_CHECK(known || trouble);
	if (trouble || !*value)
		return;
	FUZZ_CHECK(strlen(value) <= API_VALUE_MAX);
	for (int i = 0; i < before; i++)
		FUZZ_CHECK(strcmp(c->arguments[i].name, name) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char text[8200];
	static struct call c;
	char allowed[64], *rest = text, *method, *path, *value;

	memcpy(text, data, len < 8192 ? len : 8192);
	text[len < 8192 ? len : 8192] = 0;
	method = next(&rest);
	path = next(&rest);
	if (!path)
		return 0;
	c.count = 0;
	c.route = route_find(method, path, &c, allowed);
	FUZZ_CHECK(memchr(allowed, 0, sizeof allowed));
	if (!c.route)
		return 0;
	FUZZ_CHECK(strcmp(c.route->method, method) == 0);
	check_path(&c, path);
	for (char *name; (name = next(&rest));) {
		int before = c.count;

		value = strchr(name, '=');
		if (value)
			*value++ = 0;
		check_argument(&c, before, name, value ? value : "", route_argument(&c, name, value ? value : ""));
	}
	return 0;
}
