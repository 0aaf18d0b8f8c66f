#include "tests.h"

void test_environments(void) {}
