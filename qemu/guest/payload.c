// SPDX-License-Identifier: GPL-2.0-only
#include "payload.h"

#include <time.h>
#include <unistd.h>
#ifdef __x86_64__
#include <sys/io.h>
#include <x86intrin.h>
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

#ifdef __x86_64__
/*
 * Under -icount QEMU may or may not skip to the next timer's time while it stops the machine: its main loop finds the
 * processor idle before it finds the machine stopped (icount_start_warp_timer). Spinning past that timer, up to a time
 * chosen before the stop and then on to the exact instruction, makes both courses one. An instruction is a tick there;
 * where it is not, the wait is some milliseconds and no harm.
 */
#define SPIN_TICKS (20 * 1000 * 1000)
#define SLED 64

static void spin_until(uint64_t end)
{
	uint64_t now, late;

	do
		now = __rdtsc();
	while ((int64_t)(end - now) > 0 && end - now <= SPIN_TICKS);

	late = now - end;
	if (late < SLED)
		asm volatile("lea 1f(%%rip), %%rax\n\t"
			     "add %0, %%rax\n\t"
			     "jmp *%%rax\n"
			     "1:\t.skip %c1, 0x90"
			     : : "r"(late), "i"(SLED) : "rax", "cc");
}
#endif

void payload_stop_machine(void)
{
#ifdef __x86_64__
	uint64_t end = __rdtsc() + SPIN_TICKS;

	if (getpid() != 1)
		return;
	outb(PVPANIC_PANICKED, PVPANIC_PORT);
	spin_until(end);
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
