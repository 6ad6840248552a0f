/* operator_text: how numbers and names look in a terminal. */
#include "operator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *operator_grouped(int64_t n)
{
	static char texts[16][32];
	static unsigned next;
	char digits[24], *out = texts[next++ % 16];
	size_t len = (size_t)snprintf(digits, sizeof digits, "%lld", (long long)n), at = 0;

	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0 && digits[i - 1] != '-')
			out[at++] = ' ';
		out[at++] = digits[i];
	}
	out[at] = 0;
	return out;
}

int operator_width(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xC0) != 0x80;
	return width;
}

bool operator_is_month(const char *text)
{
	return strlen(text) == 7 && strspn(text, "0123456789") == 4 && text[4] == '-' &&
	       strspn(text + 5, "0123456789") == 2 && strtol(text + 5, NULL, 10) >= 1 &&
	       strtol(text + 5, NULL, 10) <= 12 && strtol(text, NULL, 10) >= 1970;
}

int operator_month(const char *text, int64_t *out, struct err *err)
{
	if (!operator_is_month(text))
		return err_set(err, ERR_CONFIG, "\"%.20s\" is no month: write it as 2026-03", text);
	*out = (strtol(text, NULL, 10) - 1970) * 12 + strtol(text + 5, NULL, 10) - 1;
	return 0;
}

void operator_csv(FILE *out, const char *text, char separator)
{
	const char special[] = {separator, '"', '\r', '\n', 0};

	if (!text[strcspn(text, special)]) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

void operator_cell(const char *text, int width, bool right)
{
	int shown = 0, bytes = 0;

	for (; text[bytes] && shown <= width; bytes++)
		if (((unsigned char)text[bytes] & 0xC0) != 0x80 && ++shown > width)
			break;
	if (shown > width)
		shown = width;
	printf("%*s%.*s%*s", right ? width - shown : 0, "", bytes, text, right ? 0 : width - shown, "");
}

bool operator_colours(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no && *no);
}

void operator_json_text(const char *text)
{
	putchar('"');
	for (; *text; text++)
		if ((unsigned char)*text < ' ')
			printf("\\u%04x", (unsigned char)*text);
		else
			printf(*text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
	putchar('"');
}

/* A word as a shell takes it. */
static void put_word(FILE *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.,:/=+@%";

	fputc(' ', out);
	if (*word && strspn(word, plain) == strlen(word)) {
		fputs(word, out);
		return;
	}
	fputc('\'', out);
	for (; *word; word++)
		fprintf(out, *word == '\'' ? "'\\''" : "%c", *word);
	fputc('\'', out);
}

static bool elsewhere;

void operator_elsewhere(void)
{
	elsewhere = true;
}

void operator_elsewhere_print(int argc, char **argv)
{
	static const char *const ways[] = {"with docker-compose.yml:  docker compose run --rm lagesbild",
					   "with systemd's units:     sudo lagesbild-operator"};

	for (size_t w = 0; elsewhere && w < sizeof ways / sizeof *ways; w++) {
		fprintf(stderr, "  %s", ways[w]);
		for (int i = 0; i < argc; i++)
			put_word(stderr, argv[i]);
		fputc('\n', stderr);
	}
}
