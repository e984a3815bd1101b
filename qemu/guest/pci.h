/* SPDX-License-Identifier: GPL-2.0-only */
/* Binding a PCI device to a driver through sysfs. */
#ifndef PINBENCH_PCI_H
#define PINBENCH_PCI_H

#include "plan.h"

/* 0000:00:03.0 and its NUL */
#define PCI_ADDRESS_LEN 13

bool is_pci_address(const struct key_spec *spec, const char *value);

/* Has only that driver take the device, if it has not done so yet, and finds the IOMMU group. */
int pci_bind(const char *address, const char *driver, unsigned int *group, struct record *record);
int pci_unbind(const char *address, struct record *record);

#endif
