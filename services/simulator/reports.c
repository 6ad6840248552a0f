#include "reports.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static FILE *open_one(const char *base, const char *what, const char *head, struct err *err)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s.%s.csv", base, what);
	file = fopen(path, "we");
	if (file)
		fprintf(file, "%s\n", head);
	else
		err_set(err, ERR_CONFIG, "%s cannot be written: %s.", path, strerror(errno));
	return file;
}

int reports_open(struct reports *r, const char *base, struct err *err)
{
	*r = (struct reports){.base = base};
	if (!base)
		return 0;
	r->personal = open_one(base, "personal", "source,key,text", err);
	r->broken = r->personal ? open_one(base, "broken", "source,key,kind,reason", err) : NULL;
	if (r->broken)
		return 0;
	reports_close(r);
	return -1;
}

void reports_personal(struct reports *r, int source, const char *key, const struct personal *p)
{
	for (int i = 0; r->personal && i < PERSONAL_PIECES; i++)
		fprintf(r->personal, "%s,%s,%s\n", sources[source]->name, key, p->pieces[i]);
}

void reports_broken(struct reports *r, int source, const char *key, const char *kind, const char *reason)
{
	r->rejects[source]++;
	if (r->broken)
		fprintf(r->broken, "%s,%s,%s,%s\n", sources[source]->name, key, kind, reason);
}

static int finish_one(FILE **file, struct err *err)
{
	FILE *f = *file;

	*file = NULL;
	if (f && (ferror(f) | fclose(f)))
		return err_set(err, ERR_CONFIG, "A file beside the truth cannot be written: %s.", strerror(errno));
	return 0;
}

int reports_finish(struct reports *r, struct err *err)
{
	FILE *file;

	if (!r->base)
		return 0;
	file = open_one(r->base, "messages", "source,messages,withdrawals,rejects", err);
	if (!file)
		return -1;
	for (int i = 0; i < SOURCES; i++)
		fprintf(file, "%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n", sources[i]->name, r->messages[i],
			r->withdrawals[i], r->rejects[i]);
	return finish_one(&file, err) || finish_one(&r->personal, err) || finish_one(&r->broken, err) ? -1 : 0;
}

void reports_close(struct reports *r)
{
	if (r->personal)
		fclose(r->personal);
	if (r->broken)
		fclose(r->broken);
	r->personal = r->broken = NULL;
}
