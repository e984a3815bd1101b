/* SPDX-License-Identifier: GPL-2.0-only */
/* RLIMIT_MEMLOCK, which VFIO holds against whoever lacks CAP_IPC_LOCK. */
#ifndef PINBENCH_MEMLOCK_H
#define PINBENCH_MEMLOCK_H

#include "plan.h"

/* memlock=: what follows is done under that limit, without the capability. Nothing where the key is not given. */
int memlock_begin(const struct operation *operation, struct record *record);
void memlock_end(const struct operation *operation);

#endif
