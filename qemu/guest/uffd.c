// SPDX-License-Identifier: GPL-2.0-only
/*
 * userfaultfd: memory whose missing pages nobody brings. With UFFD_FEATURE_SIGBUS (2d6d6f5a09a9, v4.14) a fault on
 * them fails at once, and a GUP with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "buffer.h"
#include "operations.h"
#include "reset.h"

static int missing = -1;

void uffd_end(void)
{
	if (missing >= 0)
		close(missing);
	missing = -1;
}

static int do_register(const struct operation *operation, struct record *record)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_SIGBUS };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	size_t len;
	char *at = range_of(operation, record, 0, &len);

	if (!at)
		return -1;
	if (missing < 0)
		missing = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (missing < 0)
		return fail(record, "userfaultfd");
	range.range.start = (uintptr_t)at;
	range.range.len = len;
	if (ioctl(missing, UFFDIO_API, &api))
		fail(record, "UFFDIO_API");
	else if (ioctl(missing, UFFDIO_REGISTER, &range))
		fail(record, "UFFDIO_REGISTER");
	else
		return 0;
	uffd_end();
	return -1;
}

/* Its memory is ordinary again. */
static int do_unregister(const struct operation *operation, struct record *record)
{
	(void)operation;
	if (missing < 0)
		return fail_with(record, "userfaultfd", EBADF);
	uffd_end();
	return 0;
}

/* A range of a buffer that nothing is mapped at any more. */
static int do_hole(const struct operation *operation, struct record *record)
{
	size_t len;
	char *at = range_of(operation, record, 0, &len);

	if (!at)
		return -1;
	buffer_of(operation, record)->holed = true;
	return munmap(at, len) ? fail(record, "munmap") : 0;
}

const struct operation_type uffd_operations[] = {
	{ .name = "uffd-register", .run = do_register,
	  .keys = (const struct key_spec[]){ KEY("buffer"), KEY_SIZE_OPTIONAL("off"),
					     KEY_SIZE_OPTIONAL("len"), {} } },
	{ .name = "uffd-close", .run = do_unregister },
	{ .name = "hole", .run = do_hole,
	  .keys = (const struct key_spec[]){ KEY("buffer"), KEY_SIZE_OPTIONAL("off"),
					     KEY_SIZE_OPTIONAL("len"), {} } },
	{}
};
