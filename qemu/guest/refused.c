// SPDX-License-Identifier: GPL-2.0-only
/* One refusal after the other. */
#include <linux/vfio.h>
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "buffer.h"
#include "dma.h"
#include "memlock.h"
#include "operations.h"
#include "vfio.h"

struct refusals {
	uint64_t count;
	uint64_t others;	/* with another errno than the first had */
	int error;
	bool mapped;		/* the last call was not refused, and ended it */
};

static struct refusals collect(int container, struct vfio_iommu_type1_dma_map *map, uint64_t limit)
{
	struct refusals refusals = {};

	while (refusals.count < limit && !refusals.mapped) {
		if (!ioctl(container, VFIO_IOMMU_MAP_DMA, map)) {
			refusals.mapped = true;
			continue;
		}
		if (!refusals.count++)
			refusals.error = errno;
		refusals.others += errno != refusals.error;
	}
	return refusals;
}

static void put_refusal(const struct refusals *refusals, struct json *fields)
{
	const char *name = strerrorname_np(refusals->error);

	if (refusals->count)
		json_string(fields, "refusal", name ? name : strerror(refusals->error));
	else
		json_null(fields, "refusal");
}

static int do_map_refused_loop(const struct operation *operation, struct record *record)
{
	struct vfio_iommu_type1_dma_map map;
	struct vfio *vfio = vfio_of(record);
	struct refusals refusals;

	if (!vfio || dma_mapping(operation, record, &map) || memlock_begin(operation, record))
		return -1;
	refusals = collect(vfio->container, &map, size_of(operation, "count", 0));
	memlock_end(operation);
	json_number(&record->fields, "refused", refusals.count);
	json_number(&record->fields, "others", refusals.others);
	put_refusal(&refusals, &record->fields);
	json_bool(&record->fields, "mapped", refusals.mapped);
	return 0;
}

const struct operation_type refused_operations[] = {
	{ .name = "map-refused-loop", .run = do_map_refused_loop,
	  .keys = (const struct key_spec[]){ KEY_SIZE("iova"), KEY("buffer"), KEY_SIZE_OPTIONAL("off"),
					     KEY_SIZE_OPTIONAL("len"), KEY_SIZE("count"),
					     KEY_CHOICE("prot", "rw|ro"),
					     KEY_SIZE_OPTIONAL("memlock"), {} } },
	{}
};
