// SPDX-License-Identifier: GPL-2.0-only
#include "plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operations.h"

static char reason[256];

static const char *because(const char *format, ...) __attribute__((format(printf, 1, 2)));

static const char *because(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	return reason;
}

static const struct key_spec *find_key(const struct operation_type *type, const char *name)
{
	for (const struct key_spec *spec = type->keys; spec && spec->name; spec++)
		if (!strcmp(spec->name, name))
			return spec;
	return NULL;
}

const char *word_of(const struct operation *operation, const char *key)
{
	for (unsigned int i = 0; i < operation->count; i++)
		if (!strcmp(operation->arguments[i].key, key))
			return operation->arguments[i].value;
	return NULL;
}

static const char *add_argument(struct operation *operation, const char *key, const char *value)
{
	const struct key_spec *spec = find_key(operation->type, key);

	if (!spec)
		return because("%s has no key %s", operation->type->name, key);
	if (word_of(operation, key))
		return because("%s is given twice", key);
	if (!spec->valid(spec, value))
		return because("bad value for %s: %.100s", key, value);
	operation->arguments[operation->count].key = key;
	operation->arguments[operation->count++].value = value;
	return NULL;
}

static const char *check_required(const struct operation *operation)
{
	for (const struct key_spec *spec = operation->type->keys; spec && spec->name; spec++)
		if (spec->required && !word_of(operation, spec->name))
			return because("%s needs %s=", operation->type->name, spec->name);
	return NULL;
}

static char *next_word(char **line)
{
	char *word = *line + strspn(*line, " \t");

	*line = word + strcspn(word, " \t");
	if (**line)
		*(*line)++ = '\0';
	return word;
}

/* argv= and text= take the rest of the line, blanks and all. */
static void join_rest(const struct operation_type *type, char *word, char **line)
{
	char *equals = strchr(word, '=');
	const struct key_spec *spec;

	*equals = '\0';
	spec = find_key(type, word);
	*equals = '=';
	if (!spec || !spec->rest_of_line || !**line)
		return;
	(*line)[-1] = ' ';
	*line += strlen(*line);
}

static const char *parse_line(char *line, struct operation *operation)
{
	char *word = next_word(&line);

	operation->type = find_operation(word);
	if (!operation->type)
		return because("no such operation: %.100s", word);

	while (*(word = next_word(&line))) {
		const char *wrong;
		char *equals = strchr(word, '=');

		if (!equals)
			return because("not key=value: %.100s", word);
		join_rest(operation->type, word, &line);
		*equals = '\0';
		if (!strcmp(word, "id")) {
			operation->id = equals + 1;
			continue;
		}
		wrong = add_argument(operation, word, equals + 1);
		if (wrong)
			return wrong;
	}
	return check_required(operation);
}

static struct operation *append(struct plan *plan)
{
	struct operation *grown;

	grown = reallocarray(plan->operations, plan->count + 1, sizeof(*grown));
	if (!grown)
		die("out of memory for the plan");
	plan->operations = grown;
	memset(&grown[plan->count], 0, sizeof(*grown));
	return &grown[plan->count++];
}

static bool is_over(const struct plan *plan)
{
	return plan->count && plan->operations[plan->count - 1].type &&
	       plan->operations[plan->count - 1].type->then;
}

unsigned int plan_parse(char *text, struct plan *plan,
			void (*complain)(unsigned int line, const char *reason))
{
	unsigned int wrong = 0;
	unsigned int number = 0;
	char *line;

	memset(plan, 0, sizeof(*plan));
	while ((line = strsep(&text, "\n"))) {
		const char *complaint;

		number++;
		line += strspn(line, " \t");
		if (!*line || *line == '#')
			continue;
		complaint = is_over(plan) ? because("nothing can follow the operation that ends the plan")
					  : parse_line(line, append(plan));
		if (complaint) {
			complain(number, complaint);
			wrong++;
		}
	}
	return wrong;
}

void plan_free(struct plan *plan)
{
	free(plan->operations);
}
