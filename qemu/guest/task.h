/* SPDX-License-Identifier: GPL-2.0-only */
/* Where another thread of the agent is. */
#ifndef PINBENCH_TASK_H
#define PINBENCH_TASK_H

#include <stdbool.h>
#include <sys/types.h>

#include "json.h"

/* Whether it sleeps: S or D in /proc. */
bool task_sleeps(pid_t task);

/* Whether it is in a function of the kernel whose name has that part, as far as the kernel tells. */
bool task_is_in(pid_t task, const char *part);

/* Its state, and the functions of the kernel that it is in, as far as the kernel tells. */
void put_task(pid_t task, struct json *fields);

#endif
