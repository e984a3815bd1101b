// SPDX-License-Identifier: GPL-2.0-only
#include "beside.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "run.h"

#define PAGE 4096

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct call *wanted;
static int error;	/* of the last call */

static void *make_calls(void *unused)
{
	pthread_mutex_lock(&mutex);
	for (;;) {
		int outcome;

		while (!wanted)
			pthread_cond_wait(&changed, &mutex);
		pthread_mutex_unlock(&mutex);
		outcome = wanted->make(wanted->argument);
		pthread_mutex_lock(&mutex);
		error = outcome;
		wanted = NULL;
		pthread_cond_broadcast(&changed);
	}
	return unused;
}

/*
 * Once the lock of the address space hangs, no page of the agent can be faulted in any more: a reader waits behind the
 * writer that waits. All of the agent's code is therefore made to be there, by reading it.
 */
static void touch_own_code(void)
{
	extern const char __executable_start[], etext[];

	for (volatile const char *at = __executable_start; at < etext; at += PAGE)
		(void)*at;
}

/* Before anything can hang: a thread's stack is mapped. Signals are the first thread's. */
static int start(struct record *record)
{
	static bool started;
	sigset_t all, old;
	pthread_t thread;
	int err;

	if (started)
		return 0;
	touch_own_code();
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&thread, NULL, make_calls, NULL);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	started = !err;
	return err ? fail_with(record, "pthread_create", err) : 0;
}

static struct timespec in_ms(uint64_t ms)
{
	struct timespec then;

	clock_gettime(CLOCK_REALTIME, &then);
	then.tv_sec += ms / 1000;
	then.tv_nsec += ms % 1000 * 1000000;
	if (then.tv_nsec >= 1000000000) {
		then.tv_sec++;
		then.tv_nsec -= 1000000000;
	}
	return then;
}

int call_beside(struct call *call, uint64_t limit_ms, const char *why, struct record *record)
{
	struct timespec limit;
	bool hung;

	if (start(record))
		return -1;
	limit = in_ms(limit_ms);
	pthread_mutex_lock(&mutex);
	wanted = call;
	pthread_cond_broadcast(&changed);
	while (wanted && !pthread_cond_timedwait(&changed, &mutex, &limit))
		;
	hung = wanted;
	pthread_mutex_unlock(&mutex);
	json_bool(&record->fields, "hung", hung);
	if (!hung)
		return error ? fail_with(record, call->name, error) : 0;
	run_give_up(why);
	return fail_with(record, call->name, ETIMEDOUT);
}
