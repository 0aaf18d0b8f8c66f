#include "message.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct message {
    char *text;
    size_t capacity;
};

static _Thread_local struct message message;
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void free_text(void *text) {
    free(text);
    message.text = NULL;
    message.capacity = 0;
}

// A key's destructor is the only thing that C runs when a thread ends.
static void make_key(void) { pthread_key_create(&key, free_text); }

void message_clear(void) {
    if (message.text) message.text[0] = '\0';
}

void message_set(const char *text, size_t length) {
    if (length + 1 > message.capacity) {
        size_t capacity = length + 1 < 256 ? 256 : length + 1;
        char *longer = realloc(message.text, capacity);
        if (!longer) {
            static const char none[] = "out of memory";
            if (message.capacity < sizeof none) return;
            text = none;
            length = sizeof none - 1;
        } else {
            message.text = longer;
            message.capacity = capacity;
            pthread_once(&once, make_key);
            pthread_setspecific(key, longer);
        }
    }
    memcpy(message.text, text, length);
    message.text[length] = '\0';
}

const char *message_get(void) { return message.text ? message.text : ""; }
