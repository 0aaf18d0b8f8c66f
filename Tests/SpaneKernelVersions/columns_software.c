#include "software.h"

#include "../../Sources/CSpaneKernels/columns.c"
