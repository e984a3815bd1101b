// SPDX-License-Identifier: GPL-2.0-only
/* Real DMA, by QEMU's edu device: see its docs/specs/edu. */
#include <errno.h>
#include <time.h>

#include "operations.h"
#include "vfio.h"

#define EDU_DMA_SOURCE 0x80
#define EDU_DMA_DESTINATION 0x88
#define EDU_DMA_COUNT 0x90
#define EDU_DMA_COMMAND 0x98
#define EDU_DMA_START 1
#define EDU_DMA_TO_MEMORY 2

#define EDU_BUFFER 0x40000
/* Half the device's buffer: QEMU 7.2 takes a transfer up to the buffer's last byte for one beyond it, and aborts. */
#define EDU_PIECE 2048
#define EDU_ADDRESS_LIMIT (1ull << 28)

static volatile uint64_t *edu_register(struct vfio *vfio, unsigned int offset)
{
	return (volatile uint64_t *)(vfio->bar0 + offset);
}

/* A transfer takes 100 ms of guest time: asleep, and at a stretch, so that counted time passes over it. */
static void transfer(struct vfio *vfio, uint64_t source, uint64_t destination, uint64_t count,
		     uint64_t command)
{
	static const struct timespec whole = { .tv_nsec = 100 * 1000 * 1000 };
	static const struct timespec pause = { .tv_nsec = 1000 * 1000 };

	*edu_register(vfio, EDU_DMA_SOURCE) = source;
	*edu_register(vfio, EDU_DMA_DESTINATION) = destination;
	*edu_register(vfio, EDU_DMA_COUNT) = count;
	*edu_register(vfio, EDU_DMA_COMMAND) = command;
	nanosleep(&whole, NULL);
	while (*edu_register(vfio, EDU_DMA_COMMAND) & EDU_DMA_START)
		nanosleep(&pause, NULL);
}

static bool is_reachable(uint64_t iova, uint64_t len)
{
	return iova <= EDU_ADDRESS_LIMIT && len <= EDU_ADDRESS_LIMIT - iova;
}

static int do_dma_copy(const struct operation *operation, struct record *record)
{
	uint64_t from = size_of(operation, "from", 0);
	uint64_t to = size_of(operation, "to", 0);
	uint64_t len = size_of(operation, "len", 0);
	struct vfio *vfio = vfio_of(record);

	if (!vfio)
		return -1;
	if (!is_reachable(from, len) || !is_reachable(to, len))
		return fail_with(record, "dma mask", ERANGE);
	for (uint64_t done = 0; done < len; done += EDU_PIECE) {
		uint64_t piece = len - done < EDU_PIECE ? len - done : EDU_PIECE;

		transfer(vfio, from + done, EDU_BUFFER, piece, EDU_DMA_START);
		transfer(vfio, EDU_BUFFER, to + done, piece, EDU_DMA_START | EDU_DMA_TO_MEMORY);
	}
	json_number(&record->fields, "bytes", len);
	return 0;
}

const struct operation_type edu_operations[] = {
	{ .name = "dma-copy", .run = do_dma_copy,
	  .keys = (const struct key_spec[]){ KEY_SIZE("from"), KEY_SIZE("to"), KEY_SIZE("len"), {} } },
	{}
};
