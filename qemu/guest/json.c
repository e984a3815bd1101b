// SPDX-License-Identifier: GPL-2.0-only
#include "json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void put(struct json *json, const char *text, size_t len)
{
	if (json->overflowed || len >= sizeof(json->text) - json->len) {
		json->overflowed = true;
		return;
	}
	memcpy(json->text + json->len, text, len);
	json->len += len;
	json->text[json->len] = '\0';
}

static void separate(struct json *json)
{
	if (json->len && !strchr("{[", json->text[json->len - 1]))
		put(json, ",", 1);
}

static void put_escaped(struct json *json, const char *bytes, size_t len)
{
	char escaped[8];

	put(json, "\"", 1);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = bytes[i];

		if (c == '"' || c == '\\')
			put(json, (char[]){ '\\', c }, 2);
		else if (c == '\n')
			put(json, "\\n", 2);
		else if (c == '\t')
			put(json, "\\t", 2);
		else if (c < 0x20 || c > 0x7e)
			put(json, escaped, snprintf(escaped, sizeof(escaped), "\\u%04x", c));
		else
			put(json, &bytes[i], 1);
	}
	put(json, "\"", 1);
}

static void put_key(struct json *json, const char *key)
{
	separate(json);
	if (!key)
		return;
	put_escaped(json, key, strlen(key));
	put(json, ":", 1);
}

void json_open(struct json *json, const char *key, char bracket)
{
	put_key(json, key);
	put(json, &bracket, 1);
}

void json_close(struct json *json, char bracket)
{
	put(json, &bracket, 1);
}

void json_string(struct json *json, const char *key, const char *text)
{
	json_bytes(json, key, text, strlen(text));
}

void json_bytes(struct json *json, const char *key, const char *bytes, size_t len)
{
	put_key(json, key);
	put_escaped(json, bytes, len);
}

void json_number(struct json *json, const char *key, uint64_t number)
{
	char text[24];

	put_key(json, key);
	put(json, text, snprintf(text, sizeof(text), "%" PRIu64, number));
}

void json_hex(struct json *json, const char *key, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, number);
	json_string(json, key, text);
}

void json_bool(struct json *json, const char *key, bool value)
{
	put_key(json, key);
	put(json, value ? "true" : "false", value ? 4 : 5);
}

void json_null(struct json *json, const char *key)
{
	put_key(json, key);
	put(json, "null", 4);
}

void json_append(struct json *json, const struct json *members)
{
	if (!members->len && !members->overflowed)
		return;
	separate(json);
	put(json, members->text, members->len);
	json->overflowed |= members->overflowed;
}
