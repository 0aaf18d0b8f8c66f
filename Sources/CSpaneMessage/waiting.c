#define _GNU_SOURCE

#include "waiting.h"

#include <sched.h>
#include <time.h>

static _Thread_local int forbidden;

void waiting_forbid(void) { forbidden++; }

void waiting_allow(void) { forbidden--; }

int waiting_is_allowed(void) { return forbidden == 0; }

void waiting_pause(int round) {
    // A decision takes a few microseconds, which is as long as these cycles take.
    if (round < 64) {
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        __asm__ volatile("yield");
#endif
        return;
    }
    if (round < 128) {
        sched_yield();
        return;
    }
    const long most = 1000000, sleep = 20000L * (round - 127);
    const struct timespec time = {0, sleep < most ? sleep : most};
    nanosleep(&time, NULL);
}
