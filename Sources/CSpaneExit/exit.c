#include "exit.h"

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void exit_when_memory_runs_out(void) {}

// Swift would end the process with a trace of its own. What was saved stays as it is, as after any other stop.
static void *had(void *memory, size_t size) {
    static const char message[] = "Error: memory ran out\n";
    if (memory || size == 0) return memory;
    (void)!write(STDERR_FILENO, message, sizeof message - 1);
    _exit(1);
}

void *malloc(size_t size) { return had(__libc_malloc(size), size); }

void *calloc(size_t count, size_t size) { return had(__libc_calloc(count, size), count && size); }

void *realloc(void *memory, size_t size) { return had(__libc_realloc(memory, size), size); }

void *aligned_alloc(size_t alignment, size_t size) { return had(__libc_memalign(alignment, size), size); }

int posix_memalign(void **memory, size_t alignment, size_t size) {
    if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) return EINVAL;
    *memory = had(__libc_memalign(alignment, size), size);
    return 0;
}
