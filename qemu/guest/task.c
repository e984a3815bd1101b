// SPDX-License-Identifier: GPL-2.0-only
#include "task.h"

#include <stdio.h>
#include <string.h>

#include "files.h"

#define STACK_SHOWN 8

static const char *task_file(pid_t task, const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%d/%s", (int)task, name);
	return path;
}

/* The letter behind the name, which may itself hold anything. */
static char task_state(pid_t task)
{
	char line[512];
	ssize_t len = read_some(task_file(task, "stat"), line, sizeof(line) - 1);
	const char *name_end;

	if (len < 0)
		return '?';
	line[len] = '\0';
	name_end = strrchr(line, ')');
	return name_end && name_end[1] ? name_end[2] : '?';
}

bool task_sleeps(pid_t task)
{
	char state = task_state(task);

	return state == 'S' || state == 'D';
}

bool task_is_in(pid_t task, const char *part)
{
	static const char *const files[] = { "wchan", "stack" };
	char text[2048];

	for (unsigned int i = 0; i < 2; i++) {
		ssize_t len = read_some(task_file(task, files[i]), text, sizeof(text) - 1);

		text[len < 0 ? 0 : len] = '\0';
		if (strstr(text, part))
			return true;
	}
	return false;
}

/* "0" is a kernel's way not to tell. */
static void put_wchan(pid_t task, struct json *fields)
{
	char name[128];
	ssize_t len = read_some(task_file(task, "wchan"), name, sizeof(name));

	if (len > 0 && *name != '0')
		json_bytes(fields, "wchan", name, len);
	else
		json_null(fields, "wchan");
}

/* Lines such as "[<0>] function+0x12/0x345 [module]", innermost first; there are none without CONFIG_STACKTRACE. */
static void put_stack(pid_t task, struct json *fields)
{
	FILE *stack = fopen(task_file(task, "stack"), "re");
	unsigned int shown = 0;
	char line[256];

	json_open(fields, "stack", '[');
	while (stack && shown < STACK_SHOWN && fgets(line, sizeof(line), stack)) {
		char *name = strstr(line, "] ");

		if (!name)
			continue;
		name += 2;
		json_bytes(fields, NULL, name, strcspn(name, "+\n"));
		shown++;
	}
	json_close(fields, ']');
	if (stack)
		fclose(stack);
}

void put_task(pid_t task, struct json *fields)
{
	const char state[] = { task_state(task), '\0' };

	json_string(fields, "task", state);
	put_wchan(task, fields);
	put_stack(task, fields);
}
