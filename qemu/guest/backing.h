/* SPDX-License-Identifier: GPL-2.0-only */
/* The kinds of memory behind a mapping. */
#ifndef PINBENCH_BACKING_H
#define PINBENCH_BACKING_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record.h"

struct part;

struct backing {
	const char *name;
	const char *folder;	/* where its files are made, for those that are files there */
	int (*open)(struct part *part, const char *name, struct record *record);
	int flags;		/* for mmap(), beside MAP_SHARED or MAP_PRIVATE */
	int advice;
	uint64_t granule;	/* what its addresses and lengths are multiples of */
	bool shared;		/* unless the plan says otherwise */
	bool swapbacked;	/* memory that is free again when the part is closed */
	bool cached;		/* pages of a file in RAM: the kernel drops what nobody else refers to */
	bool device;		/* a device's registers: nothing to write to, and gone when it is closed */
};

struct part {
	const struct backing *backing;
	uint64_t off;
	uint64_t len;
	int fd;
	uint64_t start;		/* where in the file the part begins */
	char path[PATH_MAX];	/* of the file that goes with the part, if it made one */
};

const struct backing *find_backing(const char *name, size_t len);

int part_open(struct part *part, const char *buffer, unsigned int index, struct record *record);
int part_map(struct part *part, char *address, int prot, bool shared, struct record *record);
void part_close(struct part *part, bool keep_file);

/* A folder whose new files are DAX, on a file system that leaves it to them. */
int make_dax_folder(const char *path, struct record *record);

/* How many pages of a file that nobody maps stay in RAM when the kernel is asked to drop them; false if not told. */
bool pages_not_dropped(const struct part *part, uint64_t *count);

/* What the kernel says of the memory that is mapped at address. */
void part_describe(const struct part *part, const char *address, struct json *fields);

#endif
