// SPDX-License-Identifier: GPL-2.0-only
/* Reading and writing buffers, and the short-lived GUP. */
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "access.h"
#include "buffer.h"
#include "operations.h"
#include "pattern.h"

#define PAGE 4096

char *memory_of(const struct operation *operation, struct record *record, uint64_t fallback_len,
		size_t *len)
{
	char *at = range_of(operation, record, fallback_len, len);

	if (at && meets_device(buffer_of(operation, record), size_of(operation, "off", 0), *len)) {
		fail_with(record, "device-bar", EINVAL);
		return NULL;
	}
	return at;
}

struct piece {
	char *at;
	size_t len;
	uint64_t state;
	bool equal;
	size_t differs;		/* from where on */
	uint8_t wanted;
	uint8_t found;
};

static void fill(void *argument)
{
	struct piece *piece = argument;

	for (size_t i = 0; i < piece->len; i++)
		piece->at[i] = next_byte(&piece->state);
}

int fill_memory(const struct operation *operation, struct record *record)
{
	struct piece piece = { .state = first_state(operation, "seed") };

	piece.at = memory_of(operation, record, 0, &piece.len);
	return piece.at ? try_access(fill, &piece, record) : -1;
}

/* Done by a child, it is the parent's memory that changes only where both share it. */
static int do_fork_fill(const struct operation *operation, struct record *record)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		return fail(record, "fork");
	if (!child)
		_exit(fill_memory(operation, record) ? 1 : 0);
	if (waitpid(child, &status, 0) != child)
		return fail(record, "waitpid");
	return status ? fail_with(record, "child", EFAULT) : 0;
}

static void compare(void *argument)
{
	struct piece *piece = argument;

	for (size_t i = 0; i < piece->len && piece->equal; i++) {
		piece->wanted = next_byte(&piece->state);
		piece->found = piece->at[i];
		piece->equal = piece->found == piece->wanted;
		piece->differs = i;
	}
}

static int do_compare(const struct operation *operation, struct record *record)
{
	struct piece piece = { .state = first_state(operation, "seed"), .equal = true };

	piece.at = memory_of(operation, record, 0, &piece.len);
	if (!piece.at || try_access(compare, &piece, record))
		return -1;
	json_bool(&record->fields, "equal", piece.equal);
	if (piece.equal)
		return 0;
	json_number(&record->fields, "first", size_of(operation, "off", 0) + piece.differs);
	json_number(&record->fields, "wanted", piece.wanted);
	json_number(&record->fields, "found", piece.found);
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

const struct operation_type memory_operations[] = {
	{ .name = "fill", .run = fill_memory,
	  .keys = (const struct key_spec[]){ RANGE_KEYS, KEY_SIZE("seed"), {} } },
	{ .name = "fork-fill", .run = do_fork_fill,
	  .keys = (const struct key_spec[]){ RANGE_KEYS, KEY_SIZE("seed"), {} } },
	{ .name = "compare", .run = do_compare,
	  .keys = (const struct key_spec[]){ RANGE_KEYS, KEY_SIZE("seed"), {} } },
	{ .name = "gup", .run = do_gup,
	  .keys = (const struct key_spec[]){ KEY("buffer"), KEY_SIZE_OPTIONAL("off"),
					     KEY_SIZE_OPTIONAL("len"), {} } },
	{}
};
