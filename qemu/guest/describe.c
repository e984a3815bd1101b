// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel says of a part: DAX, filesystem, page sizes. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "backing.h"
#include "physical.h"

#ifndef STATX_ATTR_DAX
#define STATX_ATTR_DAX 0x00200000
#endif

/* STATX_ATTR_DAX is from 5.8; its value, and the mask that says it is answered at all, from 5.10 (72d1249e2ffd). */
static void put_dax(const struct part *part, struct json *fields)
{
	struct statx answer;

	if (part->fd < 0 || syscall(SYS_statx, part->fd, "", AT_EMPTY_PATH, 0, &answer) ||
	    !(answer.stx_attributes_mask & STATX_ATTR_DAX))
		json_null(fields, "dax");
	else
		json_bool(fields, "dax", answer.stx_attributes & STATX_ATTR_DAX);
}

static void put_fstype(const struct part *part, struct json *fields)
{
	struct statfs answer;

	if (part->fd < 0 || fstatfs(part->fd, &answer))
		json_null(fields, "fstype");
	else
		json_hex(fields, "fstype", answer.f_type);
}

/* From 4.15 on only DAX files take MAP_SYNC: proof of DAX where statx does not tell. */
static void put_map_sync(const struct part *part, struct json *fields)
{
	void *trial;

	if (part->fd < 0) {
		json_null(fields, "mapSync");
		return;
	}
	trial = mmap(NULL, part->backing->granule, PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC,
		     part->fd, part->start);
	json_bool(fields, "mapSync", trial != MAP_FAILED);
	if (trial != MAP_FAILED)
		munmap(trial, part->backing->granule);
}

static void put_smaps(const char *address, struct json *fields)
{
	FILE *smaps = fopen("/proc/self/smaps", "re");
	uint64_t page_kb = 0, huge_kb = 0;
	bool inside = false;
	char line[512];

	while (smaps && fgets(line, sizeof(line), smaps)) {
		uint64_t start, end;

		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " ", &start, &end) == 2) {
			if (inside)
				break;
			inside = start <= (uintptr_t)address && (uintptr_t)address < end;
		} else if (inside) {
			sscanf(line, "KernelPageSize: %" SCNu64, &page_kb);
			sscanf(line, "AnonHugePages: %" SCNu64, &huge_kb);
		}
	}
	if (smaps)
		fclose(smaps);
	json_number(fields, "kernelPageSize", page_kb * 1024);
	json_number(fields, "anonHugePages", huge_kb * 1024);
}

/* Of its first page: only DAX maps persistent memory itself, whatever a kernel can say of the mount. */
static void put_physical(const char *address, struct json *fields)
{
	uint64_t physical;
	bool persistent;

	if (!physical_of(address, &physical)) {
		json_null(fields, "physical");
		json_null(fields, "persistent");
		return;
	}
	json_hex(fields, "physical", physical);
	if (is_persistent(physical, &persistent))
		json_bool(fields, "persistent", persistent);
	else
		json_null(fields, "persistent");
}

void part_describe(const struct part *part, const char *address, struct json *fields)
{
	json_open(fields, NULL, '{');
	json_string(fields, "backing", part->backing->name);
	json_number(fields, "off", part->off);
	json_number(fields, "len", part->len);
	put_dax(part, fields);
	put_fstype(part, fields);
	put_smaps(address, fields);
	put_map_sync(part, fields);
	put_physical(address, fields);
	json_close(fields, '}');
}
