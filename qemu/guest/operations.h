/* SPDX-License-Identifier: GPL-2.0-only */
/* Every operation there is, by the file that does it. Each table ends with an empty entry. */
#ifndef PINBENCH_OPERATIONS_H
#define PINBENCH_OPERATIONS_H

#include "plan.h"

extern const struct operation_type module_operations[];
extern const struct operation_type exec_operations[];
extern const struct operation_type file_operations[];
extern const struct operation_type machine_operations[];
extern const struct operation_type buffer_operations[];
extern const struct operation_type memory_operations[];
extern const struct operation_type touch_operations[];
extern const struct operation_type which_operations[];
extern const struct operation_type child_operations[];
extern const struct operation_type counter_operations[];
extern const struct operation_type vfio_operations[];
extern const struct operation_type dma_operations[];
extern const struct operation_type edu_operations[];
extern const struct operation_type change_operations[];
extern const struct operation_type claim_operations[];
extern const struct operation_type refused_operations[];
extern const struct operation_type punch_operations[];
extern const struct operation_type replace_operations[];
extern const struct operation_type mediated_operations[];
extern const struct operation_type watcher_operations[];
extern const struct operation_type uffd_operations[];
extern const struct operation_type kmsg_operations[];
extern const struct operation_type reset_operations[];

const struct operation_type *find_operation(const char *name);

#endif
