/* SPDX-License-Identifier: GPL-2.0-only */
/* The stop in which the host may save the machine, and what it hands over after it. */
#ifndef PINBENCH_PAYLOAD_H
#define PINBENCH_PAYLOAD_H

#include "record.h"

/* All that can fail is done before the machine is declared ready. */
int payload_prepare(const char *device, struct record *record);

/* Stops the machine through pvpanic; returns when the host lets it go on. */
void payload_stop_machine(void);

/* Waits for the tar archive, unpacks it under /payload; its plan, or NULL if that did not work. */
const char *payload_take(const char *device);

#endif
