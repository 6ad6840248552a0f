#include "base/err.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const reason_names[REASON_COUNT] = {
	[REASON_NONE] = "",
	[REASON_ENCODING] = "encoding",
	[REASON_SYNTAX] = "syntax",
	[REASON_SCHEMA] = "schema",
	[REASON_MISSING_FIELD] = "missing-field",
	[REASON_BAD_VALUE] = "bad-value",
	[REASON_BAD_TIME] = "bad-time",
	[REASON_TOO_LARGE] = "too-large",
	[REASON_PERSONAL_DATA] = "personal-data",
	[REASON_UNKNOWN_SCHEMA] = "unknown-schema",
	[REASON_CONSTRAINT] = "constraint",
	[REASON_MIXED_DELIVERY] = "mixed-delivery",
	[REASON_PURGED] = "purged",
	[REASON_SOURCE_REMOVED] = "source-removed",
};

/* Formatted aside first: an argument may be err->text itself, when a caller wraps a sentence in a longer one. Room
 * for a whole character beyond the text's end lets the cut fall between characters; records and tables take UTF-8
 * only. */
static void fill(struct err *err, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

static void fill(struct err *err, const char *format, va_list args)
{
	char wide[sizeof(err->text) + 4];
	size_t len;

	if (vsnprintf(wide, sizeof(wide), format, args) < 0)
		wide[0] = '\0';
	len = utf8_prefix(wide, strlen(wide), sizeof(err->text) - 1);
	memcpy(err->text, wide, len);
	err->text[len] = '\0';
}

int err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(err, format, args);
	va_end(args);
	err->kind = kind;
	err->reason = REASON_NONE;
	return -1;
}

int err_message(struct err *err, enum err_reason reason, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(err, format, args);
	va_end(args);
	err->kind = ERR_MESSAGE;
	err->reason = reason;
	return -1;
}

const char *err_reason_name(enum err_reason reason)
{
	if ((unsigned)reason >= REASON_COUNT)
		return "";
	return reason_names[reason];
}

enum err_reason err_reason_find(const char *name, unsigned long len)
{
	int i;

	for (i = REASON_NONE + 1; i < REASON_COUNT; i++)
		if (strlen(reason_names[i]) == len && memcmp(reason_names[i], name, len) == 0)
			return (enum err_reason)i;
	return REASON_NONE;
}

int err_exit_status(enum err_kind kind)
{
	switch (kind) {
	case ERR_CONFIG:
		return 2;
	case ERR_SERVER:
		return 3;
	case ERR_DATA_LOSS:
		return 4;
	default:
		return 1;
	}
}
