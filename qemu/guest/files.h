/* SPDX-License-Identifier: GPL-2.0-only */
/* Small files of proc and sysfs. */
#ifndef PINBENCH_FILES_H
#define PINBENCH_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Reads at most room bytes; the length, or -1 with errno. */
ssize_t read_some(const char *path, char *bytes, size_t room);

/* The whole file, NUL-terminated and the caller's to free, or NULL with errno. */
char *read_whole(const char *path);

/* Writes text in one go; -1 with errno when that did not work. */
int write_text(const char *path, const char *text);

/* Makes a folder and those it lies in, as far as they are not there. */
int make_folders(const char *path);

/* The number behind the line that starts with name, as in /proc/vmstat and /proc/self/status. */
bool number_in(const char *path, const char *name, uint64_t *number);

#endif
