/* SPDX-License-Identifier: GPL-2.0-only */
/* The bytes of buffers. */
#ifndef PINBENCH_MEMORY_H
#define PINBENCH_MEMORY_H

#include <stddef.h>

#include "plan.h"

/* As range_of(), for bytes that may be read and written at will: a device's registers act on both. */
char *memory_of(const struct operation *operation, struct record *record, uint64_t fallback_len,
		size_t *len);

/* A read, a zero, or what is there: written back, and so read before. */
enum touch { TOUCH_READ, TOUCH_ZERO, TOUCH_WRITE };

/* Has the pages of a range faulted in, by a byte of each. */
int touch_memory(char *address, size_t len, enum touch how, struct record *record);

int fill_memory(const struct operation *operation, struct record *record);
int which_memory(const struct operation *operation, struct record *record);

#define RANGE_KEYS KEY("buffer"), KEY_SIZE("off"), KEY_SIZE("len")

/* Patterns to choose from, by their seeds, and `zero`. */
#define KEY_SEEDS { .name = "seeds", .valid = are_seeds, .required = true }

bool are_seeds(const struct key_spec *spec, const char *value);

#endif
