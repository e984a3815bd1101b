// SPDX-License-Identifier: GPL-2.0-only
#include "exec.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "operations.h"

#define OUTPUT_KEPT 4096
#define MAX_WORDS 64

static int spawn(char *const argv[], int output, pid_t *child)
{
	static char *const environment[] = { "PATH=/bin", NULL };
	posix_spawn_file_actions_t actions;
	int err;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
	err = posix_spawnp(child, argv[0], &actions, NULL, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

/* Reads to the end of the stream and leaves its last OUTPUT_KEPT bytes; returns how many. */
static size_t read_tail(int fd, char kept[2 * OUTPUT_KEPT])
{
	size_t len = 0;
	ssize_t got;

	while ((got = read(fd, kept + len, 2 * OUTPUT_KEPT - len)) > 0) {
		len += got;
		if (len > OUTPUT_KEPT) {
			memmove(kept, kept + len - OUTPUT_KEPT, OUTPUT_KEPT);
			len = OUTPUT_KEPT;
		}
	}
	return len;
}

int run_program(char *const argv[], struct record *record)
{
	static char output[2 * OUTPUT_KEPT];
	int stream[2];
	int status;
	size_t len;
	pid_t child;
	int err;

	if (pipe2(stream, O_CLOEXEC))
		return fail(record, "pipe2");
	err = spawn(argv, stream[1], &child);
	close(stream[1]);
	if (err) {
		close(stream[0]);
		return fail_with(record, "posix_spawn", err);
	}
	len = read_tail(stream[0], output);
	close(stream[0]);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return fail(record, "waitpid");

	status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	json_number(&record->fields, "status", status);
	json_bytes(&record->fields, "output", output, len);
	return status ? fail_with(record, "exit", 0) : 0;
}

static int do_exec(const struct operation *operation, struct record *record)
{
	char words[4096];
	char *argv[MAX_WORDS + 1] = { NULL };
	char *rest = words;
	char *word;
	int count = 0;

	if (strlen(word_of(operation, "argv")) >= sizeof(words))
		return fail_with(record, "argv", E2BIG);
	strcpy(words, word_of(operation, "argv"));
	while ((word = strsep(&rest, " \t"))) {
		if (!*word)
			continue;
		if (count == MAX_WORDS)
			return fail_with(record, "argv", E2BIG);
		argv[count++] = word;
	}
	return run_program(argv, record);
}

const struct operation_type exec_operations[] = {
	{ .name = "exec", .run = do_exec, .keys = (const struct key_spec[]){ KEY_REST("argv"), {} } },
	{}
};
