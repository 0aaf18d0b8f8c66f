#include "tests.h"

void test_evaluation(void) {}
