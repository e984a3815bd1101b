/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PINBENCH_CLOCK_H
#define PINBENCH_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t read_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* Guest time that nothing slews. */
static inline uint64_t now_ns(void)
{
	return read_clock(CLOCK_MONOTONIC_RAW);
}

/* What this thread has run, exact where getrusage() is as coarse as the tick. */
static inline uint64_t cpu_ns(void)
{
	return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

#endif
