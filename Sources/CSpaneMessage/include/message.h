// The message of the last failed call, one for each thread; Swift has no thread-local variables.

#ifndef CSPANEMESSAGE_H
#define CSPANEMESSAGE_H

#include <stddef.h>

// Makes the message of this thread empty.
void message_clear(void);

// Copies `length` bytes as the message of this thread. Where memory runs out the message says that.
void message_set(const char *text, size_t length);

// The message of this thread, "" if there is none; valid until the next clear or set of this thread.
const char *message_get(void);

#endif
