// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

/* Pages that a device may write to. */
struct pin_range {
	unsigned long first;
	unsigned long count;
	struct page **pages;
};

static int pin_one(struct pin_range *range, unsigned long at)
{
	unsigned int flags = FOLL_WRITE;
	int ret;

	ret = get_user_pages_fast(at, 1, flags, &range->pages[at]);
	if (ret < 0)
		return ret;
	return ret == 1 ? 0 : -EFAULT;
}

static void unpin_one(struct pin_range *range, unsigned long at)
{
	put_page(range->pages[at]);
	range->pages[at] = NULL;
}

int pin_range(struct pin_range *range)
{
	unsigned long at;
	int ret = 0;

	for (at = 0; at < range->count; at++) {
		ret = pin_one(range, at);
		if (ret)
			break;
	}
	if (!ret)
		return 0;

	while (at--)
		unpin_one(range, at);
	return ret;
}

void unpin_range(struct pin_range *range)
{
	unsigned long at;

	for (at = 0; at < range->count; at++)
		unpin_one(range, at);
}
