#define KERNEL_FOR_X86_64_V3 1
#include "multiversion.h"

#ifdef KERNEL_IS_MULTIVERSION
#include "include/kernels.h"
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#include "kernels.c"
#pragma clang attribute pop
#endif
