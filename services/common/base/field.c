#include "base/field.h"
#include "base/err.h"

enum { TEXT_MAX_DEFAULT = 1024 };

static const char *type_name(enum field_type type)
{
	switch (type) {
	case FIELD_TEXT:
		return "a text";
	case FIELD_INT:
		return "a whole number";
	case FIELD_REAL:
		return "a number";
	case FIELD_BOOL:
		return "true or false";
	case FIELD_OTHER:
		return "an object or a list";
	default:
		return "a single value";
	}
}

/* A whole number does where a number is asked for: JSON writers drop the ".0". */
static bool type_fits(enum field_type wanted, enum field_type got)
{
	if (wanted == FIELD_ABSENT)
		return got != FIELD_OTHER;
	return got == wanted || (wanted == FIELD_REAL && got == FIELD_INT);
}

static int check_one(const struct field_spec *spec, const struct field *field, struct err *err)
{
	size_t max = spec->max ? spec->max : TEXT_MAX_DEFAULT;

	if (spec->type == FIELD_PERSONAL)
		return 0;
	if (field->type == FIELD_ABSENT || field->type == FIELD_NULL) {
		if (!spec->required)
			return 0;
		return err_message(err, REASON_MISSING_FIELD, "The field %s is missing.", spec->path);
	}
	if (!type_fits(spec->type, field->type))
		return err_message(err, REASON_BAD_VALUE, "The field %s must be %s, not %s.", spec->path,
				   type_name(spec->type), type_name(field->type));
	if (field->type == FIELD_TEXT && field->len > max)
		return err_message(err, REASON_TOO_LARGE, "The field %s is %zu bytes long, the limit is %zu.",
				   spec->path, field->len, max);
	return 0;
}

int field_check(const struct field_spec *specs, size_t count, const struct field *fields, struct err *err)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (check_one(&specs[i], &fields[i], err))
			return -1;
	return 0;
}
