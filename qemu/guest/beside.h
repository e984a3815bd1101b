/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls that may never come back, made by a second thread while the first one waits no longer than it was told. */
#ifndef PINBENCH_BESIDE_H
#define PINBENCH_BESIDE_H

#include <stdint.h>

#include "record.h"

struct call {
	int (*make)(void *argument);	/* 0, or an errno */
	void *argument;
	const char *name;
};

/*
 * Makes the call, which fails the record with its errno. If it does not come back in time the record has `hung` true,
 * and the agent gives up for that reason when it is out.
 */
int call_beside(struct call *call, uint64_t limit_ms, const char *why, struct record *record);

#endif
