#include "replay.h"

#include "base/utf8.h"

static void put_string(FILE *out, const char *text, size_t len)
{
	fputc('"', out);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20)
			fprintf(out, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static void put_bytes(FILE *out, const char *name, size_t name_len, const void *value, size_t len)
{
	const unsigned char *bytes = value;
	bool text = !value || utf8_valid(value, len);

	fprintf(out, "\"%.*s%s\": ", (int)name_len, name, text ? "" : "_hex");
	if (!value)
		fputs("null", out);
	else if (text)
		put_string(out, value, len);
	else {
		fputc('"', out);
		for (size_t i = 0; i < len; i++)
			fprintf(out, "%02x", bytes[i]);
		fputc('"', out);
	}
}

int replay_write(FILE *out, const struct deadletter *letters, size_t count, struct err *err)
{
	for (const struct deadletter *m = letters; m < letters + count; m++) {
		fprintf(out,
			"{\"topic\": \"%.*s\", \"partition\": %d, \"offset\": %lld, \"append_time\": %lld, "
			"\"headers\": {",
			(int)m->topic.len, m->topic.text, m->partition, (long long)m->offset,
			(long long)m->append_time);
		for (size_t h = 0; h < m->header_count; h++) {
			fputs(h ? ", " : "", out);
			put_bytes(out, m->headers[h].name.text, m->headers[h].name.len, m->headers[h].value,
				  m->headers[h].value_len);
		}
		fputs("}, ", out);
		put_bytes(out, "key", 3, m->key, m->key_len);
		fputs(", ", out);
		put_bytes(out, "value", 5, m->value, m->value_len);
		fputs("}\n", out);
	}
	return ferror(out) ? err_set(err, ERR_CONFIG, "the file cannot be written") : 0;
}
