// SPDX-License-Identifier: GPL-2.0-only
#include "pci.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"

bool is_pci_address(const struct key_spec *spec, const char *value)
{
	(void)spec;
	return strlen(value) == PCI_ADDRESS_LEN - 1 && !strchr(value, '/');
}

static const char *file_of(const char *address, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", address, name);
	return path;
}

/* The last word of where a link of the device points to, or NULL with errno. */
static const char *target_of(const char *address, const char *link)
{
	static char target[PATH_MAX];
	ssize_t len = readlink(file_of(address, link), target, sizeof(target) - 1);

	if (len < 0)
		return NULL;
	target[len] = '\0';
	return basename(target);
}

int pci_bind(const char *address, const char *driver, unsigned int *group, struct record *record)
{
	const char *bound = target_of(address, "driver");
	const char *number;

	if (!bound || strcmp(bound, driver)) {
		if (write_text(file_of(address, "driver_override"), driver))
			return fail(record, "driver_override");
		if (bound && write_text(file_of(address, "driver/unbind"), address))
			return fail(record, "unbind");
		if (write_text("/sys/bus/pci/drivers_probe", address))
			return fail(record, "drivers_probe");
	}
	bound = target_of(address, "driver");
	if (!bound || strcmp(bound, driver))
		return fail_with(record, "bind", ENODEV);
	number = target_of(address, "iommu_group");
	if (!number)
		return fail(record, "iommu_group");
	*group = strtoul(number, NULL, 10);
	return 0;
}

int pci_unbind(const char *address, struct record *record)
{
	if (write_text(file_of(address, "driver/unbind"), address))
		return fail(record, "unbind");
	if (write_text(file_of(address, "driver_override"), "\n"))
		return fail(record, "driver_override");
	return 0;
}
