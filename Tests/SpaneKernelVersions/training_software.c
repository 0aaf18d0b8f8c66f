#include "software.h"

#include "../../Sources/CSpaneKernels/training.c"
