// SPDX-License-Identifier: GPL-2.0-only
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plan.h"

ssize_t read_some(const char *path, char *bytes, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t got = 0;

	if (fd < 0)
		return -1;
	while (len < room && (got = read(fd, bytes + len, room - len)) > 0)
		len += got;
	close(fd);
	return got < 0 ? -1 : (ssize_t)len;
}

char *read_whole(const char *path)
{
	struct stat stat_of;
	char *text;
	ssize_t len;

	if (stat(path, &stat_of))
		return NULL;
	text = malloc(stat_of.st_size + 1);
	if (!text)
		return NULL;
	len = read_some(path, text, stat_of.st_size);
	if (len < 0) {
		free(text);
		return NULL;
	}
	text[len] = '\0';
	return text;
}

int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	ssize_t written;

	if (fd < 0)
		return -1;
	written = write(fd, text, strlen(text));
	if (close(fd) || written < 0)
		return -1;
	if (written != (ssize_t)strlen(text)) {
		errno = EIO;
		return -1;
	}
	return 0;
}

bool number_in(const char *path, const char *name, uint64_t *number)
{
	FILE *file = fopen(path, "re");
	size_t width = strlen(name);
	char line[256];
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		if (strncmp(line, name, width) || !strchr(": \t", line[width]))
			continue;
		*number = strtoull(line + width + strspn(line + width, ": \t"), NULL, 10);
		found = true;
	}
	fclose(file);
	return found;
}

int make_folders(const char *path)
{
	char prefix[4096];

	for (const char *slash = path; *slash; slash += strcspn(slash, "/")) {
		slash += strspn(slash, "/");
		slash += strcspn(slash, "/");
		if ((size_t)(slash - path) >= sizeof(prefix)) {
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(prefix, path, slash - path);
		prefix[slash - path] = '\0';
		if (mkdir(prefix, 0755) && errno != EEXIST)
			return -1;
	}
	return 0;
}

static int do_mkdir(const struct operation *operation, struct record *record)
{
	if (make_folders(word_of(operation, "path")))
		return fail(record, "mkdir");
	return 0;
}

static int do_write(const struct operation *operation, struct record *record)
{
	char *line;
	int failed;

	/* Without its end a line stays open in the kernel's log, and is not printed before the next one. */
	if (asprintf(&line, "%s\n", word_of(operation, "text")) < 0)
		return fail(record, "write");
	failed = write_text(word_of(operation, "file"), line);
	free(line);
	return failed ? fail(record, "write") : 0;
}

static void put_as_hex(struct record *record, const unsigned char *bytes, size_t len)
{
	static char hex[2 * 4096 + 1];

	for (size_t i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	json_bytes(&record->fields, "text", hex, 2 * len);
}

static int do_read(const struct operation *operation, struct record *record)
{
	static char bytes[4096];
	ssize_t len = read_some(word_of(operation, "file"), bytes, sizeof(bytes));

	if (len < 0)
		return fail(record, "read");
	if (chose(operation, "as", "hex")) {
		put_as_hex(record, (unsigned char *)bytes, len);
		return 0;
	}
	if (len && bytes[len - 1] == '\n')
		len--;
	json_bytes(&record->fields, "text", bytes, len);
	return 0;
}

const struct operation_type file_operations[] = {
	{ .name = "mkdir", .run = do_mkdir, .keys = (const struct key_spec[]){ KEY("path"), {} } },
	{ .name = "write", .run = do_write,
	  .keys = (const struct key_spec[]){ KEY("file"), KEY_REST("text"), {} } },
	{ .name = "read", .run = do_read,
	  .keys = (const struct key_spec[]){ KEY("file"), KEY_CHOICE("as", "text|hex"), {} } },
	{}
};
