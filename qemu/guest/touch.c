// SPDX-License-Identifier: GPL-2.0-only
/* Faulting pages in. */
#include <unistd.h>

#include "access.h"
#include "memory.h"
#include "operations.h"

#define PAGE 4096

struct range {
	char *address;
	size_t len;
	enum touch how;
};

/* A zero comes without a read before it, which would put the shared zero page in the place of a huge page. */
static void touch_pages(void *argument)
{
	const struct range *range = argument;
	volatile char *end = range->address + range->len;

	for (volatile char *at = range->address; at < end; at += PAGE) {
		if (range->how == TOUCH_ZERO)
			*at = 0;
		else if (range->how == TOUCH_WRITE)
			*at = *at;
		else
			(void)*at;
	}
}

int touch_memory(char *address, size_t len, enum touch how, struct record *record)
{
	struct range range = { address, len, how };

	return try_access(touch_pages, &range, record);
}

static int do_touch(const struct operation *operation, struct record *record)
{
	enum touch how = chose(operation, "how", "write") ? TOUCH_WRITE : TOUCH_READ;
	size_t len;
	char *at = memory_of(operation, record, PAGE, &len);

	return at ? touch_memory(at, len, how, record) : -1;
}

const struct operation_type touch_operations[] = {
	{ .name = "touch", .run = do_touch,
	  .keys = (const struct key_spec[]){ KEY("buffer"), KEY_SIZE("off"), KEY_SIZE_OPTIONAL("len"),
					     { .name = "how", .valid = is_choice, .required = true,
					       .choices = "read|write" },
					     {} } },
	{}
};
