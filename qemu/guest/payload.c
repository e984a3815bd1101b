// SPDX-License-Identifier: GPL-2.0-only
#include "payload.h"

#include <time.h>
#include <unistd.h>
#ifdef __x86_64__
#include <sys/io.h>
#endif

#include "clock.h"
#include "files.h"
#include "run.h"
#include "tar.h"

#define FOLDER "/payload"

/* QEMU's docs/specs/pvpanic: the ISA port, and the bit that says "the guest has panicked". */
#define PVPANIC_PORT 0x505
#define PVPANIC_PANICKED 1

static int open_port(struct record *record)
{
#ifdef __x86_64__
	if (getpid() == 1 && iopl(3))
		return fail(record, "iopl");
#endif
	(void)record;
	return 0;
}

int payload_prepare(const char *device, struct record *record)
{
	if (access(device, R_OK))
		return fail(record, "access");
	if (make_folders(FOLDER))
		return fail(record, "mkdir");
	return open_port(record);
}

void payload_stop_machine(void)
{
#ifdef __x86_64__
	if (getpid() == 1)
		outb(PVPANIC_PANICKED, PVPANIC_PORT);
#endif
}

const char *payload_take(const char *device)
{
	static const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	static struct record record;
	uint64_t start = now_ns();

	while (!tar_has_arrived(device))
		nanosleep(&pause, NULL);

	tally_reset();
	record.failed = tar_unpack(device, FOLDER, &record) != 0;
	record_write("payload", NULL, &record, now_ns() - start);
	if (!record.failed)
		return FOLDER "/plan";
	tally_count(true);
	return NULL;
}
