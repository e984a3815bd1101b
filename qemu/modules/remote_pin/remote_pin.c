// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VFIO device without an IOMMU, such as mediated devices are: nothing is pinned when its user maps
 * memory, the driver pins an IOVA when it needs it (vfio_pin_pages()). Real drivers do so from their
 * workers, where current->mm is not the mapper's: VFIO then takes the path for another process's
 * memory. What is written to the device, one command at a time, has it pin in the one way or the other:
 *
 *	pin caller 0x100000 16 rw	in the context of write(2), whose mm it is
 *	pin worker 0x100000 16 ro	in a kernel thread
 *	unpin			gives back what is pinned
 *
 * write(2) returns what vfio_pin_pages() says where that is an error. One range is pinned at a time. As any
 * such driver has to, it gives back what its user unmaps; VFIO's BUG_ON() waits for one that does not.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <linux/vfio.h>
#include <linux/workqueue.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "VFIO devices without an IOMMU are made by other calls before 6.1 (cb9ff3f3b84c)"
#endif

#define NAME "remote_pin"
#define MAX_PAGES 64
#define MAX_COMMAND 64

/* Nothing is pinned where there are no pages. */
struct pinned {
	u64 iova;
	unsigned int pages;
};

struct pin_device {
	struct vfio_device vdev;
	struct pinned pinned;
	struct page *pages[MAX_PAGES];
};

struct pin_work {
	struct work_struct work;
	struct pin_device *device;
	struct pinned wanted;
	int prot;
	int result;
};

static struct pin_device *to_pin_device(struct vfio_device *vdev)
{
	return container_of(vdev, struct pin_device, vdev);
}

static void pin(struct work_struct *work)
{
	struct pin_work *pin = container_of(work, struct pin_work, work);

	pin->result = vfio_pin_pages(&pin->device->vdev, pin->wanted.iova, pin->wanted.pages, pin->prot,
				     pin->device->pages);
}

static int pin_by(const char *who, struct pin_work *pinning)
{
	if (!strcmp(who, "worker")) {
		INIT_WORK_ONSTACK(&pinning->work, pin);
		schedule_work(&pinning->work);
		flush_work(&pinning->work);
		destroy_work_on_stack(&pinning->work);
	} else if (!strcmp(who, "caller")) {
		pin(&pinning->work);
	} else {
		return -EINVAL;
	}
	if (pinning->result < 0)
		return pinning->result;
	/* It pins all or nothing. */
	if (pinning->result != pinning->wanted.pages)
		return -EIO;
	pinning->device->pinned = pinning->wanted;
	return 0;
}

static int unpin(struct pin_device *device)
{
	if (!device->pinned.pages)
		return -ENOENT;
	vfio_unpin_pages(&device->vdev, device->pinned.iova, device->pinned.pages);
	device->pinned.pages = 0;
	return 0;
}

static int obey(struct pin_device *device, const char *command)
{
	struct pin_work pinning = { .device = device, .prot = IOMMU_READ };
	struct pinned *wanted = &pinning.wanted;
	char who[8], prot[4];

	if (!strcmp(command, "unpin"))
		return unpin(device);
	if (sscanf(command, "pin %7s %llx %u %3s", who, &wanted->iova, &wanted->pages, prot) != 4)
		return -EINVAL;
	if (!wanted->pages || wanted->pages > MAX_PAGES)
		return -E2BIG;
	if (device->pinned.pages)
		return -EBUSY;
	if (!strcmp(prot, "rw"))
		pinning.prot |= IOMMU_WRITE;
	return pin_by(who, &pinning);
}

static ssize_t write_command(struct vfio_device *vdev, const char __user *text, size_t count,
			     loff_t *ppos)
{
	char command[MAX_COMMAND];
	int err;

	if (count >= sizeof(command))
		return -E2BIG;
	if (copy_from_user(command, text, count))
		return -EFAULT;
	command[count] = '\0';
	err = obey(to_pin_device(vdev), command);
	return err ? err : count;
}

static int open_device(struct vfio_device *vdev)
{
	return 0;
}

static void close_device(struct vfio_device *vdev)
{
	unpin(to_pin_device(vdev));
}

/* Without it VFIO lets nothing be pinned. */
static void dma_unmap(struct vfio_device *vdev, u64 iova, u64 length)
{
	struct pin_device *device = to_pin_device(vdev);
	u64 end = device->pinned.iova + (u64)device->pinned.pages * PAGE_SIZE;

	if (iova < end && device->pinned.iova < iova + length)
		unpin(device);
}

static int init_device(struct vfio_device *vdev)
{
	return 0;
}

static void release_device(struct vfio_device *vdev)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	vfio_free_device(vdev);
#endif
}

static const struct vfio_device_ops device_ops = {
	.name = NAME,
	.init = init_device,
	.release = release_device,
	.open_device = open_device,
	.close_device = close_device,
	.write = write_command,
	.dma_unmap = dma_unmap,
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	.bind_iommufd = vfio_iommufd_emulated_bind,
	.unbind_iommufd = vfio_iommufd_emulated_unbind,
	.attach_ioas = vfio_iommufd_emulated_attach_ioas,
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	.detach_ioas = vfio_iommufd_emulated_detach_ioas,
#endif
};

static void forget_device(void *data)
{
	struct pin_device *device = data;

	vfio_unregister_group_dev(&device->vdev);
	vfio_put_device(&device->vdev);
}

static int probe(struct platform_device *parent)
{
	struct pin_device *device;
	int err;

	device = vfio_alloc_device(pin_device, vdev, &parent->dev, &device_ops);
	if (IS_ERR(device))
		return PTR_ERR(device);
	err = vfio_register_emulated_iommu_dev(&device->vdev);
	if (err) {
		vfio_put_device(&device->vdev);
		return err;
	}
	return devm_add_action_or_reset(&parent->dev, forget_device, device);
}

static struct platform_driver driver = {
	.driver = { .name = NAME },
	.probe = probe,
	/* The group that VFIO makes is none of the platform bus's: it does not own its DMA. */
	.driver_managed_dma = true,
};

static struct platform_device *parent;

static int __init remote_pin_init(void)
{
	int err = platform_driver_register(&driver);

	if (err)
		return err;
	parent = platform_device_register_simple(NAME, PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(parent)) {
		platform_driver_unregister(&driver);
		return PTR_ERR(parent);
	}
	return 0;
}

static void __exit remote_pin_exit(void)
{
	platform_device_unregister(parent);
	platform_driver_unregister(&driver);
}

module_init(remote_pin_init);
module_exit(remote_pin_exit);

MODULE_DESCRIPTION("VFIO device that pins its user's memory from a kernel thread");
MODULE_LICENSE("GPL");
