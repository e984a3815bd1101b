/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading a plan: text to checked operations, see PLAN.md. Nothing here does anything. */
#ifndef PINBENCH_PLAN_H
#define PINBENCH_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record.h"

#define MAX_ARGUMENTS 12

struct key_spec {
	const char *name;
	bool (*valid)(const struct key_spec *spec, const char *value);
	bool required;
	bool rest_of_line;
	const char *choices;
};

#define KEY(n) { .name = n, .valid = is_word, .required = true }
#define KEY_OPTIONAL(n) { .name = n, .valid = is_word }
#define KEY_SIZE(n) { .name = n, .valid = is_size, .required = true }
#define KEY_SIZE_OPTIONAL(n) { .name = n, .valid = is_size }
#define KEY_CHOICE(n, c) { .name = n, .valid = is_choice, .choices = c }
#define KEY_REST(n) { .name = n, .valid = is_word, .required = true, .rest_of_line = true }

bool is_word(const struct key_spec *spec, const char *value);
bool is_size(const struct key_spec *spec, const char *value);
bool is_choice(const struct key_spec *spec, const char *value);

struct operation;

struct operation_type {
	const char *name;
	const struct key_spec *keys;	/* ends with an empty one; NULL for none */
	int (*run)(const struct operation *operation, struct record *record);
	/* Only for what ends its plan, run after its record is out: the plan to go on with, or NULL. */
	const char *(*then)(const struct operation *operation);
};

struct operation {
	const struct operation_type *type;
	const char *id;
	struct {
		const char *key;
		const char *value;
	} arguments[MAX_ARGUMENTS];
	unsigned int count;
};

struct plan {
	struct operation *operations;
	size_t count;
};

/*
 * Reads a plan, whose text is cut up and kept in use. Every wrong line goes to complain();
 * returns how many there were.
 */
unsigned int plan_parse(char *text, struct plan *plan,
			void (*complain)(unsigned int line, const char *reason));
void plan_free(struct plan *plan);

/* Decimal or 0x, with an optional K, M or G. */
bool parse_size(const char *text, size_t len, uint64_t *size);

/* The value of a key, NULL or the default where it was not given. */
const char *word_of(const struct operation *operation, const char *key);
uint64_t size_of(const struct operation *operation, const char *key, uint64_t fallback);
bool chose(const struct operation *operation, const char *key, const char *choice);

#endif
