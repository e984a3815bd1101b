// SPDX-License-Identifier: GPL-2.0-only
#include "buffer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "memory.h"
#include "operations.h"
#include "physical.h"
#include "reset.h"

static struct buffer *buffers;

static struct buffer *find_buffer(const char *name)
{
	for (struct buffer *buffer = buffers; buffer; buffer = buffer->next)
		if (!strcmp(buffer->name, name))
			return buffer;
	return NULL;
}

struct buffer *buffer_of(const struct operation *operation, struct record *record)
{
	struct buffer *buffer = find_buffer(word_of(operation, "buffer"));

	if (!buffer)
		fail_with(record, "buffer", ENOENT);
	return buffer;
}

char *range_of(const struct operation *operation, struct record *record, uint64_t fallback_len,
	       size_t *len)
{
	struct buffer *buffer = buffer_of(operation, record);
	uint64_t off = size_of(operation, "off", 0);

	if (!buffer)
		return NULL;
	if (off > buffer->len) {
		fail_with(record, "range", ERANGE);
		return NULL;
	}
	*len = size_of(operation, "len", fallback_len ? fallback_len : buffer->len - off);
	if (*len > buffer->len - off) {
		fail_with(record, "range", ERANGE);
		return NULL;
	}
	return buffer->address + off;
}

/*
 * Where the kernel is to look for room: anywhere, unless there is a hole, which is room too. Then far below all that lies
 * anywhere, and never in the same place twice.
 */
static void *room_for(size_t len)
{
	static uintptr_t aside = 1ull << 44;

	for (const struct buffer *buffer = buffers; buffer; buffer = buffer->next)
		if (buffer->holed) {
			aside += len;
			return (void *)(aside - len);
		}
	return NULL;
}

/* Address space for all parts, aligned, with a guard page at either end so that no VMA merges with a stranger's. */
static int reserve(struct buffer *buffer, size_t align)
{
	size_t guard = sysconf(_SC_PAGESIZE);
	uintptr_t start;

	buffer->reserved_len = buffer->len + align + 2 * guard;
	buffer->reserved = mmap(room_for(buffer->reserved_len), buffer->reserved_len, PROT_NONE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (buffer->reserved == MAP_FAILED)
		return -1;
	start = (uintptr_t)buffer->reserved + guard;
	buffer->address = (char *)((start + align - 1) & ~(align - 1));
	return 0;
}

static void destroy(struct buffer *buffer, bool keep_files)
{
	if (buffer->reserved && buffer->reserved != MAP_FAILED)
		munmap(buffer->reserved, buffer->reserved_len);
	for (unsigned int i = 0; i < buffer->count; i++)
		part_close(&buffer->parts[i], keep_files);
	free(buffer);
}

static int map_parts(struct buffer *buffer, const struct operation *operation, struct record *record)
{
	int prot = PROT_READ | (chose(operation, "prot", "ro") ? 0 : PROT_WRITE);

	for (unsigned int i = 0; i < buffer->count; i++) {
		struct part *part = &buffer->parts[i];
		const char *share = word_of(operation, "share");
		bool shared = share ? !strcmp(share, "shared") : part->backing->shared;

		if (part_open(part, buffer->name, i, record) ||
		    part_map(part, buffer->address + part->off, prot, shared, record))
			return -1;
	}
	return 0;
}

static int touch(const struct buffer *buffer, const struct operation *operation, struct record *record)
{
	bool read = chose(operation, "prot", "ro") || chose(operation, "touch", "read");

	if (chose(operation, "touch", "none"))
		return 0;
	for (unsigned int i = 0; i < buffer->count; i++) {
		const struct part *part = &buffer->parts[i];

		if (!part->backing->device &&
		    touch_memory(buffer->address + part->off, part->len,
				 read ? TOUCH_READ : TOUCH_ZERO, record))
			return -1;
	}
	return 0;
}

static void describe(const struct buffer *buffer, const struct operation *operation, struct json *fields)
{
	json_hex(fields, "address", (uintptr_t)buffer->address);
	json_number(fields, "len", buffer->len);
	if (chose(operation, "describe", "none"))
		return;
	json_open(fields, "parts", '[');
	for (unsigned int i = 0; i < buffer->count; i++)
		part_describe(&buffer->parts[i], buffer->address + buffer->parts[i].off, fields);
	json_close(fields, ']');
}

static struct buffer *lay_out(const struct operation *operation, size_t *align)
{
	struct buffer *buffer = calloc(1, sizeof(*buffer));

	if (!buffer)
		die("out of memory for a buffer");
	strcpy(buffer->name, word_of(operation, "name"));
	buffer->count = split_parts(word_of(operation, "parts"), buffer->parts);
	*align = size_of(operation, "align", sysconf(_SC_PAGESIZE));
	for (unsigned int i = 0; i < buffer->count; i++) {
		struct part *part = &buffer->parts[i];

		part->off = buffer->len;
		buffer->len += part->len;
		if (part->backing->granule > *align)
			*align = part->backing->granule;
	}
	return buffer;
}

static int do_buffer(const struct operation *operation, struct record *record)
{
	struct buffer *buffer;
	size_t align;

	if (find_buffer(word_of(operation, "name")))
		return fail_with(record, "name", EEXIST);
	if (chose(operation, "prot", "ro") && chose(operation, "touch", "write"))
		return fail_with(record, "touch", EACCES);

	buffer = lay_out(operation, &align);
	if (reserve(buffer, align))
		fail(record, "mmap");
	else if (!map_parts(buffer, operation, record) && !touch(buffer, operation, record)) {
		describe(buffer, operation, &record->fields);
		buffer->next = buffers;
		buffers = buffer;
		return 0;
	}
	destroy(buffer, false);
	return -1;
}

static void release(struct buffer *buffer, bool keep_files)
{
	struct buffer **link = &buffers;

	while (*link != buffer)
		link = &(*link)->next;
	*link = buffer->next;
	destroy(buffer, keep_files);
}

void release_device_buffers(void)
{
	for (struct buffer *buffer = buffers, *next; buffer; buffer = next) {
		next = buffer->next;
		if (meets_device(buffer, 0, buffer->len))
			release(buffer, false);
	}
}

void release_all_buffers(bool keep_files)
{
	while (buffers)
		release(buffers, keep_files);
}

/* A page that somebody holds a reference to stays what it was. */
static void put_kept(const struct frames *frames, uint64_t not_dropped, bool told, struct json *fields)
{
	uint64_t in_use;

	if (frames_in_use(frames, &in_use) && told)
		json_number(fields, "kept", in_use + not_dropped);
	else
		json_null(fields, "kept");
}

/* Pages of files leave RAM before their file does: nothing else tells whether somebody refers to them. */
static bool drop_files(const struct buffer *buffer, uint64_t *kept)
{
	bool told = true;

	*kept = 0;
	for (unsigned int i = 0; i < buffer->count; i++) {
		uint64_t count;

		if (!buffer->parts[i].backing->cached)
			continue;
		told &= pages_not_dropped(&buffer->parts[i], &count);
		*kept += count;
	}
	return told;
}

static int do_release(const struct operation *operation, struct record *record)
{
	struct buffer *buffer = find_buffer(word_of(operation, "name"));
	struct frames frames = {};
	uint64_t not_dropped;
	bool told;

	if (!buffer)
		return fail_with(record, "name", ENOENT);
	for (unsigned int i = 0; i < buffer->count; i++) {
		const struct part *part = &buffer->parts[i];

		if (part->backing->swapbacked)
			frames_add(&frames, buffer->address + part->off, part->len);
	}
	munmap(buffer->address, buffer->len);
	told = drop_files(buffer, &not_dropped);
	release(buffer, chose(operation, "file", "keep"));
	put_kept(&frames, not_dropped, told, &record->fields);
	frames_free(&frames);
	return 0;
}

const struct operation_type buffer_operations[] = {
	{ .name = "buffer", .run = do_buffer,
	  .keys = (const struct key_spec[]){
		  { .name = "name", .valid = is_buffer_name, .required = true },
		  { .name = "parts", .valid = are_parts, .required = true },
		  KEY_CHOICE("share", "shared|private"),
		  KEY_CHOICE("prot", "rw|ro"),
		  KEY_CHOICE("touch", "write|read|none"),
		  { .name = "align", .valid = is_alignment },
		  KEY_CHOICE("describe", "all|none"),
		  {} } },
	{ .name = "release", .run = do_release,
	  .keys = (const struct key_spec[]){ KEY("name"), KEY_CHOICE("file", "unlink|keep"), {} } },
	{}
};
