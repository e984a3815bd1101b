/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading and writing memory that may not be there: behind the end of its file, in a hole, kept away. */
#ifndef PINBENCH_ACCESS_H
#define PINBENCH_ACCESS_H

#include <stdbool.h>

#include "record.h"

/* Runs work(), which only touches memory. Where that raises SIGBUS or SIGSEGV the record fails, at the signal's name. */
int try_access(void (*work)(void *argument), void *argument, struct record *record);

/* For the handler of these signals: does not return where the thread is in try_access(). */
void leave_access(int signal);

#endif
