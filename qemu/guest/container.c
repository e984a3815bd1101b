// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vfio.h"

static int join(struct vfio *vfio, struct record *record)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };

	if (ioctl(vfio->group, VFIO_GROUP_GET_STATUS, &status))
		return fail(record, "VFIO_GROUP_GET_STATUS");
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		return fail_with(record, "VFIO_GROUP_FLAGS_VIABLE", EPERM);
	if (ioctl(vfio->group, VFIO_GROUP_SET_CONTAINER, &vfio->container))
		return fail(record, "VFIO_GROUP_SET_CONTAINER");
	if (ioctl(vfio->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		return fail(record, "VFIO_SET_IOMMU");
	return 0;
}

int container_open(struct vfio *vfio, unsigned int group, struct record *record)
{
	char path[32];

	vfio->container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (vfio->container < 0)
		return fail(record, "open /dev/vfio/vfio");
	snprintf(path, sizeof(path), "/dev/vfio/%u", group);
	vfio->group = open(path, O_RDWR | O_CLOEXEC);
	if (vfio->group < 0)
		return fail(record, "open group");
	return join(vfio, record);
}

int container_device(struct vfio *vfio, const char *name, struct record *record)
{
	vfio->device = ioctl(vfio->group, VFIO_GROUP_GET_DEVICE_FD, name);
	return vfio->device < 0 ? fail(record, "VFIO_GROUP_GET_DEVICE_FD") : 0;
}

void container_close(struct vfio *vfio)
{
	if (vfio->device >= 0)
		close(vfio->device);
	if (vfio->group >= 0)
		close(vfio->group);
	if (vfio->container >= 0)
		close(vfio->container);
	*vfio = (struct vfio)VFIO_NONE;
}
