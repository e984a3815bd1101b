/* SPDX-License-Identifier: GPL-2.0-only */
/* A VFIO container, its one group and its device. */
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

#define VFIO_NONE { .container = -1, .group = -1, .device = -1 }

/* Opens a type1 v2 container with that IOMMU group in it, and a device of the group by its name. */
int container_open(struct vfio *vfio, unsigned int group, struct record *record);
int container_device(struct vfio *vfio, const char *name, struct record *record);

/* Closes all that is open of it. */
void container_close(struct vfio *vfio);

/* What vfio-open has opened, or NULL and a failed record. */
struct vfio *vfio_of(struct record *record);

/* How many more mappings the open container takes; false where it, or the kernel, does not tell. */
bool vfio_entries_left(uint64_t *count);

#endif
