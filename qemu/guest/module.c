// SPDX-License-Identifier: GPL-2.0-only
/* Loading and removing kernel modules. */
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "operations.h"

static int do_insmod(const struct operation *operation, struct record *record)
{
	const char *params = word_of(operation, "params");
	int fd = open(word_of(operation, "file"), O_RDONLY | O_CLOEXEC);
	long err;

	if (fd < 0)
		return fail(record, "open");
	err = syscall(SYS_finit_module, fd, params ? params : "", 0);
	if (err)
		fail(record, "finit_module");
	close(fd);
	return err;
}

static int do_rmmod(const struct operation *operation, struct record *record)
{
	if (syscall(SYS_delete_module, word_of(operation, "name"), O_NONBLOCK))
		return fail(record, "delete_module");
	return 0;
}

const struct operation_type module_operations[] = {
	{ .name = "insmod", .run = do_insmod,
	  .keys = (const struct key_spec[]){ KEY("file"), KEY_OPTIONAL("params"), {} } },
	{ .name = "rmmod", .run = do_rmmod, .keys = (const struct key_spec[]){ KEY("name"), {} } },
	{}
};
