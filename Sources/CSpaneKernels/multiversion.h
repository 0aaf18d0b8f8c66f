// What all kernels are compiled with, so that every path gives the same bits.
//
// A file of kernels calls each of its functions KERNEL(name). It is compiled for what every processor of the kind has and,
// where one can be chosen while the program is loaded, once more for x86-64-v3; see dispatch.c.

#ifndef CSPANEKERNELS_MULTIVERSION_H
#define CSPANEKERNELS_MULTIVERSION_H

// A product is rounded together with its sum only where that is said: then it is so on every processor.
#pragma STDC FP_CONTRACT OFF

#ifndef __has_feature
#define __has_feature(name) 0
#endif
// The choice is made while the program is loaded, before ThreadSanitizer, which would watch it, is ready.
#if defined(__x86_64__) && defined(__ELF__) && !__has_feature(thread_sanitizer)
#define KERNEL_IS_MULTIVERSION 1
#endif

#if defined(KERNEL)
// A test that has names of its own.
#elif defined(KERNEL_FOR_X86_64_V3)
#define KERNEL(name) name##_x86_64_v3
#elif defined(KERNEL_IS_MULTIVERSION)
#define KERNEL(name) name##_baseline
#else
#define KERNEL(name) name
#endif

#if !defined(KERNEL_IN_SOFTWARE) && (defined(KERNEL_FOR_X86_64_V3) || defined(__FMA__) || defined(__aarch64__))
#define KERNEL_HAS_FUSED_INSTRUCTION 1
#endif

// Helpers become part of the function that calls them.
#define KERNEL_HELPER static inline __attribute__((always_inline))

#endif
