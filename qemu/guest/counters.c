// SPDX-License-Identifier: GPL-2.0-only
/* Where a pin that was not given back shows. */
#include "files.h"
#include "operations.h"
#include "vfio.h"

static const struct {
	const char *field;
	const char *file;
	const char *name;
} counters[] = {
	{ "vmlck", "/proc/self/status", "VmLck" },
	{ "vmpin", "/proc/self/status", "VmPin" },
	{ "foll_pin_acquired", "/proc/vmstat", "nr_foll_pin_acquired" },
	{ "foll_pin_released", "/proc/vmstat", "nr_foll_pin_released" },
	{ "free_pages", "/proc/vmstat", "nr_free_pages" },
	{ "free_hugepages", "/proc/meminfo", "HugePages_Free" },
	{ "slab_unreclaimable", "/proc/meminfo", "SUnreclaim" },
};

/* Counts are kept per CPU and folded now and then: have it done now (since 4.8, root only). */
static void fold_vmstat(void)
{
	char nothing;

	read_some("/proc/sys/vm/stat_refresh", &nothing, sizeof(nothing));
}

static void put_counter(const char *field, bool told, uint64_t number, struct json *fields)
{
	if (told)
		json_number(fields, field, number);
	else
		json_null(fields, field);
}

static int do_counters(const struct operation *operation, struct record *record)
{
	uint64_t number = 0;
	bool told;

	(void)operation;
	fold_vmstat();
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		told = number_in(counters[i].file, counters[i].name, &number);
		put_counter(counters[i].field, told, number, &record->fields);
	}
	told = vfio_entries_left(&number);
	put_counter("dma_avail", told, number, &record->fields);
	return 0;
}

const struct operation_type counter_operations[] = {
	{ .name = "counters", .run = do_counters },
	{}
};
