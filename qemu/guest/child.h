/* SPDX-License-Identifier: GPL-2.0-only */
/* The child that `fork` has made. */
#ifndef PINBENCH_CHILD_H
#define PINBENCH_CHILD_H

/* Has it end and waits for that; its status, 0 where there is none. */
int child_end(void);

#endif
