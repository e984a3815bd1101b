// SPDX-License-Identifier: GPL-2.0-only
#include "tar.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"

#define BLOCK 512
#define CHUNK (64 * 1024)

/* POSIX.1-2001, pax: "ustar Interchange Format" */
struct header {
	char name[100];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char checksum[8];
	char type;
	char link[100];
	char magic[6];
	char version[2];
	char owner[64];
	char device[16];
	char prefix[155];
	char padding[12];
};

_Static_assert(sizeof(struct header) == BLOCK, "a tar header is one block");

/*
 * O_DIRECT: the page cache would go on showing what the device held before the host put the
 * archive there. Its reads are aligned in memory, offset and length.
 */
struct reader {
	int fd;
	size_t at;
	size_t len;
};

static char chunk[CHUNK] __attribute__((aligned(4096)));

static int open_device(const char *device)
{
	return open(device, O_RDONLY | O_DIRECT | O_CLOEXEC);
}

/* The next block, or NULL with errno. */
static const char *next_block(struct reader *reader)
{
	if (reader->at == reader->len) {
		ssize_t got = read(reader->fd, chunk, sizeof(chunk));

		if (got < BLOCK) {
			errno = got < 0 ? errno : ENODATA;
			return NULL;
		}
		reader->at = 0;
		reader->len = got - got % BLOCK;
	}
	reader->at += BLOCK;
	return chunk + reader->at - BLOCK;
}

static bool is_header(const struct header *header)
{
	return !memcmp(header->magic, "ustar", sizeof(header->magic));
}

bool tar_has_arrived(const char *device)
{
	struct reader reader = { .fd = open_device(device) };
	const char *block;

	if (reader.fd < 0)
		return false;
	block = next_block(&reader);
	close(reader.fd);
	return block && is_header((const struct header *)block);
}

static int copy_out(struct reader *reader, const char *path, uint64_t size)
{
	FILE *file = fopen(path, "we");

	if (!file)
		return -1;
	for (uint64_t done = 0; done < size; done += BLOCK) {
		const char *block = next_block(reader);
		size_t len = size - done < BLOCK ? size - done : BLOCK;

		if (!block || fwrite(block, 1, len, file) != len) {
			fclose(file);
			return -1;
		}
	}
	return fclose(file);
}

static int unpack_entry(struct reader *reader, const struct header *header, const char *folder,
			uint64_t *size)
{
	const char *slash = *header->prefix ? "/" : "";
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%.155s%s%.100s", folder, header->prefix, slash, header->name);
	*size = strtoull(header->size, NULL, 8);
	switch (header->type) {
	case '5':
		return make_folders(path);
	case '0':
	case '\0':
		return copy_out(reader, path, *size);
	default:
		errno = EINVAL;
		return -1;
	}
}

int tar_unpack(const char *device, const char *folder, struct record *record)
{
	struct reader reader = { .fd = open_device(device) };
	uint64_t files = 0, bytes = 0;
	const char *block = NULL;
	int err = 0;

	if (reader.fd < 0)
		return fail(record, "open payload");
	while (!err && (block = next_block(&reader)) && is_header((const struct header *)block)) {
		const struct header header = *(const struct header *)block;
		uint64_t size = 0;

		err = unpack_entry(&reader, &header, folder, &size);
		files += header.type != '5';
		bytes += size;
	}
	if (err)
		fail(record, "unpack");
	else if (!block)
		err = fail(record, "read payload");
	close(reader.fd);
	json_number(&record->fields, "files", files);
	json_number(&record->fields, "bytes", bytes);
	return err;
}
