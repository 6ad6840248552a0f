#include "avro/avroplan.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What holds while a schema is laid out: the names above, to match "a.b", and the records above, to
 * refuse recursion. */
struct layout {
	struct avroplan *plan;
	struct err *err;
	avro_schema_t above[AVROREAD_DEPTH_MAX];
	unsigned depth;
};

/* Where in the fields' paths we are: outside any wanted path, at the root, below root member
 * `head`. */
struct place {
	enum { PLACE_ROOT, PLACE_MEMBER, PLACE_INNER, PLACE_OUTSIDE } where;
	const char *head, *tail;
};

static int lay_value(struct layout *l, avro_schema_t schema, struct place place);

static int no_memory(struct err *err)
{
	return err_set(err, ERR_RETRY, "out of memory reading Avro");
}

static int grow(void **array, uint32_t *cap, uint32_t used, size_t size, struct err *err)
{
	void *more;

	if (used < *cap)
		return 0;
	more = realloc(*array, (*cap ? *cap * 2 : 16) * size);
	if (!more)
		return no_memory(err);
	*array = more;
	*cap = *cap ? *cap * 2 : 16;
	return 0;
}

static bool path_is(const char *path, struct place place)
{
	size_t head = strlen(place.head);

	if (place.where == PLACE_MEMBER)
		return !strcmp(path, place.head);
	return !strncmp(path, place.head, head) && path[head] == '.' && !strcmp(path + head + 1, place.tail);
}

/* The first spec that names this place; later ones of the same path are copied after the walk. */
static int16_t find_dest(const struct avroplan *plan, struct place place)
{
	size_t i;

	if (place.where != PLACE_MEMBER && place.where != PLACE_INNER)
		return -1;
	for (i = 0; i < plan->count; i++)
		if (path_is(plan->specs[i].path, place))
			return (int16_t)i;
	return -1;
}

/* Does some spec name this field, or one within it? */
static bool is_named(const struct avroplan *plan, struct place place)
{
	size_t i, head;

	if (find_dest(plan, place) >= 0)
		return true;
	if (place.where != PLACE_MEMBER)
		return false;
	head = strlen(place.head);
	for (i = 0; i < plan->count; i++)
		if (!strncmp(plan->specs[i].path, place.head, head) && plan->specs[i].path[head] == '.')
			return true;
	return false;
}

/* Add a step; *index is where it stands (the array moves when it grows). */
static int add_step(struct layout *l, enum avroplan_op op, struct place place, uint32_t *index)
{
	struct avroplan *plan = l->plan;
	struct avroplan_step *step;

	if (plan->step_count == AVROPLAN_STEPS_MAX)
		return err_set(l->err, ERR_CONFIG, "the schema has more than %d values when laid out",
			       AVROPLAN_STEPS_MAX);
	if (grow((void **)&plan->steps, &plan->step_cap, plan->step_count, sizeof *plan->steps, l->err))
		return -1;
	step = &plan->steps[plan->step_count];
	memset(step, 0, sizeof *step);
	step->op = (uint8_t)op;
	step->dest = find_dest(plan, place);
	step->name = place.tail ? place.tail : place.head ? place.head : "value";
	*index = plan->step_count++;
	return 0;
}

static struct place below(struct place place, const char *name)
{
	if (place.where == PLACE_ROOT)
		return (struct place){PLACE_MEMBER, name, NULL};
	if (place.where == PLACE_MEMBER)
		return (struct place){PLACE_INNER, place.head, name};
	return (struct place){PLACE_OUTSIDE, name, NULL};
}

static int enter(struct layout *l, avro_schema_t schema)
{
	unsigned i;

	for (i = 0; i < l->depth; i++)
		if (l->above[i] == schema)
			return err_set(l->err, ERR_CONFIG, "the schema is recursive");
	if (l->depth == AVROREAD_DEPTH_MAX)
		return err_set(l->err, ERR_CONFIG, "the schema is nested deeper than %d levels", AVROREAD_DEPTH_MAX);
	l->above[l->depth++] = schema;
	return 0;
}

static int lay_record(struct layout *l, avro_schema_t schema, struct place place)
{
	size_t i, count = avro_schema_record_size(schema);
	uint32_t index;

	if (enter(l, schema))
		return -1;
	/* The record itself is a step of no bytes: it says "present", and counts against
	 * AVROPLAN_STEPS_MAX even when empty. */
	if (add_step(l, AVROPLAN_OTHER, place, &index))
		return -1;
	for (i = 0; i < count; i++) {
		avro_schema_t field = avro_schema_record_field_get_by_index(schema, (int)i);

		struct place at = below(place, avro_schema_record_field_name(schema, (int)i));

		/* An error's sentence says the name, and a registry's schema may have any. */
		if (!is_named(l->plan, at)) {
			at = (struct place){PLACE_OUTSIDE, "(not read)", NULL};
			l->plan->unnamed = true;
		}
		if (lay_value(l, field, at))
			return -1;
	}
	l->depth--;
	return 0;
}

static int lay_items(struct layout *l, avro_schema_t schema, enum avroplan_op op, avro_schema_t items,
		     struct place place)
{
	uint32_t index;

	if (enter(l, schema) || add_step(l, op, place, &index))
		return -1;
	if (lay_value(l, items, (struct place){PLACE_OUTSIDE, l->plan->steps[index].name, NULL}))
		return -1;
	l->plan->steps[index].a = l->plan->step_count - index - 1;
	l->plan->steps[index].skip = l->plan->step_count - index - 1;
	l->depth--;
	return 0;
}

static int lay_enum(struct layout *l, avro_schema_t schema, struct place place)
{
	struct avroplan *plan = l->plan;
	int i, count = avro_schema_enum_number_of_symbols(schema);
	uint32_t index, first = plan->symbol_count;

	if (add_step(l, AVROPLAN_ENUM, place, &index))
		return -1;
	if (count < 0 || (uint32_t)count > AVROPLAN_SYMBOLS_MAX - first)
		return err_set(l->err, ERR_CONFIG, "the schema has more than %d enum symbols when laid out",
			       AVROPLAN_SYMBOLS_MAX);
	for (i = 0; i < count; i++) {
		const char *text = avro_schema_enum_get(schema, i);

		if (grow((void **)&plan->symbols, &plan->symbol_cap, plan->symbol_count, sizeof *plan->symbols, l->err))
			return -1;
		plan->symbols[plan->symbol_count++] = (struct avroplan_symbol){text, strlen(text)};
	}
	plan->steps[index].a = first;
	plan->steps[index].b = (uint32_t)count;
	return 0;
}

static bool is_scalar(avro_schema_t schema)
{
	enum avro_type_t type = avro_typeof(schema);

	return type != AVRO_RECORD && type != AVRO_UNION && type != AVRO_ARRAY && type != AVRO_MAP &&
	       type != AVRO_LINK && type != AVRO_NULL;
}

/* ["null", scalar] or [scalar, "null"], which nearly every union is: one step, no jump. 1 when
 * done, 0 when it is another. */
static int lay_nullable(struct layout *l, avro_schema_t schema, struct place place)
{
	avro_schema_t first = avro_schema_union_branch(schema, 0), second = avro_schema_union_branch(schema, 1);
	bool null_first = avro_typeof(first) == AVRO_NULL;
	uint32_t index = l->plan->step_count;

	if (!(null_first && is_scalar(second)) && !(avro_typeof(second) == AVRO_NULL && is_scalar(first)))
		return 0;
	if (lay_value(l, null_first ? second : first, place))
		return -1;
	l->plan->steps[index].nullable = 1;
	l->plan->steps[index].null_byte = null_first ? 0 : 2;
	l->plan->steps[index].value_byte = null_first ? 2 : 0;
	return 1;
}

static int lay_union(struct layout *l, avro_schema_t schema, struct place place)
{
	struct avroplan *plan = l->plan;
	size_t i, count = avro_schema_union_size(schema);
	uint32_t index, first = plan->branch_count;
	int done = count == 2 ? lay_nullable(l, schema, place) : 0;

	if (done)
		return done < 0 ? -1 : 0;
	if (count == 0 || count > AVROPLAN_UNION_MAX)
		return err_set(l->err, ERR_CONFIG, "the schema has a union of %zu branches", count);
	if (add_step(l, AVROPLAN_UNION, place, &index))
		return -1;
	for (i = 0; i < count; i++) {
		if (grow((void **)&plan->branches, &plan->branch_cap, plan->branch_count, sizeof *plan->branches,
			 l->err))
			return -1;
		plan->branches[plan->branch_count++] = (struct avroplan_branch){0, 0};
	}
	for (i = 0; i < count; i++) {
		uint32_t from = plan->step_count;

		if (lay_value(l, avro_schema_union_branch(schema, (int)i), place))
			return -1;
		plan->branches[first + i] = (struct avroplan_branch){from, plan->step_count - from};
	}
	plan->steps[index].a = first;
	plan->steps[index].b = (uint32_t)count;
	plan->steps[index].skip = plan->step_count - index - 1;
	plan->steps[index].dest = -1; /* the branch that is there fills it */
	return 0;
}

static int lay_fixed(struct layout *l, avro_schema_t schema, struct place place)
{
	int64_t size = avro_schema_fixed_size(schema);
	uint32_t index;

	if (size < 0 || size > AVROPLAN_FIXED_MAX)
		return err_set(l->err, ERR_CONFIG, "the schema has a fixed of an impossible size");
	if (add_step(l, AVROPLAN_FIXED, place, &index))
		return -1;
	l->plan->steps[index].a = (uint32_t)size;
	return 0;
}

static int lay_value(struct layout *l, avro_schema_t schema, struct place place)
{
	static const enum avroplan_op scalar[] = {
		[AVRO_STRING] = AVROPLAN_STRING,   [AVRO_BYTES] = AVROPLAN_BYTES, [AVRO_INT32] = AVROPLAN_INT,
		[AVRO_INT64] = AVROPLAN_LONG,	   [AVRO_FLOAT] = AVROPLAN_FLOAT, [AVRO_DOUBLE] = AVROPLAN_DOUBLE,
		[AVRO_BOOLEAN] = AVROPLAN_BOOLEAN, [AVRO_NULL] = AVROPLAN_NULL,
	};
	uint32_t index;

	switch (avro_typeof(schema)) {
	case AVRO_LINK:
		return lay_value(l, avro_schema_link_target(schema), place);
	case AVRO_RECORD:
		return lay_record(l, schema, place);
	case AVRO_ENUM:
		return lay_enum(l, schema, place);
	case AVRO_FIXED:
		return lay_fixed(l, schema, place);
	case AVRO_ARRAY:
		return lay_items(l, schema, AVROPLAN_ARRAY, avro_schema_array_items(schema), place);
	case AVRO_MAP:
		return lay_items(l, schema, AVROPLAN_MAP, avro_schema_map_values(schema), place);
	case AVRO_UNION:
		return lay_union(l, schema, place);
	default:
		return add_step(l, scalar[avro_typeof(schema)], place, &index);
	}
}

void avroplan_close(struct avroplan *plan)
{
	if (!plan)
		return;
	free(plan->steps);
	free(plan->symbols);
	free(plan->branches);
	free(plan);
}

int avroplan_open(struct avroplan **out, avro_schema_t schema, const struct field_spec *specs, size_t count,
		  struct err *err)
{
	struct avroplan *plan = calloc(1, sizeof *plan);
	struct layout layout = {.plan = plan, .err = err};
	size_t i, j;

	if (!plan)
		return no_memory(err);
	plan->specs = specs;
	plan->count = count;
	if (lay_value(&layout, schema, (struct place){PLACE_ROOT, NULL, NULL})) {
		avroplan_close(plan);
		return -1;
	}
	for (i = 0; i < count; i++) {
		plan->same[i] = -1;
		for (j = 0; j < i && plan->same[i] < 0; j++)
			if (!strcmp(specs[i].path, specs[j].path))
				plan->same[i] = (int16_t)j;
	}
	*out = plan;
	return 0;
}
