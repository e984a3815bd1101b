/* SPDX-License-Identifier: GPL-2.0-only */
/* The bytes that stand for a seed (Marsaglia's xorshift64). */
#ifndef PINBENCH_PATTERN_H
#define PINBENCH_PATTERN_H

#include <stdint.h>

#include "plan.h"

static inline uint8_t next_byte(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 24;
}

/* xorshift stays at zero, so that seed 0 must not start there; the odd factor keeps seeds apart. */
static inline uint64_t state_of_seed(uint64_t seed)
{
	return (2 * seed + 1) * 0x9e3779b97f4a7c15ull;
}

static inline uint64_t first_state(const struct operation *operation, const char *key)
{
	return state_of_seed(size_of(operation, key, 0));
}

#endif
