// SPDX-License-Identifier: GPL-2.0-only
/* Mapping buffers for DMA, and what that costs. */
#include <linux/vfio.h>
#include <errno.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "buffer.h"
#include "clock.h"
#include "dma.h"
#include "memlock.h"
#include "operations.h"
#include "vfio.h"

struct times {
	uint64_t wall;
	uint64_t cpu;
	uint64_t system;
	uint64_t user;
};

static uint64_t ns_of(const struct timeval *time)
{
	return time->tv_sec * 1000000000ull + time->tv_usec * 1000ull;
}

static void read_times(struct times *times)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	times->system = ns_of(&usage.ru_stime);
	times->user = ns_of(&usage.ru_utime);
	times->cpu = cpu_ns();
	times->wall = now_ns();
}

/*
 * What a timed piece needs is made to be there before its time starts: the code of the clocks and
 * of the ioctl (one that is refused for its size), and no record still on its way out. What earlier
 * operations left for later (RCU, work queues) gets some ticks to be done in, and time starts right
 * behind a tick, so that the same number of ticks falls into the same work wherever it is timed.
 */
static void begin_timing(int container, struct times *start)
{
	static const struct timespec some_ticks = { .tv_nsec = 8 * 1000 * 1000 };
	struct vfio_iommu_type1_dma_map empty = { .argsz = 0 };

	record_drain();
	read_times(start);
	ioctl(container, VFIO_IOMMU_MAP_DMA, &empty);
	ioctl(container, VFIO_IOMMU_UNMAP_DMA, &empty);
	nanosleep(&some_ticks, NULL);
	read_times(start);
}

static void put_times(const struct times *start, const struct times *end, struct json *fields)
{
	json_number(fields, "wall_ns", end->wall - start->wall);
	json_number(fields, "cpu_ns", end->cpu - start->cpu);
	json_number(fields, "system_ns", end->system - start->system);
	json_number(fields, "user_ns", end->user - start->user);
}

int dma_mapping(const struct operation *operation, struct record *record,
		struct vfio_iommu_type1_dma_map *map)
{
	size_t len;
	char *from = range_of(operation, record, 0, &len);

	if (!from)
		return -1;
	*map = (struct vfio_iommu_type1_dma_map){
		.argsz = sizeof(*map),
		.flags = VFIO_DMA_MAP_FLAG_READ |
			 (chose(operation, "prot", "ro") ? 0 : VFIO_DMA_MAP_FLAG_WRITE),
		.vaddr = (uintptr_t)from,
		.iova = size_of(operation, "iova", 0),
		.size = len,
	};
	return 0;
}

static int do_map(const struct operation *operation, struct record *record)
{
	struct vfio_iommu_type1_dma_map map;
	struct vfio *vfio = vfio_of(record);
	int err;

	if (!vfio || dma_mapping(operation, record, &map) || memlock_begin(operation, record))
		return -1;
	err = ioctl(vfio->container, VFIO_IOMMU_MAP_DMA, &map);
	if (err)
		fail(record, "VFIO_IOMMU_MAP_DMA");
	memlock_end(operation);
	return err;
}

static int do_map_loop(const struct operation *operation, struct record *record)
{
	uint64_t step = size_of(operation, "step", 0);
	struct vfio_iommu_type1_dma_map map;
	struct vfio *vfio = vfio_of(record);
	struct times start, end;
	uint64_t calls = 0;
	uint64_t count;
	int error = 0;

	if (!vfio || dma_mapping(operation, record, &map))
		return -1;
	if (!step || map.size % step)
		return fail_with(record, "step", EINVAL);
	count = map.size / step;
	map.size = step;

	begin_timing(vfio->container, &start);
	for (; calls < count; calls++) {
		if (ioctl(vfio->container, VFIO_IOMMU_MAP_DMA, &map)) {
			error = errno;
			break;
		}
		map.vaddr += step;
		map.iova += step;
	}
	read_times(&end);

	json_number(&record->fields, "calls", calls);
	put_times(&start, &end, &record->fields);
	return error ? fail_with(record, "VFIO_IOMMU_MAP_DMA", error) : 0;
}

static int unmap(const struct operation *operation, struct record *record, bool timed)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.iova = size_of(operation, "iova", 0),
		.size = size_of(operation, "len", 0),
	};
	struct vfio *vfio = vfio_of(record);
	struct times start, end;
	int error;

	if (!vfio)
		return -1;
	if (timed)
		begin_timing(vfio->container, &start);
	error = ioctl(vfio->container, VFIO_IOMMU_UNMAP_DMA, &unmap) ? errno : 0;
	if (timed) {
		read_times(&end);
		put_times(&start, &end, &record->fields);
	}
	if (error)
		return fail_with(record, "VFIO_IOMMU_UNMAP_DMA", error);
	json_number(&record->fields, "unmapped", unmap.size);
	return 0;
}

static int do_unmap(const struct operation *operation, struct record *record)
{
	return unmap(operation, record, false);
}

static int do_unmap_timed(const struct operation *operation, struct record *record)
{
	return unmap(operation, record, true);
}

const struct operation_type dma_operations[] = {
	{ .name = "map", .run = do_map,
	  .keys = (const struct key_spec[]){ KEY_SIZE("iova"), KEY("buffer"), KEY_SIZE_OPTIONAL("off"),
					     KEY_SIZE_OPTIONAL("len"), KEY_CHOICE("prot", "rw|ro"),
					     KEY_SIZE_OPTIONAL("memlock"), {} } },
	{ .name = "map-loop", .run = do_map_loop,
	  .keys = (const struct key_spec[]){ KEY_SIZE("iova"), KEY("buffer"), KEY_SIZE_OPTIONAL("off"),
					     KEY_SIZE("len"), KEY_SIZE("step"),
					     KEY_CHOICE("prot", "rw|ro"), {} } },
	{ .name = "unmap", .run = do_unmap,
	  .keys = (const struct key_spec[]){ KEY_SIZE("iova"), KEY_SIZE("len"), {} } },
	{ .name = "unmap-timed", .run = do_unmap_timed,
	  .keys = (const struct key_spec[]){ KEY_SIZE("iova"), KEY_SIZE("len"), {} } },
	{}
};
