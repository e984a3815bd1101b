// SPDX-License-Identifier: GPL-2.0-only
/* The parts of a buffer, and the values that describe it in a plan. */
#include <string.h>

#include "buffer.h"

unsigned int split_parts(const char *text, struct part parts[MAX_PARTS])
{
	unsigned int count = 0;

	for (; count < MAX_PARTS; count++) {
		size_t width = strcspn(text, ",");
		const char *colon = memchr(text, ':', width);
		struct part *part = &parts[count];

		if (!colon)
			return 0;
		*part = (struct part){ .fd = -1, .backing = find_backing(text, colon - text) };
		if (!part->backing || !parse_size(colon + 1, text + width - colon - 1, &part->len))
			return 0;
		if (!part->len || part->len % part->backing->granule)
			return 0;
		text += width;
		if (!*text++)
			return count + 1;
	}
	return 0;
}

bool meets_device(const struct buffer *buffer, uint64_t off, size_t len)
{
	for (unsigned int i = 0; i < buffer->count; i++) {
		const struct part *part = &buffer->parts[i];

		if (part->backing->device && off < part->off + part->len && part->off < off + len)
			return true;
	}
	return false;
}

bool are_parts(const struct key_spec *spec, const char *value)
{
	struct part parts[MAX_PARTS];

	(void)spec;
	return split_parts(value, parts);
}

bool is_alignment(const struct key_spec *spec, const char *value)
{
	uint64_t align;

	(void)spec;
	return parse_size(value, strlen(value), &align) && align >= 4096 && !(align & (align - 1));
}

bool is_buffer_name(const struct key_spec *spec, const char *value)
{
	(void)spec;
	return *value && strlen(value) < MAX_NAME && !strchr(value, '/');
}
