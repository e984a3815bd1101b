/* SPDX-License-Identifier: GPL-2.0-only */
/* The blocks that a file system keeps for itself when it is full. */
#ifndef PINBENCH_RESERVE_H
#define PINBENCH_RESERVE_H

#include <stdint.h>

/* Sets how many there are, in the file system of an open file, and tells how many there were; -1 with errno. */
int reserve_set(int fd, uint64_t blocks, uint64_t *before);

#endif
