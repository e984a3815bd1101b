/* SPDX-License-Identifier: GPL-2.0-only */
/* Running a program and keeping the end of what it said. */
#ifndef PINBENCH_EXEC_H
#define PINBENCH_EXEC_H

#include "record.h"

/*
 * Runs the program argv[0] to its end. Adds status (as a shell has it: 128 and the signal for one
 * that was killed) and output to the record, which fails unless the status is 0.
 */
int run_program(char *const argv[], struct record *record);

#endif
