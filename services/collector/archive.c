#include "archive.h"
#include "base/field.h"
#include "json/jsonread.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OBSERVED_AT, ID, FIELDS };

static const struct field_spec specs[FIELDS] = {
	[OBSERVED_AT] = {.path = "observed_at", .required = true, .type = FIELD_INT},
	[ID] = {.path = "event.id", .required = true, .max = 200},
};

struct archive {
	FILE *file;
	struct jsonread *reader;
	char *line;
	uint64_t number;
};

int archive_open(struct archive **archive, const char *path, struct err *err)
{
	struct archive *a = calloc(1, sizeof *a);

	assert(a);
	a->line = malloc(ARCHIVE_LINE_MAX + 2);
	assert(a->line);
	a->file = strcmp(path, "-") ? fopen(path, "re") : stdin;
	if (!a->file)
		err_set(err, ERR_CONFIG, "The archive %s cannot be read: %s.", path, strerror(errno));
	if (!a->file || jsonread_open(&a->reader, ARCHIVE_LINE_MAX, err)) {
		archive_close(a);
		return -1;
	}
	*archive = a;
	return 0;
}

void archive_close(struct archive *archive)
{
	if (!archive)
		return;
	if (archive->file && archive->file != stdin)
		fclose(archive->file);
	jsonread_close(archive->reader);
	free(archive->line);
	free(archive);
}

/* The next line without its end: 1, 0 at the end, -1 when it is too long (it is skipped) or cannot
 * be read. */
static int read_line(struct archive *a, size_t *len, struct err *err)
{
	int c;

	if (!fgets(a->line, ARCHIVE_LINE_MAX + 2, a->file))
		return ferror(a->file) ? err_set(err, ERR_CONFIG, "The archive cannot be read.") : 0;
	a->number++;
	/* A NUL would end the line early here; what is left is then no JSON and is reported. */
	*len = strlen(a->line);
	if (*len && a->line[*len - 1] == '\n') {
		a->line[--*len] = '\0';
		return 1;
	}
	if (*len < ARCHIVE_LINE_MAX + 1)
		return 1;
	do
		c = getc_unlocked(a->file);
	while (c != '\n' && c != EOF);
	return err_message(err, REASON_TOO_LARGE, "longer than %d bytes", ARCHIVE_LINE_MAX);
}

/* The end of a JSON string that begins at p (valid JSON: it has one). */
static const char *string_end(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		if (*p == '\\')
			p++;
	return p;
}

/* Where the value of the member "id" of a valid object stands, so that it can be exchanged without
 * touching another byte. */
static const char *find_id(const char *object, size_t len)
{
	const char *p = object, *end = object + len, *close;
	int depth = 0;

	for (; p < end; p++) {
		if (*p == '{' || *p == '[')
			depth++;
		else if (*p == '}' || *p == ']')
			depth--;
		if (*p != '"')
			continue;
		close = string_end(p, end);
		if (depth == 1 && close - p == 3 && !memcmp(p, "\"id", 3)) {
			p = close + 1;
			p += strspn(p, " \t\r\n");
			if (*p == ':')
				return p + 1 + strspn(p + 1, " \t\r\n");
		}
		p = close;
	}
	return NULL;
}

static int locate_id(const struct field *id, struct archive_event *e, struct err *err)
{
	const char *at = find_id(e->value, e->value_len);

	if (id->type == FIELD_TEXT && at && *at == '"') {
		e->id = at + 1;
		e->id_len = (size_t)(string_end(at, e->value + e->value_len) - at - 1);
		e->number = -1;
		/* An escaped id would give another key than the one that the normalizer reads. */
		if (e->id_len == id->len && e->id_len && e->id_len <= 200)
			return 0;
	} else if (id->type == FIELD_INT && at && id->number >= 0) {
		e->id = at;
		e->id_len = strspn(at, "0123456789");
		e->number = id->number;
		return 0;
	}
	return err_message(err, REASON_BAD_VALUE, "event.id is neither a whole number nor a plain text");
}

int archive_next(struct archive *archive, struct archive_event *event, struct err *err)
{
	struct field fields[FIELDS];
	size_t len = 0;
	int rc;

	do {
		rc = read_line(archive, &len, err);
		event->line = archive->number;
		if (rc <= 0)
			return rc;
	} while (!len);
	if (jsonread_record(archive->reader, archive->line, len, specs, FIELDS, fields, err) ||
	    field_check(specs, FIELDS, fields, err))
		return -1;
	event->observed_at = fields[OBSERVED_AT].number;
	if (event->observed_at < 0 || event->observed_at > 4102444800)
		return err_message(err, REASON_BAD_TIME, "observed_at is no time before 2100");
	if (jsonread_member(archive->reader, archive->line, len, "event", &event->value, &event->value_len, err))
		return -1;
	return locate_id(&fields[ID], event, err) ? -1 : 1;
}
