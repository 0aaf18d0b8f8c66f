// The flag that stops the calls of a thread; Swift has no thread-local variables.

#ifndef CSPANECANCELLATION_H
#define CSPANECANCELLATION_H

#include <stdint.h>

// Names the flag of this thread; NULL for none.
void cancellation_set(const int32_t *flag);

// The flag of this thread, or NULL.
const int32_t *cancellation_get(void);

// Whether a flag is set; any thread may be writing it.
int cancellation_is_set(const int32_t *flag);

#endif
