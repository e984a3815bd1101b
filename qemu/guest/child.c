// SPDX-License-Identifier: GPL-2.0-only
/*
 * A child of the agent that lives on, with the agent's memory as it was when it was made. It waits for what it is told:
 * a function and an operation of the plan, both of which lie where they do in the agent.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"
#include "operations.h"

typedef int run_fn(const struct operation *operation, struct record *record);

struct request {
	run_fn *run;
	const struct operation *operation;
};

/* Before the text of the record's fields. */
struct answer {
	bool failed;
	int error;
	const char *at;
	size_t len;
};

static struct {
	pid_t task;	/* 0 for none */
	int requests;
	int answers;
} child;

static bool write_all(int fd, const void *bytes, size_t len)
{
	while (len) {
		ssize_t done = write(fd, bytes, len);

		if (done < 0 && errno != EINTR)
			return false;
		if (done > 0) {
			bytes = (const char *)bytes + done;
			len -= done;
		}
	}
	return true;
}

static bool read_all(int fd, void *bytes, size_t len)
{
	while (len) {
		ssize_t done = read(fd, bytes, len);

		if (!done || (done < 0 && errno != EINTR))
			return false;
		if (done > 0) {
			bytes = (char *)bytes + done;
			len -= done;
		}
	}
	return true;
}

static bool answer(const struct record *record)
{
	const struct answer head = {
		.failed = record->failed,
		.error = record->error,
		.at = record->at,
		.len = record->fields.len,
	};

	return write_all(STDOUT_FILENO, &head, sizeof(head)) &&
	       write_all(STDOUT_FILENO, record->fields.text, head.len);
}

/* Until the agent closes its end, be it by its own end. */
static void serve(void)
{
	static struct record record;
	struct request request;

	while (answer(&record) && read_all(STDIN_FILENO, &request, sizeof(request))) {
		record.fields.len = 0;
		record.failed = request.run(request.operation, &record) != 0;
	}
	_exit(0);
}

/* None of the agent's files stays open here: a device of VFIO would be in use as long as the child lives. */
static void become_child(int requests, int answers)
{
	dup2(requests, STDIN_FILENO);
	dup2(answers, STDOUT_FILENO);
	closefrom(STDERR_FILENO + 1);
	serve();
}

static int hear(struct record *record)
{
	struct answer head;

	if (!read_all(child.answers, &head, sizeof(head)) ||
	    !read_all(child.answers, record->fields.text, head.len))
		return fail_with(record, "child", ESRCH);
	record->fields.len = head.len;
	return head.failed ? fail_with(record, head.at, head.error) : 0;
}

static int ask(run_fn *run, const struct operation *operation, struct record *record)
{
	const struct request request = { run, operation };

	if (!child.task)
		return fail_with(record, "child", ESRCH);
	if (!write_all(child.requests, &request, sizeof(request)))
		return fail(record, "child");
	return hear(record);
}

int child_end(void)
{
	int status = 0;

	if (!child.task)
		return 0;
	close(child.requests);
	close(child.answers);
	while (waitpid(child.task, &status, 0) < 0 && errno == EINTR)
		;
	child.task = 0;
	return status;
}

static int make_child(const int requests[2], const int answers[2], struct record *record)
{
	pid_t task = fork();

	if (task < 0)
		return fail(record, "fork");
	if (!task)
		become_child(requests[0], answers[1]);
	child.task = task;
	child.requests = requests[1];
	child.answers = answers[0];
	return 0;
}

/* Its first answer says that it has let go of the agent's files. */
static int do_fork(const struct operation *operation, struct record *record)
{
	int requests[2], answers[2];
	int err;

	(void)operation;
	if (child.task)
		return fail_with(record, "fork", EBUSY);
	if (pipe2(requests, O_CLOEXEC))
		return fail(record, "pipe2");
	if (pipe2(answers, O_CLOEXEC)) {
		fail(record, "pipe2");
		close(requests[0]);
		close(requests[1]);
		return -1;
	}
	err = make_child(requests, answers, record);
	close(requests[0]);
	close(answers[1]);
	if (!err)
		return hear(record);
	close(requests[1]);
	close(answers[0]);
	return err;
}

static int do_child_fill(const struct operation *operation, struct record *record)
{
	return ask(fill_memory, operation, record);
}

static int do_child_which(const struct operation *operation, struct record *record)
{
	return ask(which_memory, operation, record);
}

static int do_child_exit(const struct operation *operation, struct record *record)
{
	(void)operation;
	if (!child.task)
		return fail_with(record, "child", ESRCH);
	return child_end() ? fail_with(record, "child", 0) : 0;
}

const struct operation_type child_operations[] = {
	{ .name = "fork", .run = do_fork },
	{ .name = "child-fill", .run = do_child_fill,
	  .keys = (const struct key_spec[]){ RANGE_KEYS, KEY_SIZE("seed"), {} } },
	{ .name = "child-which", .run = do_child_which,
	  .keys = (const struct key_spec[]){ RANGE_KEYS, KEY_SEEDS, {} } },
	{ .name = "child-exit", .run = do_child_exit },
	{}
};
