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

/* A system call for each word would cost more than all that is asked about a page. */
#define BATCH 512

/* Both files are arrays of 64-bit words. */
static bool read_words(int fd, uint64_t index, uint64_t *words, size_t count)
{
	ssize_t size = count * sizeof(*words);

	return pread(fd, words, size, index * sizeof(*words)) == size;
}

/* The frame behind a word of pagemap; 0 where there is none, and for whoever may not know. */
static uint64_t frame_of(uint64_t word)
{
	return word & PAGEMAP_PRESENT ? word & PAGEMAP_FRAME : 0;
}

bool physical_of(const char *address, uint64_t *physical)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t word = 0;
	bool read = pagemap >= 0 && read_words(pagemap, (uintptr_t)address / PAGE, &word, 1);

	*physical = frame_of(word) * PAGE;
	if (pagemap >= 0)
		close(pagemap);
	return read && *physical;
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
		bool named = strstr(line, " : Persistent Memory");

		/* Numbers are only read where they count: to read all takes longer than the mapping that is looked at. */
		if ((told && !named) || sscanf(line, " %" SCNx64 "-%" SCNx64, &start, &end) != 2)
			continue;
		told |= end;	/* whoever may not know sees zeroes */
		if (named && start <= physical && physical <= end)
			*persistent = true;
	}
	if (iomem)
		fclose(iomem);
	return told;
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

void frames_add(struct frames *frames, const char *address, size_t len)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	/* Its page is there from now on: made later, it could be one of those that are given back in between. */
	empty_batches();
	frames->frames = realloc(frames->frames, (frames->count + len / PAGE) * sizeof(uint64_t));
	if (!frames->frames)
		die("out of memory for a list of pages");
	frames->unknown |= pagemap < 0;
	for (size_t done = 0, count; pagemap >= 0 && done < len / PAGE; done += count) {
		uint64_t words[BATCH];

		count = len / PAGE - done < BATCH ? len / PAGE - done : BATCH;
		if (!read_words(pagemap, (uintptr_t)address / PAGE + done, words, count))
			continue;
		for (size_t i = 0; i < count; i++)
			if (frame_of(words[i]))
				frames->frames[frames->count++] = frame_of(words[i]);
	}
	if (pagemap >= 0)
		close(pagemap);
}

/* How many frames from the i-th on lie side by side in memory, and fit a batch. */
static size_t run_at(const struct frames *frames, size_t i)
{
	size_t run = 1;

	while (run < BATCH && i + run < frames->count && frames->frames[i + run] == frames->frames[i] + run)
		run++;
	return run;
}

bool frames_in_use(const struct frames *frames, uint64_t *count)
{
	int flags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	bool told = flags >= 0 && !frames->unknown;

	empty_batches();
	*count = 0;
	for (size_t i = 0, run; told && i < frames->count; i += run) {
		uint64_t words[BATCH];

		run = run_at(frames, i);
		told = read_words(flags, frames->frames[i], words, run);
		for (size_t k = 0; told && k < run; k++)
			*count += (words[k] & KPF_SWAPBACKED) != 0;
	}
	if (flags >= 0)
		close(flags);
	return told;
}

void frames_free(struct frames *frames)
{
	free(frames->frames);
}
