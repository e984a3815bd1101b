// SPDX-License-Identifier: GPL-2.0-only
/* Which of several patterns a range holds. */
#include <stdio.h>
#include <string.h>

#include "access.h"
#include "memory.h"
#include "operations.h"
#include "pattern.h"

#define MAX_SEEDS 16
#define BYTES_SHOWN 16
#define ZERO "zero"

struct pattern {
	bool zero;
	uint64_t seed;
	uint64_t state;
	bool fits;	/* so far */
};

struct search {
	const char *at;
	size_t len;
	struct pattern patterns[MAX_SEEDS];
	unsigned int count;
	uint8_t first[BYTES_SHOWN];
};

/* How many seeds the text lists; 0 if that is not what it does. */
static unsigned int split_seeds(const char *text, struct pattern patterns[MAX_SEEDS])
{
	for (unsigned int count = 0; count < MAX_SEEDS; count++) {
		size_t width = strcspn(text, ",");
		struct pattern *pattern = &patterns[count];

		*pattern = (struct pattern){
			.zero = width == strlen(ZERO) && !memcmp(text, ZERO, width),
			.fits = true,
		};
		if (!pattern->zero && !parse_size(text, width, &pattern->seed))
			return 0;
		pattern->state = state_of_seed(pattern->seed);
		text += width;
		if (!*text++)
			return count + 1;
	}
	return 0;
}

bool are_seeds(const struct key_spec *spec, const char *value)
{
	struct pattern patterns[MAX_SEEDS];

	(void)spec;
	return split_seeds(value, patterns);
}

/* Each byte is read once: what others write meanwhile is seen or not, for all patterns alike. */
static void search(void *argument)
{
	struct search *search = argument;

	for (size_t i = 0; i < search->len; i++) {
		const uint8_t byte = ((const volatile char *)search->at)[i];

		if (i < BYTES_SHOWN)
			search->first[i] = byte;
		for (unsigned int k = 0; k < search->count; k++) {
			struct pattern *pattern = &search->patterns[k];

			if (pattern->fits)
				pattern->fits = byte == (pattern->zero ? 0 : next_byte(&pattern->state));
		}
	}
}

static void put_found(const struct search *search, struct json *fields)
{
	size_t len = search->len < BYTES_SHOWN ? search->len : BYTES_SHOWN;
	char hex[2 * BYTES_SHOWN + 1] = "";

	for (size_t i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", search->first[i]);
	json_null(fields, "seed");
	json_string(fields, "found", hex);
}

static void put_first_that_fits(const struct search *search, struct json *fields)
{
	for (unsigned int k = 0; k < search->count; k++) {
		const struct pattern *pattern = &search->patterns[k];

		if (!pattern->fits)
			continue;
		if (pattern->zero)
			json_string(fields, "seed", ZERO);
		else
			json_number(fields, "seed", pattern->seed);
		return;
	}
	put_found(search, fields);
}

int which_memory(const struct operation *operation, struct record *record)
{
	struct search found = {};

	found.count = split_seeds(word_of(operation, "seeds"), found.patterns);
	found.at = memory_of(operation, record, 0, &found.len);
	if (!found.at || try_access(search, &found, record))
		return -1;
	put_first_that_fits(&found, &record->fields);
	return 0;
}

const struct operation_type which_operations[] = {
	{ .name = "which", .run = which_memory,
	  .keys = (const struct key_spec[]){ RANGE_KEYS, KEY_SEEDS, {} } },
	{}
};
