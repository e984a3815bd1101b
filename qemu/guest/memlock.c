// SPDX-License-Identifier: GPL-2.0-only
#include "memlock.h"

#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct rlimit usual;

/* In effect only: what is permitted stays, so that it can be taken back. */
static int set_ipc_lock(bool effective)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	const uint32_t bit = CAP_TO_MASK(CAP_IPC_LOCK);

	if (syscall(SYS_capget, &header, data))
		return -1;
	if (effective)
		data[0].effective |= data[0].permitted & bit;
	else
		data[0].effective &= ~bit;
	return syscall(SYS_capset, &header, data);
}

int memlock_begin(const struct operation *operation, struct record *record)
{
	struct rlimit limit;

	if (!word_of(operation, "memlock"))
		return 0;
	if (getrlimit(RLIMIT_MEMLOCK, &usual))
		return fail(record, "getrlimit");
	/* The hard limit stays where it can: up to v5.15 it is 64 KiB, and too low for most. */
	limit.rlim_cur = size_of(operation, "memlock", 0);
	limit.rlim_max = limit.rlim_cur < usual.rlim_max ? usual.rlim_max : limit.rlim_cur;
	if (setrlimit(RLIMIT_MEMLOCK, &limit))
		return fail(record, "setrlimit");
	if (set_ipc_lock(false)) {
		fail(record, "capset");
		setrlimit(RLIMIT_MEMLOCK, &usual);
		return -1;
	}
	return 0;
}

void memlock_end(const struct operation *operation)
{
	if (!word_of(operation, "memlock"))
		return;
	if (set_ipc_lock(true) || setrlimit(RLIMIT_MEMLOCK, &usual))
		die("to take the limit of locked memory back");
}
