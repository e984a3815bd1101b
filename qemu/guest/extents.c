// SPDX-License-Identifier: GPL-2.0-only
#include "extents.h"

#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

/* The first extent of a file from an offset on; false where there is none. */
static bool extent_from(int fd, uint64_t off, struct fiemap_extent *extent)
{
	union {
		struct fiemap map;
		char room[sizeof(struct fiemap) + sizeof(struct fiemap_extent)];
	} answer = { .map = { .fm_start = off, .fm_length = FIEMAP_MAX_OFFSET - off,
			      .fm_flags = FIEMAP_FLAG_SYNC, .fm_extent_count = 1 } };

	if (ioctl(fd, FS_IOC_FIEMAP, &answer.map) || !answer.map.fm_mapped_extents)
		return false;
	*extent = answer.map.fm_extents[0];
	return true;
}

bool first_block(int fd, uint64_t *block)
{
	struct fiemap_extent extent;

	if (!extent_from(fd, 0, &extent) || extent.fe_logical)
		return false;
	*block = extent.fe_physical;
	return true;
}

bool find_block(int fd, uint64_t block, uint64_t *at)
{
	struct fiemap_extent extent;

	for (uint64_t off = 0; extent_from(fd, off, &extent); off = extent.fe_logical + extent.fe_length) {
		if (block < extent.fe_physical || block - extent.fe_physical >= extent.fe_length)
			continue;
		*at = extent.fe_logical + (block - extent.fe_physical);
		return true;
	}
	return false;
}
