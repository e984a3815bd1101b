// SPDX-License-Identifier: GPL-2.0-only
/* Reading and writing buffers, and the short-lived GUP. */
#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buffer.h"
#include "operations.h"
#include "pattern.h"

#define PAGE 4096

/* As range_of(), for bytes that may be read and written at will: a device's registers act on both. */
static char *memory_of(const struct operation *operation, struct record *record, size_t *len)
{
	char *at = range_of(operation, record, 0, len);

	if (at && meets_device(buffer_of(operation, record), size_of(operation, "off", 0), *len)) {
		fail_with(record, "device-bar", EINVAL);
		return NULL;
	}
	return at;
}

static int do_fill(const struct operation *operation, struct record *record)
{
	uint64_t state = first_state(operation, "seed");
	size_t len;
	char *at = memory_of(operation, record, &len);

	if (!at)
		return -1;
	for (size_t i = 0; i < len; i++)
		at[i] = next_byte(&state);
	return 0;
}

/* Done by a child, it is the parent's memory that changes only where both share it. */
static int do_fork_fill(const struct operation *operation, struct record *record)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		return fail(record, "fork");
	if (!child)
		_exit(do_fill(operation, record) ? 1 : 0);
	if (waitpid(child, &status, 0) != child)
		return fail(record, "waitpid");
	return status ? fail_with(record, "child", EFAULT) : 0;
}

static int do_compare(const struct operation *operation, struct record *record)
{
	uint64_t state = first_state(operation, "seed");
	size_t len;
	char *at = memory_of(operation, record, &len);

	if (!at)
		return -1;
	for (size_t i = 0; i < len; i++) {
		uint8_t wanted = next_byte(&state);
		uint8_t found = at[i];

		if (found == wanted)
			continue;
		json_bool(&record->fields, "equal", false);
		json_number(&record->fields, "first", size_of(operation, "off", 0) + i);
		json_number(&record->fields, "wanted", wanted);
		json_number(&record->fields, "found", found);
		return 0;
	}
	json_bool(&record->fields, "equal", true);
	return 0;
}

/* vmsplice() takes the page with get_user_pages_fast() and no FOLL_LONGTERM; the read gives it back. */
static int splice_page(int stream[2], char *at, size_t len, struct record *record)
{
	static char drained[PAGE];
	struct iovec piece = { .iov_base = at, .iov_len = len };
	ssize_t taken = vmsplice(stream[1], &piece, 1, 0);

	if (taken < 0)
		return fail(record, "vmsplice");
	if (read(stream[0], drained, sizeof(drained)) != taken)
		return fail(record, "read");
	return taken == (ssize_t)len ? 0 : fail_with(record, "vmsplice", EFAULT);
}

static int do_gup(const struct operation *operation, struct record *record)
{
	size_t len;
	char *at = range_of(operation, record, PAGE, &len);
	int stream[2];
	int err = 0;

	if (!at)
		return -1;
	if (pipe2(stream, O_CLOEXEC))
		return fail(record, "pipe2");
	for (size_t done = 0; done < len && !err; done += PAGE)
		err = splice_page(stream, at + done, len - done < PAGE ? len - done : PAGE, record);
	close(stream[0]);
	close(stream[1]);
	return err;
}

#define RANGE_KEYS KEY("buffer"), KEY_SIZE("off"), KEY_SIZE("len"), KEY_SIZE("seed")

const struct operation_type memory_operations[] = {
	{ .name = "fill", .run = do_fill, .keys = (const struct key_spec[]){ RANGE_KEYS, {} } },
	{ .name = "fork-fill", .run = do_fork_fill,
	  .keys = (const struct key_spec[]){ RANGE_KEYS, {} } },
	{ .name = "compare", .run = do_compare, .keys = (const struct key_spec[]){ RANGE_KEYS, {} } },
	{ .name = "gup", .run = do_gup,
	  .keys = (const struct key_spec[]){ KEY("buffer"), KEY_SIZE_OPTIONAL("off"),
					     KEY_SIZE_OPTIONAL("len"), {} } },
	{}
};
