#include "cancellation.h"

#include <stddef.h>

static _Thread_local const int32_t *current;

void cancellation_set(const int32_t *flag) { current = flag; }

const int32_t *cancellation_get(void) { return current; }

int cancellation_is_set(const int32_t *flag) { return flag != NULL && __atomic_load_n(flag, __ATOMIC_RELAXED) != 0; }
