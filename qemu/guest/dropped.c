// SPDX-License-Identifier: GPL-2.0-only
/* Which pages of a file the kernel cannot drop from its cache: mapping_evict_folio() leaves those with references. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "backing.h"

#define PAGE 4096

bool pages_not_dropped(const struct part *part, uint64_t *count)
{
	size_t pages = part->len / PAGE;
	unsigned char *resident = calloc(pages, 1);
	void *map;
	bool told;

	*count = 0;
	if (!resident)
		die("out of memory for a list of pages");
	fsync(part->fd);
	posix_fadvise(part->fd, 0, part->len, POSIX_FADV_DONTNEED);
	map = mmap(NULL, part->len, PROT_READ, MAP_SHARED, part->fd, 0);
	told = map != MAP_FAILED && mincore(map, part->len, resident) == 0;
	for (size_t i = 0; told && i < pages; i++)
		*count += resident[i] & 1;
	if (map != MAP_FAILED)
		munmap(map, part->len);
	free(resident);
	return told;
}
