// SPDX-License-Identifier: GPL-2.0-only
#include "backing.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "buffer.h"
#include "vfio.h"

#define PAGE 4096
#define HUGE_PAGE (2 << 20)

static int open_memfd(struct part *part, const char *name, struct record *record)
{
	part->fd = syscall(SYS_memfd_create, name, 1 /* MFD_CLOEXEC */);
	if (part->fd < 0)
		return fail(record, "memfd_create");
	if (ftruncate(part->fd, part->len))
		return fail(record, "ftruncate");
	return 0;
}

static int open_device_dax(struct part *part, const char *name, struct record *record)
{
	glob_t found;
	int err = glob("/dev/dax*", 0, NULL, &found);

	(void)name;
	part->fd = open(err ? "/dev/dax0.0" : found.gl_pathv[0], O_RDWR | O_CLOEXEC);
	globfree(&found);
	return part->fd < 0 ? fail(record, "open") : 0;
}

/* Like the mapping itself, the descriptor keeps the device open until the part is closed. */
static int open_device_bar(struct part *part, const char *name, struct record *record)
{
	struct vfio *vfio = vfio_of(record);

	(void)name;
	if (!vfio)
		return -1;
	part->fd = fcntl(vfio->device, F_DUPFD_CLOEXEC, 0);
	part->start = vfio->bar0_offset;
	return part->fd < 0 ? fail(record, "dup") : 0;
}

/* Blocks that are only reserved, or unwritten, would be allocated under the mapping later. */
static int write_zeroes(struct part *part, struct record *record)
{
	static const char zeroes[64 * 1024];

	for (uint64_t at = 0; at < part->len;) {
		size_t rest = part->len - at;
		ssize_t done = pwrite(part->fd, zeroes, rest < sizeof(zeroes) ? rest : sizeof(zeroes), at);

		if (done <= 0)
			return fail(record, "pwrite");
		at += done;
	}
	return fsync(part->fd) ? fail(record, "fsync") : 0;
}

/* Never a file that is there: to truncate one whose pages are pinned would wait for the pin to go. */
static int open_file(struct part *part, const char *name, struct record *record)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", part->backing->folder, name);
	part->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (part->fd < 0)
		return fail(record, "open");
	strcpy(part->path, path);
	if (fallocate(part->fd, 0, 0, part->len))
		return fail(record, "fallocate");
	return write_zeroes(part, record);
}

static int open_dax_inode_file(struct part *part, const char *name, struct record *record)
{
	return make_dax_folder(part->backing->folder, record) ? -1 : open_file(part, name, record);
}

static const struct backing backings[] = {
	{ .name = "anon", .flags = MAP_ANONYMOUS, .advice = MADV_NOHUGEPAGE, .granule = PAGE,
	  .swapbacked = true },
	{ .name = "thp", .flags = MAP_ANONYMOUS, .advice = MADV_HUGEPAGE, .granule = HUGE_PAGE,
	  .swapbacked = true },
	{ .name = "hugetlb", .flags = MAP_ANONYMOUS | MAP_HUGETLB | 21 << MAP_HUGE_SHIFT,
	  .granule = HUGE_PAGE },
	{ .name = "memfd", .open = open_memfd, .granule = PAGE, .shared = true,
	  .swapbacked = true },
	{ .name = "page-cache", .open = open_file, .folder = "/mnt/ext4", .granule = PAGE,
	  .shared = true, .cached = true },
	{ .name = "fsdax-ext4", .open = open_file, .folder = "/mnt/ext4-dax", .granule = PAGE,
	  .shared = true },
	{ .name = "fsdax-xfs", .open = open_file, .folder = "/mnt/xfs-dax", .granule = PAGE,
	  .shared = true },
	{ .name = "fsdax-inode", .open = open_dax_inode_file, .folder = "/mnt/ext4/dax-inode",
	  .granule = PAGE, .shared = true },
	{ .name = "device-dax", .open = open_device_dax, .granule = HUGE_PAGE, .shared = true },
	{ .name = "device-bar", .open = open_device_bar, .granule = PAGE, .shared = true,
	  .device = true },
	{}
};

const struct backing *find_backing(const char *name, size_t len)
{
	for (const struct backing *backing = backings; backing->name; backing++)
		if (strlen(backing->name) == len && !memcmp(backing->name, name, len))
			return backing;
	return NULL;
}

int part_open(struct part *part, const char *buffer, unsigned int index, struct record *record)
{
	char name[MAX_NAME + 32];

	if (!part->backing->open)
		return 0;
	snprintf(name, sizeof(name), "pinbench-%s-%u", buffer, index);
	return part->backing->open(part, name, record);
}

int part_map(struct part *part, char *address, int prot, bool shared, struct record *record)
{
	int flags = part->backing->flags | MAP_FIXED | (shared ? MAP_SHARED : MAP_PRIVATE);

	if (mmap(address, part->len, prot, flags, part->fd, part->start) == MAP_FAILED)
		return fail(record, "mmap");
	/* A child that had it would keep the device open. */
	if (part->backing->device)
		madvise(address, part->len, MADV_DONTFORK);
	/* A kernel without huge pages refuses to hear of them; what was got shows in the record. */
	if (part->backing->advice)
		madvise(address, part->len, part->backing->advice);
	return 0;
}

void part_close(struct part *part, bool keep_file)
{
	if (part->fd >= 0)
		close(part->fd);
	if (*part->path && !keep_file)
		unlink(part->path);
}
