// SPDX-License-Identifier: GPL-2.0-only
/* How many more mappings VFIO grants: a capability in the chain behind the container's info. */
#include <linux/vfio.h>
#include <sys/ioctl.h>

#include "vfio.h"

#define INFO_DMA_AVAIL 3	/* VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL, from 5.10 on (7d6e1329652e) */

struct dma_avail {
	struct vfio_info_cap_header header;
	uint32_t avail;
};

/* The one info that the kernel's headers of any age agree on; what follows comes with the capabilities. */
struct info {
	uint32_t argsz;
	uint32_t flags;
	uint64_t iova_pgsizes;
	uint32_t cap_offset;
	uint32_t pad;
	char capabilities[4096];
};

#define FLAG_CAPABILITIES (1 << 1)

static const struct vfio_info_cap_header *capability(const struct info *info, uint32_t id)
{
	uint32_t at = info->flags & FLAG_CAPABILITIES ? info->cap_offset : 0;

	while (at && at + sizeof(struct dma_avail) <= sizeof(*info)) {
		const struct vfio_info_cap_header *header = (const void *)((const char *)info + at);

		if (header->id == id)
			return header;
		at = header->next;
	}
	return NULL;
}

bool vfio_entries_left(uint64_t *count)
{
	struct info info = { .argsz = sizeof(info) };
	const struct vfio_info_cap_header *header;
	struct record unused;
	const struct vfio *vfio = vfio_of(&unused);

	if (!vfio || ioctl(vfio->container, VFIO_IOMMU_GET_INFO, &info))
		return false;
	header = capability(&info, INFO_DMA_AVAIL);
	if (header)
		*count = ((const struct dma_avail *)header)->avail;
	return header;
}
