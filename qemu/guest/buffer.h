/* SPDX-License-Identifier: GPL-2.0-only */
/* Buffers: ranges of the agent's address space, made of one or more kinds of memory. */
#ifndef PINBENCH_BUFFER_H
#define PINBENCH_BUFFER_H

#include "backing.h"
#include "plan.h"

#define MAX_PARTS 8
#define MAX_NAME 96

struct buffer {
	struct buffer *next;
	char name[MAX_NAME];
	char *reserved;		/* the whole reservation, with a guard page before and after */
	size_t reserved_len;
	char *address;
	size_t len;
	struct part parts[MAX_PARTS];
	unsigned int count;
	bool holed;		/* some of it is mapped no more */
};

/* Splits BACKING:LEN[,BACKING:LEN...]; how many parts there are, 0 if that is not what it says. */
unsigned int split_parts(const char *text, struct part parts[MAX_PARTS]);

bool are_parts(const struct key_spec *spec, const char *value);
bool is_alignment(const struct key_spec *spec, const char *value);
bool is_buffer_name(const struct key_spec *spec, const char *value);

/* The buffer that the operation names, or NULL and a failed record. */
struct buffer *buffer_of(const struct operation *operation, struct record *record);

/* As buffer_of(), with the address and length that off= and len= pick out of it. */
char *range_of(const struct operation *operation, struct record *record, uint64_t fallback_len,
	       size_t *len);

/* Whether any of that range of a buffer is a device's. */
bool meets_device(const struct buffer *buffer, uint64_t off, size_t len);

/* A mapping of a device's memory keeps the device open, and its driver bound: away with all that there are. */
void release_device_buffers(void);

#endif
