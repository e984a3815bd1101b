// SPDX-License-Identifier: GPL-2.0-only
#include "access.h"

#include <setjmp.h>
#include <signal.h>
#include <stddef.h>

/* Of the thread: one that waits in a change must not end up in the access of another. */
static _Thread_local sigjmp_buf before_access;
static _Thread_local volatile sig_atomic_t in_access;

int try_access(void (*work)(void *argument), void *argument, struct record *record)
{
	int signal = sigsetjmp(before_access, 1);

	if (!signal) {
		in_access = 1;
		work(argument);
	}
	in_access = 0;
	return signal ? fail_with(record, signal == SIGBUS ? "SIGBUS" : "SIGSEGV", 0) : 0;
}

void leave_access(int signal)
{
	if (in_access)
		siglongjmp(before_access, signal);
}
