// SPDX-License-Identifier: GPL-2.0-only
/* Where a pin that was not given back shows. */
#include "files.h"
#include "operations.h"

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

static int do_counters(const struct operation *operation, struct record *record)
{
	(void)operation;
	fold_vmstat();
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		uint64_t number;

		if (number_in(counters[i].file, counters[i].name, &number))
			json_number(&record->fields, counters[i].field, number);
		else
			json_null(&record->fields, counters[i].field);
	}
	return 0;
}

const struct operation_type counter_operations[] = {
	{ .name = "counters", .run = do_counters },
	{}
};
