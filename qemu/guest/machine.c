// SPDX-License-Identifier: GPL-2.0-only
/* Filesystems, and the ends of a plan: ready and power-off. */
#include <sys/mount.h>

#include "files.h"
#include "operations.h"
#include "payload.h"
#include "run.h"

static int do_mount(const struct operation *operation, struct record *record)
{
	const char *target = word_of(operation, "target");

	if (make_folders(target))
		return fail(record, "mkdir");
	if (mount(word_of(operation, "source"), target, word_of(operation, "type"), 0,
		  word_of(operation, "options")))
		return fail(record, "mount");
	return 0;
}

static int do_ready(const struct operation *operation, struct record *record)
{
	tally_put(&record->fields);
	return payload_prepare(word_of(operation, "payload"), record);
}

static const char *after_ready(const struct operation *operation)
{
	record_drain();
	payload_stop_machine();
	return payload_take(word_of(operation, "payload"));
}

static int do_power_off(const struct operation *operation, struct record *record)
{
	(void)operation;
	(void)record;
	return 0;
}

static const char *no_more(const struct operation *operation)
{
	(void)operation;
	return NULL;
}

const struct operation_type machine_operations[] = {
	{ .name = "mount", .run = do_mount,
	  .keys = (const struct key_spec[]){ KEY("source"), KEY("target"), KEY("type"),
					     KEY_OPTIONAL("options"), {} } },
	{ .name = "ready", .run = do_ready, .then = after_ready,
	  .keys = (const struct key_spec[]){ KEY("payload"), {} } },
	{ .name = "power-off", .run = do_power_off, .then = no_more },
	{}
};
