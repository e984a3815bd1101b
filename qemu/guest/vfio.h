/* SPDX-License-Identifier: GPL-2.0-only */
/* The one VFIO container, its group and its device. */
#ifndef PINBENCH_VFIO_H
#define PINBENCH_VFIO_H

#include "record.h"

struct vfio {
	int container;
	int group;
	int device;
	char *bar0;
	size_t bar0_len;
	uint64_t bar0_offset;	/* in the device's file */
};

/* The open container, or NULL and a failed record. */
struct vfio *vfio_of(struct record *record);

#endif
