// SPDX-License-Identifier: GPL-2.0-only
#include "reserve.h"

#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "files.h"

/* fs/xfs/libxfs/xfs_fs.h */
struct xfs_reserve {
	uint64_t blocks;
	uint64_t available;
};
#define XFS_IOC_SET_RESBLKS _IOWR('X', 114, struct xfs_reserve)
#define XFS_IOC_GET_RESBLKS _IOR('X', 115, struct xfs_reserve)

static int xfs_reserve_set(int fd, uint64_t blocks, uint64_t *before)
{
	struct xfs_reserve reserve;

	if (ioctl(fd, XFS_IOC_GET_RESBLKS, &reserve))
		return -1;
	*before = reserve.blocks;
	reserve.blocks = blocks;
	return ioctl(fd, XFS_IOC_SET_RESBLKS, &reserve);
}

/* ext4 has its folder in sysfs under the name of the device. */
static int ext4_reserve_file(int fd, char path[PATH_MAX])
{
	char link[64], device[PATH_MAX];
	struct stat stat_of;
	ssize_t len;

	if (fstat(fd, &stat_of))
		return -1;
	snprintf(link, sizeof(link), "/sys/dev/block/%u:%u", major(stat_of.st_dev), minor(stat_of.st_dev));
	len = readlink(link, device, sizeof(device) - 1);
	if (len < 0)
		return -1;
	device[len] = '\0';
	snprintf(path, PATH_MAX, "/sys/fs/ext4/%.64s/reserved_clusters", basename(device));
	return 0;
}

static int ext4_reserve_set(int fd, uint64_t blocks, uint64_t *before)
{
	char path[PATH_MAX], text[32];
	ssize_t len;

	if (ext4_reserve_file(fd, path))
		return -1;
	len = read_some(path, text, sizeof(text) - 1);
	if (len < 0)
		return -1;
	text[len] = '\0';
	*before = strtoull(text, NULL, 10);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)blocks);
	return write_text(path, text);
}

int reserve_set(int fd, uint64_t blocks, uint64_t *before)
{
	struct statfs stat_of;

	if (fstatfs(fd, &stat_of))
		return -1;
	if (stat_of.f_type == EXT4_SUPER_MAGIC)
		return ext4_reserve_set(fd, blocks, before);
	if (stat_of.f_type == XFS_SUPER_MAGIC)
		return xfs_reserve_set(fd, blocks, before);
	errno = EOPNOTSUPP;
	return -1;
}
