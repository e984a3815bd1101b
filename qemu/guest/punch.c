// SPDX-License-Identifier: GPL-2.0-only
/* Punching a hole: where a file system waits for pages that somebody else refers to, that shows. */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "buffer.h"
#include "operations.h"

#define DEFAULT_LIMIT_MS 100

static void on_alarm(int signal)
{
	(void)signal;
}

/* Again and again, should the first come before the call. No SA_RESTART: the call is to end. */
static void set_alarm(uint64_t ms)
{
	const struct sigaction action = { .sa_handler = on_alarm };
	const struct timeval every = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
	const struct itimerval timer = { .it_interval = every, .it_value = every };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static const struct part *part_at(const struct buffer *buffer, uint64_t off, size_t len)
{
	for (unsigned int i = 0; i < buffer->count; i++) {
		const struct part *part = &buffer->parts[i];

		if (part->fd >= 0 && part->off <= off && off + len <= part->off + part->len)
			return part;
	}
	return NULL;
}

static int do_punch(const struct operation *operation, struct record *record)
{
	uint64_t off = size_of(operation, "off", 0);
	const struct part *part;
	int err;
	size_t len;

	if (!range_of(operation, record, 0, &len))
		return -1;
	part = part_at(buffer_of(operation, record), off, len);
	if (!part)
		return fail_with(record, "file", EINVAL);
	set_alarm(size_of(operation, "within", DEFAULT_LIMIT_MS));
	err = fallocate(part->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, off - part->off, len);
	if (err)
		fail(record, "fallocate");
	setitimer(ITIMER_REAL, &(struct itimerval){}, NULL);
	return err;
}

const struct operation_type punch_operations[] = {
	{ .name = "punch", .run = do_punch,
	  .keys = (const struct key_spec[]){ KEY("buffer"), KEY_SIZE_OPTIONAL("off"),
					     KEY_SIZE_OPTIONAL("len"), KEY_SIZE_OPTIONAL("within"),
					     {} } },
	{}
};
