#include "kernels.h"
#include "multiversion.h"

// The question that the loader asks for each kernel.
const char *kernel_instruction_set(void) {
#ifdef KERNEL_IS_MULTIVERSION
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v3")) return "x86-64-v3";
#endif
    return "baseline";
}
