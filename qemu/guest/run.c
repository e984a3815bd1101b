// SPDX-License-Identifier: GPL-2.0-only
#include "run.h"

#include <stdlib.h>

#include "child.h"
#include "clock.h"
#include "files.h"
#include "plan.h"

static unsigned int done;
static unsigned int failed;
static const char *stuck;

void tally_count(bool was_failure)
{
	done++;
	failed += was_failure;
}

void tally_reset(void)
{
	done = 0;
	failed = 0;
}

void tally_put(struct json *fields)
{
	json_number(fields, "operations", done);
	json_number(fields, "failed", failed);
}

static void complain(unsigned int line, const char *reason)
{
	static struct record record;

	record.failed = true;
	record.fields.len = 0;
	json_number(&record.fields, "line", line);
	json_string(&record.fields, "reason", reason);
	record_write("plan-error", NULL, &record, 0);
	failed++;
}

void run_give_up(const char *why)
{
	stuck = why;
}

static void give_up(struct record *record)
{
	record->failed = true;
	record->at = NULL;
	record->fields.len = 0;
	json_string(&record->fields, "why", stuck);
	record_write("gave-up", NULL, record, 0);
	record_drain();
	leave(1);
}

/* True if the operation did what was asked. */
static bool run_operation(const struct operation *operation)
{
	static struct record record;
	uint64_t start;

	record.fields.len = 0;
	start = now_ns();
	record.failed = operation->type->run(operation, &record) != 0;
	record_write(operation->type->name, operation->id, &record, now_ns() - start);
	if (stuck)
		give_up(&record);
	tally_count(record.failed);
	return !record.failed;
}

static const char *run_operations(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct operation *operation = &plan->operations[i];

		if (run_operation(operation) && operation->type->then)
			return operation->type->then(operation);
	}
	return NULL;
}

const char *run_plan(const char *path)
{
	char *text = read_whole(path);
	const char *next = NULL;
	struct plan plan;

	if (!text)
		die(path);
	if (!plan_parse(text, &plan, complain))
		next = run_operations(&plan);
	child_end();	/* it knows this plan only */
	plan_free(&plan);
	free(text);
	return next;
}
