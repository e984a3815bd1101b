/* SPDX-License-Identifier: GPL-2.0-only */
/* Unpacking the payload: a POSIX ustar archive of folders and regular files. */
#ifndef PINBENCH_TAR_H
#define PINBENCH_TAR_H

#include "record.h"

/* True if the device begins with an archive; read past the page cache. */
bool tar_has_arrived(const char *device);

/*
 * Unpacks the archive into a folder that is there. Adds files and bytes to the record. The device
 * is read as far as the archive goes and no further, past the page cache as well.
 */
int tar_unpack(const char *device, const char *folder, struct record *record);

#endif
