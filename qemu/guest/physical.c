// SPDX-License-Identifier: GPL-2.0-only
#include "physical.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "record.h"

#define PAGE 4096

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_PRESENT (1ull << 63)
#define PAGEMAP_FRAME ((1ull << 55) - 1)
#define KPF_SWAPBACKED (1ull << 14)

/* Both files are arrays of 64-bit words. */
static bool read_word(int fd, uint64_t index, uint64_t *word)
{
	return pread(fd, word, sizeof(*word), index * sizeof(*word)) == sizeof(*word);
}

static bool frame_at(int pagemap, const char *address, uint64_t *frame)
{
	uint64_t word;

	if (!read_word(pagemap, (uintptr_t)address / PAGE, &word) || !(word & PAGEMAP_PRESENT))
		return false;
	*frame = word & PAGEMAP_FRAME;
	return *frame;	/* whoever may not know is told 0 */
}

bool physical_of(const char *address, uint64_t *physical)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	bool found = pagemap >= 0 && frame_at(pagemap, address, physical);

	if (found)
		*physical *= PAGE;
	if (pagemap >= 0)
		close(pagemap);
	return found;
}

/* "Persistent Memory" is what NFIT describes, "Persistent Memory (legacy)" what memmap= made so. */
bool is_persistent(uint64_t physical, bool *persistent)
{
	FILE *iomem = fopen("/proc/iomem", "re");
	bool told = false;
	char line[256];

	*persistent = false;
	while (iomem && fgets(line, sizeof(line), iomem)) {
		uint64_t start, end;

		if (sscanf(line, " %" SCNx64 "-%" SCNx64, &start, &end) != 2)
			continue;
		told |= end;	/* whoever may not know sees zeroes */
		if (start <= physical && physical <= end && strstr(line, " : Persistent Memory"))
			*persistent = true;
	}
	if (iomem)
		fclose(iomem);
	return told;
}

void frames_add(struct frames *frames, const char *address, size_t len)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	frames->frames = realloc(frames->frames, (frames->count + len / PAGE) * sizeof(uint64_t));
	if (!frames->frames)
		die("out of memory for a list of pages");
	frames->unknown |= pagemap < 0;
	for (size_t off = 0; pagemap >= 0 && off < len; off += PAGE)
		frames->count += frame_at(pagemap, address + off, &frames->frames[frames->count]);
	if (pagemap >= 0)
		close(pagemap);
}

/*
 * Pages that were just made wait in a batch of the processor's until it is full, and have a reference meanwhile. An
 * munmap() used to empty it; on 7.3 it no longer does. To lock a page still does (mm/mlock.c).
 */
static void empty_batches(void)
{
	static char page[PAGE] __attribute__((aligned(PAGE)));

	if (mlock(page, sizeof(page)) == 0)
		munlock(page, sizeof(page));
}

bool frames_in_use(const struct frames *frames, uint64_t *count)
{
	int flags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	bool told = flags >= 0 && !frames->unknown;

	empty_batches();
	*count = 0;
	for (size_t i = 0; told && i < frames->count; i++) {
		uint64_t word;

		told = read_word(flags, frames->frames[i], &word);
		*count += told && (word & KPF_SWAPBACKED);
	}
	if (flags >= 0)
		close(flags);
	return told;
}

void frames_free(struct frames *frames)
{
	free(frames->frames);
}
