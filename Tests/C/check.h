/* What the tests of spane.h share: checks that go on after a failure, and outputs filled with a pattern. */

#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"

extern int check_failures;

/* A condition that must hold. */
#define CHECK(condition) check_true(__FILE__, __LINE__, #condition, (condition))
/* A call that must succeed and leave no message. */
#define DONE(call) check_status(__FILE__, __LINE__, #call, SPANE_OK, "", (call))
/* A call that must return `status` with a message that contains `word`. */
#define FAILS(status, word, call) check_status(__FILE__, __LINE__, #call, status, word, (call))
/* As FAILS; also `output`, which is filled first, must stay as it was. */
#define REFUSES(status, word, output, call)                                                                               \
    (check_fill(&(output), sizeof(output)), FAILS(status, word, call), CHECK(check_is_filled(&(output), sizeof(output))))

void check_true(const char *file, int line, const char *text, int holds);
void check_status(const char *file, int line, const char *call, spane_status expected, const char *word,
                  spane_status status);
void check_fill(void *memory, size_t size);
int check_is_filled(const void *memory, size_t size);

/* Ends a program of tests: says how many checks failed. */
int check_report(const char *name);

/* The whole content of a file; the caller frees it. Ends the program where it cannot be read. */
unsigned char *check_read(const char *folder, const char *name, size_t *size);
/* folder/name; a static buffer. */
const char *check_path(const char *folder, const char *name);

/* Reproducible numbers: SplitMix64. */
unsigned long long check_random(unsigned long long *state);

#endif
