/* SPDX-License-Identifier: GPL-2.0-only */
/* What operations leave open, each to be ended by the file that holds it. Nothing happens where there is nothing. */
#ifndef PINBENCH_RESET_H
#define PINBENCH_RESET_H

#include <stdbool.h>

#include "record.h"

/* Has a change that waits end by a signal. One that does not is left to itself. */
void change_end(void);

/* Closes the device, with all buffers that are its own memory; with its driver left or not. */
int vfio_end(bool keep_driver, struct record *record);

void mediated_end(void);
void uffd_end(void);
void release_all_buffers(bool keep_files);

#endif
