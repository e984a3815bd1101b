// SPDX-License-Identifier: GPL-2.0-only
/* pinbench's guest agent: does what a plan says and reports what came back. See PLAN.md. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "access.h"
#include "files.h"
#include "record.h"
#include "run.h"

#define AGENT_VERSION "1"
#define DEFAULT_CHANNEL "/dev/ttyS1"

static struct record own;

static void died(int signal, siginfo_t *info, void *context)
{
	(void)context;
	leave_access(signal);
	own.failed = true;
	own.fields.len = 0;
	json_string(&own.fields, "signal", sigabbrev_np(signal));
	json_hex(&own.fields, "address", (uintptr_t)info->si_addr);
	record_write("agent-died", NULL, &own, 0);
	record_drain();
	leave(1);
}

/* A second one while the first is told of cannot be caught: the signal is held back, and the kernel ends the agent. */
static void catch_own_faults(void)
{
	const struct sigaction action = {
		.sa_sigaction = died,
		.sa_flags = SA_SIGINFO,
	};

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
}

static void hello(void)
{
	static char cmdline[4096];
	ssize_t len = read_some("/proc/cmdline", cmdline, sizeof(cmdline));
	struct utsname kernel;

	uname(&kernel);
	json_string(&own.fields, "agent", AGENT_VERSION);
	json_string(&own.fields, "release", kernel.release);
	json_string(&own.fields, "version", kernel.version);
	json_bytes(&own.fields, "cmdline", cmdline, len > 0 ? len - 1 : 0);
	json_number(&own.fields, "page", sysconf(_SC_PAGESIZE));
	record_write("hello", NULL, &own, 0);
}

static void end(void)
{
	own.fields.len = 0;
	tally_put(&own.fields);
	record_write("end", NULL, &own, 0);
	record_drain();
}

int main(int argc, char *argv[])
{
	const char *plan = argv[1];

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: agent PLAN [RECORDS]\n");
		leave(2);
	}
	record_open(argc == 3 ? argv[2] : DEFAULT_CHANNEL);
	catch_own_faults();
	hello();
	while (plan)
		plan = run_plan(plan);
	end();
	leave(0);
}
