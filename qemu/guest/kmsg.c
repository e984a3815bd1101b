// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel complains of between two operations, read from its log. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "operations.h"

#define LONGEST_LINE 8192
#define MAX_LINES 8

static int log_fd = -1;

static int do_mark(const struct operation *operation, struct record *record)
{
	(void)operation;
	if (log_fd < 0)
		log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log_fd < 0)
		return fail(record, "open");
	return lseek(log_fd, 0, SEEK_END) < 0 ? fail(record, "lseek") : 0;
}

/* A record of the log is PRIORITY,SEQUENCE,TIME,FLAGS;TEXT and lines of its own that begin with a space. */
static const char *text_of(char *line)
{
	char *text = strchr(line, ';');

	line[strcspn(line, "\n")] = '\0';
	return text ? text + 1 : line;
}

static bool is_complaint(const char *text)
{
	return !strncmp(text, "WARNING: ", 9) || !strncmp(text, "BUG: ", 5) ||
	       !strncmp(text, "kernel BUG at ", 14);
}

static int do_complaints(const struct operation *operation, struct record *record)
{
	static char line[LONGEST_LINE];
	unsigned int count = 0;
	ssize_t len;

	(void)operation;
	if (log_fd < 0)
		return fail_with(record, "kmsg-mark", EBADF);
	json_open(&record->fields, "complaints", '[');
	/* EPIPE: lines were overwritten before they were read; the next ones are there. */
	while ((len = read(log_fd, line, sizeof(line) - 1)) > 0 || (len < 0 && errno == EPIPE)) {
		const char *text;

		line[len > 0 ? len : 0] = '\0';
		text = text_of(line);
		if (is_complaint(text) && count++ < MAX_LINES)
			json_string(&record->fields, NULL, text);
	}
	json_close(&record->fields, ']');
	return len < 0 && errno != EAGAIN ? fail(record, "read") : 0;
}

const struct operation_type kmsg_operations[] = {
	{ .name = "kmsg-mark", .run = do_mark },
	{ .name = "kmsg-complaints", .run = do_complaints },
	{}
};
