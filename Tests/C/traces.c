#include "tests.h"

void test_traces(void) {}
