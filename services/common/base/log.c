#include "base/log.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The tail, a closing quote, brace and newline, always fits, so a line that was cut is still JSON. */
enum { LINE_MAX_BYTES = 2048, TAIL_BYTES = 3 };

struct line {
	char bytes[LINE_MAX_BYTES];
	size_t len;
	bool json, full;
};

static const char *program_name = "lagesbild";
static bool json_lines;

void log_init(const char *program)
{
	const char *format = getenv("LOG_FORMAT");

	program_name = program;
	json_lines = format && strcmp(format, "json") == 0;
}

static void put(struct line *line, const char *bytes, size_t len)
{
	if (line->full || line->len + len > LINE_MAX_BYTES - TAIL_BYTES) {
		line->full = true;
		return;
	}
	memcpy(line->bytes + line->len, bytes, len);
	line->len += len;
}

static size_t character_len(const char *text, size_t left)
{
	size_t len;

	for (len = 2; len <= 4 && len <= left; len++)
		if (utf8_valid(text, len))
			return len;
	return 0;
}

/* One character of a quoted value; what is not UTF-8 becomes "?", so that a log collector never chokes on a line. */
static size_t put_character(struct line *line, const char *text, size_t left)
{
	unsigned char c = (unsigned char)*text;
	char code[8];
	size_t len;

	if (c == '"' || c == '\\') {
		code[0] = '\\';
		code[1] = (char)c;
		put(line, code, 2);
		return 1;
	}
	if (c == '\n') {
		put(line, "\\n", 2);
		return 1;
	}
	if (c < 0x20 || c == 0x7f) {
		snprintf(code, sizeof(code), "\\u%04x", c);
		put(line, code, 6);
		return 1;
	}
	if (c < 0x80) {
		put(line, text, 1);
		return 1;
	}
	len = character_len(text, left);
	put(line, len ? text : "?", len ? len : 1);
	return len ? len : 1;
}

static bool plain(const char *value)
{
	const unsigned char *p = (const unsigned char *)value;

	if (!*p)
		return false;
	for (; *p; p++)
		if (*p <= ' ' || *p >= 0x7f || *p == '"' || *p == '\\' || *p == '=')
			return false;
	return true;
}

static void put_pair(struct line *line, const char *key, const char *value)
{
	bool quoted = line->json || !plain(value);
	const char *end = value + strlen(value);
	char head[80];
	int len;

	if (line->full)
		return;
	if (line->json)
		len = snprintf(head, sizeof(head), "%s\"%.60s\":\"", line->len ? "," : "{", key);
	else
		len = snprintf(head, sizeof(head), "%s%.60s=%s", line->len ? " " : "", key, quoted ? "\"" : "");
	put(line, head, (size_t)len);
	if (line->full)
		return;
	while (value < end && !line->full)
		value += put_character(line, value, (size_t)(end - value));
	if (quoted)
		line->bytes[line->len++] = '"';
}

static void begin(struct line *line, enum log_level level, const char *event)
{
	static const char *const levels[] = {"note", "warning", "failure"};
	char stamp[40], text[32];
	struct timespec now;
	struct tm utc;

	line->len = 0;
	line->json = json_lines;
	line->full = false;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(stamp, sizeof(stamp), "%s.%03dZ", text, (int)(now.tv_nsec / 1000000));
	put_pair(line, "time", stamp);
	put_pair(line, "level", levels[level]);
	put_pair(line, "program", program_name);
	put_pair(line, "event", event);
}

static void finish(struct line *line)
{
	int saved = errno;

	if (line->json)
		line->bytes[line->len++] = '}';
	line->bytes[line->len++] = '\n';
	while (write(STDERR_FILENO, line->bytes, line->len) < 0 && errno == EINTR)
		;
	errno = saved;
}

void log_event(enum log_level level, const char *event, ...)
{
	struct line line;
	const char *key, *value;
	va_list args;

	begin(&line, level, event);
	va_start(args, event);
	while ((key = va_arg(args, const char *)) != NULL) {
		value = va_arg(args, const char *);
		put_pair(&line, key, value ? value : "");
	}
	va_end(args);
	finish(&line);
}

void log_text(enum log_level level, const char *event, const char *format, ...)
{
	struct line line;
	char text[LINE_MAX_BYTES];
	va_list args;

	va_start(args, format);
	if (vsnprintf(text, sizeof(text), format, args) < 0)
		text[0] = '\0';
	va_end(args);
	begin(&line, level, event);
	put_pair(&line, "text", text);
	finish(&line);
}
