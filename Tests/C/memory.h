/* The calls that memory.c makes. */

#ifndef MEMORY_H
#define MEMORY_H

#include "check.h"

struct memory_call {
    const char *name;
    spane_status (*make)(void); /* leaves behind what it makes */
};

/* The last has no name. */
extern const struct memory_call memory_calls[];

/* As these, for what takes more than a hundred megabytes. */
extern const struct memory_call memory_vast_calls[];

/* Makes what the calls need. */
void memory_prepare(const char *data, const char *scratch);

#endif
