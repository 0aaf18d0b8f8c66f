// The message of the last failed call, one for each thread; Swift has no thread-local variables.

#ifndef SPANE_MESSAGE_H
#define SPANE_MESSAGE_H

#include <stddef.h>

// Makes the message of this thread empty.
void spane_message_clear(void);

// Copies `length` bytes as the message of this thread. Where memory runs out the message says that.
void spane_message_set(const char *text, size_t length);

// The message of this thread, "" if there is none; valid until the next clear or set of this thread.
const char *spane_message_get(void);

#endif
