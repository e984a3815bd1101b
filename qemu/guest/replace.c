// SPDX-License-Identifier: GPL-2.0-only
/* Putting other memory in the place of a buffer's, as an mmap(MAP_FIXED) of a program's own does. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "buffer.h"
#include "memory.h"
#include "operations.h"

static bool is_backing(const struct key_spec *spec, const char *value)
{
	(void)spec;
	return find_backing(value, strlen(value));
}

static int do_replace(const struct operation *operation, struct record *record)
{
	const char *with = word_of(operation, "with");
	struct buffer *buffer = buffer_of(operation, record);
	struct part part = { .fd = -1, .backing = find_backing(with, strlen(with)) };

	if (!buffer)
		return -1;
	part.len = buffer->len;
	if (buffer->count != 1 || part.len % part.backing->granule ||
	    (uintptr_t)buffer->address % part.backing->granule)
		return fail_with(record, "parts", EINVAL);
	if (part_open(&part, buffer->name, buffer->count, record) ||
	    part_map(&part, buffer->address, PROT_READ | PROT_WRITE, part.backing->shared, record)) {
		part_close(&part, false);
		return -1;
	}
	part_close(&buffer->parts[0], false);
	buffer->parts[0] = part;
	if (!part.backing->device && touch_memory(buffer->address, 1, TOUCH_READ, record))
		return -1;
	json_open(&record->fields, "parts", '[');
	part_describe(&buffer->parts[0], buffer->address, &record->fields);
	json_close(&record->fields, ']');
	return 0;
}

const struct operation_type replace_operations[] = {
	{ .name = "replace", .run = do_replace,
	  .keys = (const struct key_spec[]){
		  KEY("buffer"), { .name = "with", .valid = is_backing, .required = true }, {} } },
	{}
};
