/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PINBENCH_DMA_H
#define PINBENCH_DMA_H

#include <linux/vfio.h>

#include "plan.h"

/* What iova=, buffer=, off=, len= and prot= ask VFIO to map; not 0 and a failed record if there is no such range. */
int dma_mapping(const struct operation *operation, struct record *record,
		struct vfio_iommu_type1_dma_map *map);

#endif
