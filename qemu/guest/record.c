// SPDX-License-Identifier: GPL-2.0-only
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <termios.h>
#include <unistd.h>

static int channel = -1;
static uint64_t next_seq;

static void make_raw(int fd)
{
	struct termios settings;

	if (tcgetattr(fd, &settings))
		die("tcgetattr on the record channel");
	cfmakeraw(&settings);
	cfsetspeed(&settings, B115200);
	settings.c_cflag |= CLOCAL;
	if (tcsetattr(fd, TCSANOW, &settings))
		die("tcsetattr on the record channel");
}

void record_open(const char *path)
{
	channel = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC, 0644);
	if (channel < 0)
		die(path);
	if (isatty(channel))
		make_raw(channel);
}

void record_drain(void)
{
	if (isatty(channel) && tcdrain(channel))
		die("tcdrain on the record channel");
}

static void write_line(const char *line, size_t len)
{
	while (len) {
		ssize_t written = write(channel, line, len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			die("write to the record channel");
		line += written;
		len -= written;
	}
}

static void put_error(struct json *line, const struct record *record)
{
	const char *name = strerrorname_np(record->error);

	if (record->error) {
		json_number(line, "errno", record->error);
		json_string(line, "error", name ? name : strerror(record->error));
	}
	json_string(line, "at", record->at);
}

void record_write(const char *op, const char *id, const struct record *record, uint64_t ns)
{
	static struct json line;

	line.len = 0;
	json_open(&line, NULL, '{');
	json_number(&line, "seq", next_seq++);
	if (id)
		json_string(&line, "id", id);
	json_string(&line, "op", op);
	json_bool(&line, "ok", !record->failed);
	if (record->failed && record->at)
		put_error(&line, record);
	json_number(&line, "ns", ns);
	json_append(&line, &record->fields);
	json_close(&line, '}');
	if (line.overflowed)
		die("a record that is too long");
	line.text[line.len++] = '\n';
	write_line(line.text, line.len);
}

int fail_with(struct record *record, const char *at, int error)
{
	record->failed = true;
	record->error = error;
	record->at = at;
	return -1;
}

int fail(struct record *record, const char *at)
{
	return fail_with(record, at, errno);
}

void die(const char *what)
{
	fprintf(stderr, "pinbench agent: cannot go on: %s: %s\n", what, strerror(errno));
	leave(1);
}

void leave(int status)
{
	if (getpid() == 1) {
		tcdrain(STDERR_FILENO);
		reboot(RB_POWER_OFF);
	}
	_exit(status);
}
