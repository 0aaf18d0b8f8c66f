// Which version of each kernel a program uses.

#include "columns.h"
#include "kernels.h"
#include "multiversion.h"
#include "training.h"

#ifdef KERNEL_IS_MULTIVERSION
// Asked while the program is loaded, before a sanitizer is ready.
__attribute__((disable_sanitizer_instrumentation)) static int has_x86_64_v3(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("x86-64-v3");
}

#define CHOOSE(name)                                                                             \
    extern __typeof__(name) name##_x86_64_v3, name##_baseline;                                   \
    __attribute__((disable_sanitizer_instrumentation)) static __typeof__(name) *find_##name(void) { \
        return has_x86_64_v3() ? name##_x86_64_v3 : name##_baseline;                             \
    }                                                                                            \
    __typeof__(name) name __attribute__((ifunc("find_" #name)))

CHOOSE(kernel_above);
CHOOSE(kernel_advantages);
CHOOSE(kernel_choose);
CHOOSE(kernel_columns);
CHOOSE(kernel_dense);
CHOOSE(kernel_embed);
CHOOSE(kernel_embed_block);
CHOOSE(kernel_largest_error);
CHOOSE(kernel_look);
CHOOSE(kernel_means);
CHOOSE(kernel_rank);
CHOOSE(kernel_replace);
CHOOSE(kernel_replace_block);
CHOOSE(kernel_shift);
CHOOSE(kernel_terms);
CHOOSE(kernel_total);
CHOOSE(training_adam);
CHOOSE(training_backward);
CHOOSE(training_base);
CHOOSE(training_best);
CHOOSE(training_collect);
CHOOSE(training_fold);
CHOOSE(training_forward);
CHOOSE(training_gradient);
CHOOSE(training_pick);
CHOOSE(training_pool);
CHOOSE(training_spread);
CHOOSE(training_unpool);
#endif

const char *kernel_instruction_set(void) {
#ifdef KERNEL_IS_MULTIVERSION
    if (has_x86_64_v3()) return "x86-64-v3";
#endif
    return "baseline";
}
