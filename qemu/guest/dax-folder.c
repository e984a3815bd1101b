// SPDX-License-Identifier: GPL-2.0-only
/*
 * DAX by inode: a file system that is mounted with neither dax=always nor dax=never goes by FS_XFLAG_DAX, which a new
 * file has from its folder (ext4: b383a73f2b83, 5.8). One that is there already would change only when it is read anew.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backing.h"

int make_dax_folder(const char *path, struct record *record)
{
	struct fsxattr attributes;
	int err = 0;
	int fd;

	if (mkdir(path, 0700) && errno != EEXIST)
		return fail(record, "mkdir");
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail(record, "open");
	if (ioctl(fd, FS_IOC_FSGETXATTR, &attributes))
		err = fail(record, "FS_IOC_FSGETXATTR");
	attributes.fsx_xflags |= FS_XFLAG_DAX;
	if (!err && ioctl(fd, FS_IOC_FSSETXATTR, &attributes))
		err = fail(record, "FS_IOC_FSSETXATTR");
	close(fd);
	return err;
}
