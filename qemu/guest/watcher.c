// SPDX-License-Identifier: GPL-2.0-only
/* Whether a pin leaves the lock of the agent's address space as it was. */
#include <errno.h>
#include <linux/vfio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "beside.h"
#include "dma.h"
#include "memlock.h"
#include "operations.h"
#include "vfio.h"

#define PAGE 4096
#define DEFAULT_LIMIT_MS 500

struct map {
	const struct operation *operation;
	int container;
	struct vfio_iommu_type1_dma_map map;
};

/* Capabilities are a thread's own: VFIO asks for that of the one that calls it. */
static int map_for_device(void *argument)
{
	static struct record refusal;
	struct map *map = argument;
	int error;

	if (memlock_begin(map->operation, &refusal))
		return refusal.error;
	error = ioctl(map->container, VFIO_IOMMU_MAP_DMA, &map->map) ? errno : 0;
	memlock_end(map->operation);
	return error;
}

/* By the second thread: in many ways a lock that is kept hangs the next step of the very call that took it. */
static int do_map_watched(const struct operation *operation, struct record *record)
{
	static struct map map;
	static struct call call = { map_for_device, &map, "VFIO_IOMMU_MAP_DMA" };
	struct vfio *vfio = vfio_of(record);

	if (!vfio || dma_mapping(operation, record, &map.map))
		return -1;
	map.operation = operation;
	map.container = vfio->container;
	return call_beside(&call, size_of(operation, "within", DEFAULT_LIMIT_MS),
			   "VFIO_IOMMU_MAP_DMA does not come back", record);
}

/* Takes the lock for writing, twice. */
static int map_and_unmap(void *unused)
{
	void *page = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)unused;
	return page == MAP_FAILED || munmap(page, PAGE) ? errno : 0;
}

static int do_mmap_probe(const struct operation *operation, struct record *record)
{
	static struct call call = { map_and_unmap, NULL, "mmap" };

	return call_beside(&call, size_of(operation, "within", DEFAULT_LIMIT_MS),
			   "the agent can map no memory any more: mmap_lock is kept", record);
}

const struct operation_type watcher_operations[] = {
	{ .name = "map-watched", .run = do_map_watched,
	  .keys = (const struct key_spec[]){ KEY_SIZE("iova"), KEY("buffer"), KEY_SIZE_OPTIONAL("off"),
					     KEY_SIZE_OPTIONAL("len"), KEY_CHOICE("prot", "rw|ro"),
					     KEY_SIZE_OPTIONAL("memlock"), KEY_SIZE_OPTIONAL("within"),
					     {} } },
	{ .name = "mmap-probe", .run = do_mmap_probe,
	  .keys = (const struct key_spec[]){ KEY_SIZE_OPTIONAL("within"), {} } },
	{}
};
