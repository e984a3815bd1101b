/* SPDX-License-Identifier: GPL-2.0-only */
/* A JSON writer that never allocates: one object or array after another into a fixed buffer. */
#ifndef PINBENCH_JSON_H
#define PINBENCH_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for the longest record: 4 KiB of output, every byte of it escaped, and then some. */
#define JSON_ROOM (48 * 1024)

struct json {
	char text[JSON_ROOM];
	size_t len;
	bool overflowed;
};

/* A NULL key writes a bare value: the element of an array, or the outermost object. */
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
void json_string(struct json *json, const char *key, const char *text);
void json_bytes(struct json *json, const char *key, const char *bytes, size_t len);
void json_number(struct json *json, const char *key, uint64_t number);
void json_hex(struct json *json, const char *key, uint64_t number);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

/* Appends the members that another writer collected. */
void json_append(struct json *json, const struct json *members);

#endif
