// SPDX-License-Identifier: GPL-2.0-only
#include "operations.h"

#include <string.h>

static const struct operation_type *const tables[] = {
	module_operations, exec_operations, file_operations, machine_operations, buffer_operations,
	memory_operations, touch_operations, which_operations, child_operations, counter_operations,
	vfio_operations, dma_operations, edu_operations,
	refused_operations, punch_operations, replace_operations, mediated_operations,
	change_operations, claim_operations,
	watcher_operations, uffd_operations, kmsg_operations, reset_operations,
};

const struct operation_type *find_operation(const char *name)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct operation_type *type = tables[i]; type->name; type++)
			if (!strcmp(type->name, name))
				return type;
	return NULL;
}
