// SPDX-License-Identifier: GPL-2.0-only
/* One block of a file system: where a file has it, and another file that takes it as soon as it is free. */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <time.h>
#include <unistd.h>

#include "extents.h"
#include "operations.h"
#include "pattern.h"
#include "reserve.h"

#define PAGE 4096
#define BYTES_SHOWN 16
#define PAGES_TAKEN 64ull

/* The block that was looked at last: its place on its device, in bytes, and in the file that took it. */
static uint64_t block;
static uint64_t claimed_at;

static int look_up(int fd, struct record *record)
{
	struct stat stat_of;

	if (fstat(fd, &stat_of))
		return fail(record, "fstat");
	if (!first_block(fd, &block))
		return fail_with(record, "FS_IOC_FIEMAP", ENODATA);
	json_hex(&record->fields, "block", block);
	json_number(&record->fields, "size", stat_of.st_size);
	return 0;
}

static int do_block(const struct operation *operation, struct record *record)
{
	int fd = open(word_of(operation, "file"), O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return fail(record, "open");
	err = look_up(fd, record);
	close(fd);
	return err;
}

/* Pages far from each other in the file: xfs takes for each what is free nearest to it. */
static int take_some(int fd, struct record *record)
{
	for (uint64_t i = 0; i < PAGES_TAKEN; i++)
		if (fallocate(fd, 0, 2 * i * PAGE, PAGE))
			return fail(record, "fallocate");
	return 0;
}

/* The file keeps its one block, and leaves the others to whoever comes next. */
static int give_back_others(int fd, uint64_t at, struct record *record)
{
	if (ftruncate(fd, at + PAGE))
		return fail(record, "ftruncate");
	if (at && fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, at))
		return fail(record, "fallocate");
	return 0;
}

/* In ever smaller pieces, until nothing is free any more. */
static int take_all(int fd, struct record *record)
{
	struct statfs left;
	uint64_t at = 2 * PAGES_TAKEN * PAGE;

	if (fstatfs(fd, &left))
		return fail(record, "fstatfs");
	for (uint64_t piece = left.f_bfree * left.f_bsize; piece >= PAGE;) {
		if (!fallocate(fd, 0, at, piece))
			at += piece;
		else if (errno == ENOSPC)
			piece = piece / 2 / PAGE * PAGE;
		else
			return fail(record, "fallocate");
	}
	return 0;
}

static int take_among_all(int fd, struct record *record)
{
	uint64_t kept, none;
	int err;

	if (reserve_set(fd, 0, &kept))
		return fail(record, "reserve");
	err = take_all(fd, record);
	if (!err && find_block(fd, block, &claimed_at))
		err = give_back_others(fd, claimed_at, record);
	else if (!err)
		err = fail_with(record, "block", ftruncate(fd, 0) ? errno : EBUSY);
	return reserve_set(fd, kept, &none) && !err ? fail(record, "reserve") : err;
}

/*
 * Which blocks a file gets cannot be chosen. On xfs, which leaves some free whatever it is asked, it is most often the
 * nearest; ext4 looks for the smallest place, and gives all it has.
 */
static int take_block(int fd, struct record *record)
{
	if (take_some(fd, record))
		return -1;
	return find_block(fd, block, &claimed_at) ? give_back_others(fd, claimed_at, record)
						  : take_among_all(fd, record);
}

static void make_pattern(const struct operation *operation, const char *key, uint8_t page[PAGE])
{
	uint64_t state = first_state(operation, key);

	for (size_t i = 0; i < PAGE; i++)
		page[i] = next_byte(&state);
}

static int write_pattern(int fd, const struct operation *operation, struct record *record)
{
	uint8_t page[PAGE];

	make_pattern(operation, "seed", page);
	if (pwrite(fd, page, sizeof(page), claimed_at) != (ssize_t)sizeof(page))
		return fail(record, "pwrite");
	return fsync(fd) ? fail(record, "fsync") : 0;
}

/* Blocks that were freed are free once that is committed; xfs frees those of a deleted file in the background. */
static int settle(int fd, struct record *record)
{
	static const struct timespec background = { .tv_nsec = 10 * 1000 * 1000 };

	nanosleep(&background, NULL);
	return syncfs(fd) ? fail(record, "syncfs") : 0;
}

static int do_settle(const struct operation *operation, struct record *record)
{
	int fd = open(word_of(operation, "folder"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return fail(record, "open");
	err = settle(fd, record);
	close(fd);
	return err;
}

static int claim(int fd, const struct operation *operation, struct record *record)
{
	if (settle(fd, record) || take_block(fd, record) || write_pattern(fd, operation, record))
		return -1;
	if (!find_block(fd, block, &claimed_at))
		return fail_with(record, "block", EIO);
	json_hex(&record->fields, "block", block);
	json_number(&record->fields, "off", claimed_at);
	return 0;
}

static int do_claim(const struct operation *operation, struct record *record)
{
	const char *path = word_of(operation, "file");
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int err;

	if (fd < 0)
		return fail(record, "open");
	err = claim(fd, operation, record);
	close(fd);
	if (err)
		unlink(path);
	return err;
}

static void put_hex(struct json *fields, const char *key, const uint8_t bytes[BYTES_SHOWN])
{
	char hex[2 * BYTES_SHOWN + 1];

	for (size_t i = 0; i < BYTES_SHOWN; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	json_string(fields, key, hex);
}

/* How many bytes are the same up to the first that is not. */
static size_t same(const uint8_t a[PAGE], const uint8_t b[PAGE])
{
	size_t len = 0;

	while (len < PAGE && a[len] == b[len])
		len++;
	return len;
}

static void put_comparison(const struct operation *operation, const uint8_t found[PAGE], struct json *fields)
{
	uint8_t own[PAGE], other[PAGE];

	make_pattern(operation, "seed", own);
	make_pattern(operation, "other", other);
	json_number(fields, "off", claimed_at);
	json_number(fields, "own", same(found, own));
	json_number(fields, "other", same(found, other));
	put_hex(fields, "ownBytes", own);
	put_hex(fields, "otherBytes", other);
	put_hex(fields, "found", found);
}

static int do_claimed(const struct operation *operation, struct record *record)
{
	int fd = open(word_of(operation, "file"), O_RDONLY | O_CLOEXEC);
	uint8_t page[PAGE];
	ssize_t len;

	if (fd < 0)
		return fail(record, "open");
	len = pread(fd, page, sizeof(page), claimed_at);
	close(fd);
	if (len != (ssize_t)sizeof(page))
		return fail(record, "pread");
	put_comparison(operation, page, &record->fields);
	return 0;
}

const struct operation_type claim_operations[] = {
	{ .name = "settle", .run = do_settle, .keys = (const struct key_spec[]){ KEY("folder"), {} } },
	{ .name = "block", .run = do_block, .keys = (const struct key_spec[]){ KEY("file"), {} } },
	{ .name = "claim", .run = do_claim,
	  .keys = (const struct key_spec[]){ KEY("file"), KEY_SIZE("seed"), {} } },
	{ .name = "claimed", .run = do_claimed,
	  .keys = (const struct key_spec[]){ KEY("file"), KEY_SIZE("seed"), KEY_SIZE("other"), {} } },
	{}
};
