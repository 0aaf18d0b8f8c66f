#include "check.h"

#include <stdint.h>

int check_failures;
static int checks;

/* Counts a failure; says whether to print it too. */
static int failed(void) { return ++check_failures <= 50; }

enum { pattern = 0xA5 };

void check_true(const char *file, int line, const char *text, int holds) {
    checks++;
    if (holds) return;
    if (failed()) fprintf(stderr, "%s:%d: %s does not hold\n", file, line, text);
}

void check_status(const char *file, int line, const char *call, spane_status expected, const char *word,
                  spane_status status) {
    const char *message = spane_last_error();
    int is_error = expected < 0;
    checks++;
    if (status == expected && (is_error ? strstr(message, word) != NULL && *message : *message == '\0')) return;
    if (!failed()) return;
    fprintf(stderr, "%s:%d: %s\n    gives %s \"%s\"\n    instead of %s \"%s%s\"\n", file, line, call,
            spane_status_name(status), message, spane_status_name(expected), is_error ? "..." : "", word);
}

void check_fill(void *memory, size_t size) { memset(memory, pattern, size); }

int check_is_filled(const void *memory, size_t size) {
    const unsigned char *bytes = memory;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != pattern) return 0;
    }
    return 1;
}

int check_report(const char *name) {
    printf("%s: %d checks, %d failed\n", name, checks, check_failures);
    return check_failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

const char *check_path(const char *folder, const char *name) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

unsigned char *check_read(const char *folder, const char *name, size_t *size) {
    FILE *file = fopen(check_path(folder, name), "rb");
    unsigned char *bytes = NULL;
    long length = -1;
    if (file && fseek(file, 0, SEEK_END) == 0) length = ftell(file);
    if (length >= 0 && fseek(file, 0, SEEK_SET) == 0) bytes = malloc((size_t)length + 1);
    if (!bytes || fread(bytes, 1, (size_t)length, file) != (size_t)length) {
        fprintf(stderr, "%s cannot be read\n", check_path(folder, name));
        exit(EXIT_FAILURE);
    }
    fclose(file);
    *size = (size_t)length;
    return bytes;
}

unsigned long long check_random(unsigned long long *state) {
    uint64_t word = *state += 0x9E3779B97F4A7C15u;
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
    return word ^ (word >> 31);
}
