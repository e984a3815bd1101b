/* SPDX-License-Identifier: GPL-2.0-only */
/* The record channel: one JSON line per operation, see PLAN.md. */
#ifndef PINBENCH_RECORD_H
#define PINBENCH_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "json.h"

/* What an operation has to say for itself beside its name and the time it took. */
struct record {
	struct json fields;
	bool failed;
	int error;
	const char *at;
};

/* Opens the channel; a terminal is made raw. Without a channel the agent cannot go on. */
void record_open(const char *path);

/* Waits until every byte has left the machine. */
void record_drain(void);

void record_write(const char *op, const char *id, const struct record *record, uint64_t ns);

/* Marks the record as failed in the call named, with the present errno. Always returns -1. */
int fail(struct record *record, const char *at);
int fail_with(struct record *record, const char *at, int error);

/* Says why on the console and leaves: for what cannot be said in a record. */
void die(const char *what) __attribute__((noreturn));

/* Powers the machine off if the agent is its init; a test run on a host just exits. */
void leave(int status) __attribute__((noreturn));

#endif
