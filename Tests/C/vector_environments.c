#include "tests.h"

void test_vector_environments(void) {}
