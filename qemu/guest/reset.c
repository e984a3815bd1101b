// SPDX-License-Identifier: GPL-2.0-only
/* Back to where a plan begins, whatever was done before. */
#include "reset.h"

#include "child.h"
#include "operations.h"

static int do_reset(const struct operation *operation, struct record *record)
{
	int err;

	child_end();
	change_end();
	uffd_end();
	mediated_end();
	err = vfio_end(chose(operation, "driver", "keep"), record);
	release_all_buffers(chose(operation, "file", "keep"));
	return err;
}

const struct operation_type reset_operations[] = {
	{ .name = "reset", .run = do_reset,
	  .keys = (const struct key_spec[]){ KEY_CHOICE("file", "unlink|keep"),
					     KEY_CHOICE("driver", "unbind|keep"), {} } },
	{}
};
