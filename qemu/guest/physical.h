/* SPDX-License-Identifier: GPL-2.0-only */
/* The page frames behind addresses, and what the kernel uses them for. */
#ifndef PINBENCH_PHYSICAL_H
#define PINBENCH_PHYSICAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the page that is mapped at address lies; false where none is, or the kernel does not tell. */
bool physical_of(const char *address, uint64_t *physical);

/* Whether it lies in what the kernel calls persistent memory; false when that could not be found out. */
bool is_persistent(uint64_t physical, bool *persistent);

/* A list of page frames. */
struct frames {
	uint64_t *frames;
	size_t count;
	bool unknown;	/* something was not told */
};

/* Adds those behind a range. */
void frames_add(struct frames *frames, const char *address, size_t len);

/* How many of them are still anonymous or shared memory of somebody; false when that could not be found out. */
bool frames_in_use(const struct frames *frames, uint64_t *count);

void frames_free(struct frames *frames);

#endif
