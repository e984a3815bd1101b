// SPDX-License-Identifier: GPL-2.0-only
/* The values of a plan: words, sizes and choices. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

bool parse_size(const char *text, size_t len, uint64_t *size)
{
	unsigned int shift = 0;
	char digits[32];
	char *end;

	if (!len || len >= sizeof(digits) || !isdigit((unsigned char)text[0]))
		return false;
	memcpy(digits, text, len);
	digits[len] = '\0';
	errno = 0;
	*size = strtoull(digits, &end, strncmp(digits, "0x", 2) ? 10 : 16);
	if (errno)
		return false;
	switch (*end) {
	case 'G':
		shift += 10;
		/* fall through */
	case 'M':
		shift += 10;
		/* fall through */
	case 'K':
		shift += 10;
		end++;
	}
	if (*end || *size > UINT64_MAX >> shift)
		return false;
	*size <<= shift;
	return true;
}

bool is_word(const struct key_spec *spec, const char *value)
{
	(void)spec;
	return *value;
}

bool is_size(const struct key_spec *spec, const char *value)
{
	uint64_t size;

	(void)spec;
	return parse_size(value, strlen(value), &size);
}

bool is_choice(const struct key_spec *spec, const char *value)
{
	size_t len = strlen(value);

	for (const char *choice = spec->choices; *choice; choice += strspn(choice, "|")) {
		size_t width = strcspn(choice, "|");

		if (len == width && !memcmp(choice, value, len))
			return true;
		choice += width;
	}
	return false;
}

uint64_t size_of(const struct operation *operation, const char *key, uint64_t fallback)
{
	const char *value = word_of(operation, key);
	uint64_t size;

	return value && parse_size(value, strlen(value), &size) ? size : fallback;
}

bool chose(const struct operation *operation, const char *key, const char *choice)
{
	const char *value = word_of(operation, key);

	return value && !strcmp(value, choice);
}
