// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts the pages that are faulted in on behalf of the guest agent, by the kernel and not by the agent's own access,
 * and whether somebody held the lock of its address space meanwhile, as handle_mm_fault() wants it
 * (Documentation/mm/process_addrs.rst; "By the time we get here, we already hold the mm semaphore" in mm/memory.c).
 * Kernels from v5.8 to 6.1 only check that themselves if they were built to (42fc541404f2).
 */
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/version.h>

#ifndef CONFIG_KPROBES
#error "it was built without kprobes"
#endif
#ifndef CONFIG_X86_64
#error "only the registers of x86-64 are known"
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 8, 0)
#define mmap_lock mmap_sem
#endif

/* The agent is its machine's init. */
#define AGENT 1

static unsigned long held;
module_param(held, ulong, 0444);
static unsigned long unheld;
module_param(unheld, ulong, 0444);

/* handle_mm_fault(vma, address, flags, …) since v4.8 (dcddffd41d3f) */
static int on_fault(struct kprobe *probe, struct pt_regs *regs)
{
	struct vm_area_struct *vma = (struct vm_area_struct *)regs->di;
	unsigned int flags = regs->dx;

	if (current->tgid != AGENT || flags & FAULT_FLAG_USER)
		return 0;
	if (rwsem_is_locked(&vma->vm_mm->mmap_lock))
		held++;
	else
		unheld++;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "handle_mm_fault",
	.pre_handler = on_fault,
};

static int __init fault_probe_init(void)
{
	return register_kprobe(&probe);
}

static void __exit fault_probe_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(fault_probe_init);
module_exit(fault_probe_exit);

MODULE_LICENSE("GPL v2");
MODULE_DESCRIPTION("Tells whether pages are faulted in under the lock of the address space");
