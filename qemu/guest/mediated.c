// SPDX-License-Identifier: GPL-2.0-only
/* A device without an IOMMU, of the module remote_pin, which pins an IOVA when it is told to. */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "dma.h"
#include "operations.h"
#include "reset.h"
#include "vfio.h"

#define PAGE 4096

static struct vfio mediated = VFIO_NONE;

static int need_device(struct record *record)
{
	return mediated.device >= 0 ? 0 : fail_with(record, "mediated-open", ENODEV);
}

static int find_group(const char *device, unsigned int *group, struct record *record)
{
	char target[PATH_MAX], link[128];
	ssize_t len;

	snprintf(link, sizeof(link), "/sys/bus/platform/devices/%s/iommu_group", device);
	len = readlink(link, target, sizeof(target) - 1);
	if (len < 0)
		return fail(record, "iommu_group");
	target[len] = '\0';
	*group = strtoul(basename(target), NULL, 10);
	json_number(&record->fields, "group", *group);
	return 0;
}

static int do_open(const struct operation *operation, struct record *record)
{
	const char *name = word_of(operation, "device");
	unsigned int group;

	if (mediated.device >= 0)
		return fail_with(record, "mediated-open", EBUSY);
	if (!find_group(name, &group, record) && !container_open(&mediated, group, record) &&
	    !container_device(&mediated, name, record))
		return 0;
	container_close(&mediated);
	return -1;
}

void mediated_end(void)
{
	container_close(&mediated);
}

static int do_close(const struct operation *operation, struct record *record)
{
	(void)operation;
	if (need_device(record))
		return -1;
	mediated_end();
	return 0;
}

static int do_map(const struct operation *operation, struct record *record)
{
	struct vfio_iommu_type1_dma_map map;

	if (need_device(record) || dma_mapping(operation, record, &map))
		return -1;
	if (ioctl(mediated.container, VFIO_IOMMU_MAP_DMA, &map))
		return fail(record, "VFIO_IOMMU_MAP_DMA");
	return 0;
}

static int do_unmap(const struct operation *operation, struct record *record)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.iova = size_of(operation, "iova", 0),
		.size = size_of(operation, "len", 0),
	};

	if (need_device(record))
		return -1;
	if (ioctl(mediated.container, VFIO_IOMMU_UNMAP_DMA, &unmap))
		return fail(record, "VFIO_IOMMU_UNMAP_DMA");
	json_number(&record->fields, "unmapped", unmap.size);
	return 0;
}

static int tell(const char *what, const char *command, struct record *record)
{
	if (need_device(record))
		return -1;
	return write(mediated.device, command, strlen(command)) < 0 ? fail(record, what) : 0;
}

static int do_pin(const struct operation *operation, struct record *record)
{
	char command[64];

	snprintf(command, sizeof(command), "pin %s %#lx %lu %s", word_of(operation, "by"),
		 size_of(operation, "iova", 0), size_of(operation, "len", 0) / PAGE,
		 chose(operation, "prot", "ro") ? "ro" : "rw");
	return tell("vfio_pin_pages", command, record);
}

static int do_unpin(const struct operation *operation, struct record *record)
{
	(void)operation;
	return tell("vfio_unpin_pages", "unpin", record);
}

const struct operation_type mediated_operations[] = {
	{ .name = "mediated-open", .run = do_open, .keys = (const struct key_spec[]){ KEY("device"), {} } },
	{ .name = "mediated-close", .run = do_close },
	{ .name = "mediated-map", .run = do_map,
	  .keys = (const struct key_spec[]){ KEY_SIZE("iova"), KEY("buffer"), KEY_SIZE_OPTIONAL("off"),
					     KEY_SIZE_OPTIONAL("len"), KEY_CHOICE("prot", "rw|ro"), {} } },
	{ .name = "mediated-unmap", .run = do_unmap,
	  .keys = (const struct key_spec[]){ KEY_SIZE("iova"), KEY_SIZE("len"), {} } },
	{ .name = "mediated-pin", .run = do_pin,
	  .keys = (const struct key_spec[]){ KEY_SIZE("iova"), KEY_SIZE("len"),
					     { .name = "by", .valid = is_choice, .choices = "caller|worker", .required = true },
					     KEY_CHOICE("prot", "rw|ro"), {} } },
	{ .name = "mediated-unpin", .run = do_unpin },
	{}
};
