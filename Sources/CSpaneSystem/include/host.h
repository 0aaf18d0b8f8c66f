// What the machine and the limits of this process leave: memory and processors.

#ifndef CSPANEHOST_H
#define CSPANEHOST_H

#include <stddef.h>
#include <stdint.h>

// Whether the system grants `bytes` more of address space, under RLIMIT_AS and its rule of overcommitment. Nothing is
// kept and no page is touched.
int host_grants(size_t bytes);

// The bytes that may still be used before the system has to kill somebody: the least of what the machine has available
// and of what the memory limits of this process's control groups (version 1 or 2) leave. UINT64_MAX if nothing is known.
// `root` is put before the paths of all files that are read: "" outside of tests.
uint64_t host_memory_left(const char *root);

// The processors that this process can use at once: those of its affinity mask, at most the CPU quota of its control
// groups, rounded up. At least 1. `root` as in host_memory_left.
int host_processors(const char *root);

// host_processors without the affinity mask: the quota rounded up, INT_MAX if there is none.
int host_processor_quota(const char *root);

#endif
