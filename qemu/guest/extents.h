/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the blocks of a file lie on its device (FIEMAP). */
#ifndef PINBENCH_EXTENTS_H
#define PINBENCH_EXTENTS_H

#include <stdbool.h>
#include <stdint.h>

/* The block behind a file's first byte, in bytes from the start of the device; false where there is none. */
bool first_block(int fd, uint64_t *block);

/* Where in a file a block of the device is; false where it is not. */
bool find_block(int fd, uint64_t block, uint64_t *at);

#endif
