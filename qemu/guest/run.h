/* SPDX-License-Identifier: GPL-2.0-only */
/* Running a plan from its first operation to its last. */
#ifndef PINBENCH_RUN_H
#define PINBENCH_RUN_H

#include "json.h"

/* Does what the plan in the file says; the plan to go on with, or NULL when this was the last. */
const char *run_plan(const char *path);

/*
 * Has the agent end as soon as the record of the present operation is out, without a closing record: something
 * happened after which nothing can be done. A record `gave-up` says why.
 */
void run_give_up(const char *why);

/* How many operations were done and how many of them failed, since the start or the last reset. */
void tally_count(bool failed);
void tally_reset(void);
void tally_put(struct json *fields);

#endif
