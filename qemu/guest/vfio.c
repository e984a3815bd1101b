// SPDX-License-Identifier: GPL-2.0-only
/* Opening and closing the device that is handed to user space. */
#include "vfio.h"

#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "buffer.h"
#include "operations.h"
#include "pci.h"
#include "reset.h"

static struct vfio vfio = VFIO_NONE;
static char address[PCI_ADDRESS_LEN];
static bool bound;	/* to vfio-pci, be it open or not */

struct vfio *vfio_of(struct record *record)
{
	if (vfio.device >= 0)
		return &vfio;
	fail_with(record, "vfio-open", ENODEV);
	return NULL;
}

static int get_region(unsigned int index, struct vfio_region_info *region, struct record *record)
{
	*region = (struct vfio_region_info){ .argsz = sizeof(*region), .index = index };
	return ioctl(vfio.device, VFIO_DEVICE_GET_REGION_INFO, region)
		       ? fail(record, "VFIO_DEVICE_GET_REGION_INFO")
		       : 0;
}

/* A device that may neither decode its registers nor master the bus does no DMA. */
static int enable_device(struct record *record)
{
	struct vfio_region_info config;
	uint16_t command;

	if (get_region(VFIO_PCI_CONFIG_REGION_INDEX, &config, record))
		return -1;
	if (pread(vfio.device, &command, 2, config.offset + PCI_COMMAND) != 2)
		return fail(record, "read PCI_COMMAND");
	command |= PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	if (pwrite(vfio.device, &command, 2, config.offset + PCI_COMMAND) != 2)
		return fail(record, "write PCI_COMMAND");
	return 0;
}

static int map_registers(struct record *record)
{
	struct vfio_region_info bar0;
	char *mapped;

	if (get_region(VFIO_PCI_BAR0_REGION_INDEX, &bar0, record))
		return -1;
	mapped = mmap(NULL, bar0.size, PROT_READ | PROT_WRITE, MAP_SHARED, vfio.device, bar0.offset);
	if (mapped == MAP_FAILED)
		return fail(record, "mmap BAR0");
	/* A child that had it would keep the device open. */
	madvise(mapped, bar0.size, MADV_DONTFORK);
	vfio.bar0 = mapped;
	vfio.bar0_len = bar0.size;
	vfio.bar0_offset = bar0.offset;
	return 0;
}

static int open_device(struct record *record)
{
	if (container_device(&vfio, address, record))
		return -1;
	return enable_device(record) || map_registers(record) ? -1 : 0;
}

static int report(unsigned int group, struct record *record)
{
	struct vfio_iommu_type1_info info = { .argsz = sizeof(info) };

	if (ioctl(vfio.container, VFIO_IOMMU_GET_INFO, &info))
		return fail(record, "VFIO_IOMMU_GET_INFO");
	json_number(&record->fields, "group", group);
	json_hex(&record->fields, "pgsizes", info.iova_pgsizes);
	return 0;
}

static void close_all(void)
{
	if (vfio.bar0)
		munmap(vfio.bar0, vfio.bar0_len);
	container_close(&vfio);
}

static int do_open(const struct operation *operation, struct record *record)
{
	unsigned int group;

	if (vfio.device >= 0)
		return fail_with(record, "vfio-open", EBUSY);
	strcpy(address, word_of(operation, "device"));
	bound = !pci_bind(address, "vfio-pci", &group, record);
	if (bound && !container_open(&vfio, group, record) && !open_device(record) &&
	    !report(group, record))
		return 0;
	close_all();
	return -1;
}

int vfio_end(bool keep_driver, struct record *record)
{
	release_device_buffers();
	close_all();
	if (!bound || keep_driver)
		return 0;
	bound = false;
	return pci_unbind(address, record);
}

static int do_close(const struct operation *operation, struct record *record)
{
	return vfio_of(record) ? vfio_end(chose(operation, "driver", "keep"), record) : -1;
}

const struct operation_type vfio_operations[] = {
	{ .name = "vfio-open", .run = do_open,
	  .keys = (const struct key_spec[]){
		  { .name = "device", .valid = is_pci_address, .required = true }, {} } },
	{ .name = "vfio-close", .run = do_close,
	  .keys = (const struct key_spec[]){ KEY_CHOICE("driver", "unbind|keep"), {} } },
	{}
};
