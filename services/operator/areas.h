/* areas: what the parts of "areas import" share. */
#ifndef OPERATOR_AREAS_H
#define OPERATOR_AREAS_H

#include "operator.h"
#include "pack/pack.h"

#define AREAS_FEATURES_MAX 5000
#define AREAS_FILE_MAX (64u << 20)

struct area_new {
	char code[33], name[100];
	char *geometry; /* GeoJSON text */
	double lat, lon;
	bool known; /* the register has it: only its outline is new */
};

struct areas {
	const char *file, *code_field, *name_field, *parent, *municipality;
	bool yes, json;
	struct pack *pack;
	struct area_new *list;
	size_t count, outside;
};

/* Reads the features of the file that lie in the municipality into list. ERR_CONFIG names the feature that is wrong. */
int areas_read(struct areas *a, struct err *err) MUST_CHECK;

/* Writes register and outlines, whole or not at all, after having read them as every service will. */
int areas_write(const struct areas *a, struct err *err) MUST_CHECK;

/* A code's tail of a text: lower case, å ä ö as a a o, all else one hyphen. */
void areas_slug(const char *text, char out[64]);

#endif
