#include "software.h"

#include "../../Sources/CSpaneKernels/kernels.c"
