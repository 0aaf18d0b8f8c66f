// What all kernels are compiled with, so that every path gives the same bits.

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
#define KERNEL_MULTIVERSION __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define KERNEL_MULTIVERSION
#endif
// Helpers have no instruction set of their own: they become part of the function that calls them.
#define KERNEL_HELPER static inline __attribute__((always_inline))

#endif
