// SPDX-License-Identifier: GPL-2.0-only
/*
 * A change to a file that may wait, done by a thread of its own: a process would hold the files and mappings of the
 * agent a second time, and no unlink would be the last.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "operations.h"
#include "reset.h"
#include "task.h"

#define PAGE 4096
/* Of guest time: from when on a wait for pages is taken for one, and until anything else is given up. */
#define SETTLED_MS 20
#define PATIENCE_MS 2000

struct change {
	pthread_t thread;
	const struct operation *operation;
	int file;		/* -1 for an unlink */
	_Atomic pid_t task;
	atomic_bool over;
	int error;
};

/* The one that is under way. */
static struct change *current;

/* All of a file, or its first page. */
static int change_file(const struct change *change)
{
	const struct operation *operation = change->operation;

	if (chose(operation, "do", "unlink"))
		return unlink(word_of(operation, "file"));
	if (chose(operation, "do", "truncate"))
		return ftruncate(change->file, 0);
	if (chose(operation, "do", "collapse"))
		return fallocate(change->file, FALLOC_FL_COLLAPSE_RANGE, 0, PAGE);
	return fallocate(change->file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE);
}

static void *run_change(void *begun)
{
	struct change *change = begun;

	change->task = syscall(SYS_gettid);
	change->error = change_file(change) ? errno : 0;
	change->over = true;
	return NULL;
}

/*
 * ext4_break_layouts(), xfs_break_dax_layouts(), dax_break_layout(): it waits for pages in use, and may do so for good.
 * Whatever else it sleeps for, such as the journal, ends.
 */
static bool waits_for_pages(pid_t task)
{
	return task_sleeps(task) &&
	       (task_is_in(task, "break_layout") || task_is_in(task, "break_dax_layout"));
}

/* Looked after ever more rarely, and given up in the end. */
static void wait_patiently(void)
{
	for (unsigned int ms = 1; !current->over && ms < PATIENCE_MS; ms *= 2) {
		const struct timespec pause = { ms / 1000, ms % 1000 * 1000 * 1000 };

		if (ms >= SETTLED_MS && current->task && waits_for_pages(current->task))
			return;
		nanosleep(&pause, NULL);
	}
}

static void end(void)
{
	pthread_join(current->thread, NULL);
	if (current->file >= 0)
		close(current->file);
	free(current);
	current = NULL;
}

static void report(struct json *fields)
{
	const char *name;

	wait_patiently();
	if (!current->over) {
		json_string(fields, "state", "waiting");
		put_task(current->task, fields);
		return;
	}
	name = current->error ? strerrorname_np(current->error) : "0";
	json_string(fields, "state", "returned");
	json_string(fields, "returned", name ? name : strerror(current->error));
	end();
}

static int open_file(const struct operation *operation, struct record *record)
{
	if (chose(operation, "do", "unlink"))
		return 0;
	current->file = open(word_of(operation, "file"), O_RDWR | O_CLOEXEC);
	return current->file < 0 ? fail(record, "open") : 0;
}

static int begin(const struct operation *operation, struct record *record)
{
	int err;

	if (open_file(operation, record))
		return -1;
	err = pthread_create(&current->thread, NULL, run_change, current);
	if (!err)
		return 0;
	if (current->file >= 0)
		close(current->file);
	return fail_with(record, "pthread_create", err);
}

static int do_change(const struct operation *operation, struct record *record)
{
	if (current)
		return fail_with(record, "change", EBUSY);
	current = calloc(1, sizeof(*current));
	if (!current)
		die("out of memory for a change");
	current->operation = operation;
	current->file = -1;
	if (begin(operation, record)) {
		free(current);
		current = NULL;
		return -1;
	}
	report(&record->fields);
	return 0;
}

static int do_wait(const struct operation *operation, struct record *record)
{
	(void)operation;
	if (!current)
		return fail_with(record, "change", ESRCH);
	report(&record->fields);
	return 0;
}

static void ignore(int signal)
{
	(void)signal;
}

/* No SA_RESTART: what is interrupted is to say so. */
static void interrupt(void)
{
	const struct sigaction action = { .sa_handler = ignore };

	sigaction(SIGUSR1, &action, NULL);
	if (!current->over)
		pthread_kill(current->thread, SIGUSR1);
}

/* What no signal ends is left to itself, thread, file and all. */
static int do_interrupt(const struct operation *operation, struct record *record)
{
	(void)operation;
	if (!current)
		return fail_with(record, "change", ESRCH);
	interrupt();
	report(&record->fields);
	current = NULL;
	return 0;
}

void change_end(void)
{
	if (!current)
		return;
	interrupt();
	wait_patiently();
	if (current->over)
		end();
	current = NULL;
}

const struct operation_type change_operations[] = {
	{ .name = "change", .run = do_change,
	  .keys = (const struct key_spec[]){
		  KEY("file"),
		  { .name = "do", .valid = is_choice, .required = true,
		    .choices = "truncate|punch|collapse|unlink" },
		  {} } },
	{ .name = "change-wait", .run = do_wait },
	{ .name = "change-interrupt", .run = do_interrupt },
	{}
};
