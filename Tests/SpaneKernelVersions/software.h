// Before the source of kernels: they are compiled without a fused instruction, under names of their own.

#define KERNEL_IN_SOFTWARE 1
#define KERNEL(name) name##_software
