/*
 * Traces as text: the input itself, or a table made of what the input says: with either header in any order, any separator,
 * quotes, numbers in many forms, and now and then something that no table should have.
 */

#define _POSIX_C_SOURCE 200809L

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spane.h>

#include "../columns.h"
#include "fuzz.h"

enum { capacity = 1 << 18 };

static char text[capacity];
static size_t used;

static void put(const char *bytes, size_t count) {
    if (used + count > capacity) return;
    memcpy(text + used, bytes, count);
    used += count;
}

static void put_text(const char *string) { put(string, strlen(string)); }

static void put_number(struct fuzz_input *input, double number) {
    static const char *const odd[] = {"0x10",  "inf", "nan", "-",  "1e",   "1e+", ".5", "5.", "+7",   "1e-400", "1e400",
                                      "4,5", "1_0", " 8 ", "\t", "\"9\"", "\"9", "\"", "",   "1\r2", "00001"};
    char bytes[64];
    uint8_t form = fuzz_byte(input);
    if (form < 140) snprintf(bytes, sizeof bytes, "%g", number);
    else if (form < 180) snprintf(bytes, sizeof bytes, "%.17g", number);
    else if (form < 200) snprintf(bytes, sizeof bytes, "%.25f", fmod(number, 1e15));
    else if (form < 220) snprintf(bytes, sizeof bytes, "\"%.3e\"", number);
    else if (form < 250) snprintf(bytes, sizeof bytes, "%s", odd[form % (sizeof odd / sizeof *odd)]);
    else {
        /* Any bytes, NUL among them. */
        uint32_t count = fuzz_below(input, 6);
        while (count-- > 0) {
            char byte = (char)fuzz_byte(input);
            put(&byte, 1);
        }
        return;
    }
    put_text(bytes);
}

static void make_table(struct fuzz_input *input) {
    static const char *const rows[] = {"vmid", "cpu", "mem", "at", "lt"}, *const events[] = {"vmid", "cpu", "memory", "time", "type"};
    static const char *const separators[] = {",", ";", "\t", "|"}, *const ends[] = {"\n", "\r\n", "\r", "\n\n"};
    uint8_t shape = fuzz_byte(input), order[8];
    const char *const others[] = {"span", "resource:gpu", "other"};
    const char *const *names = shape & 1 ? events : rows;
    const char *separator = separators[fuzz_below(input, 16) % 7 % 4], *end = ends[fuzz_below(input, 24) % 9 % 4];
    unsigned columns = 5 + (shape & 2 ? fuzz_below(input, 4) : 0);
    unsigned count = fuzz_below(input, 40);
    double time = 0;

    if ((shape & 0x70) == 0x10) put_text("\xEF\xBB\xBF");
    if ((shape & 0x70) == 0x20) put_text("sep="), put_text(separator), put_text(end);
    for (unsigned i = 0; i < columns; i++) order[i] = (uint8_t)i;
    if (shape & 4) {
        for (unsigned i = columns; i-- > 1;) {
            unsigned other = fuzz_below(input, (uint32_t)i + 1);
            uint8_t kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
    }
    for (unsigned i = 0; i < columns; i++) {
        if (i > 0) put_text(separator);
        if (shape & 8) put_text("\"");
        put_text(order[i] < 5 ? names[order[i]] : others[order[i] - 5]);
        if (shape & 8) put_text("\"");
    }
    put_text(end);
    for (unsigned row = 0; row < count; row++) {
        unsigned has = fuzz_byte(input) < 250 ? columns : fuzz_below(input, 12);
        time += (double)fuzz_below(input, 20);
        for (unsigned i = 0; i < has; i++) {
            if (i > 0) put_text(separator);
            switch (i < columns ? order[i] : 9) {
            case 0: put_number(input, shape & 1 ? (double)(row / 2) : (double)row); break;
            case 3: put_number(input, time); break;
            case 4: put_number(input, shape & 1 ? (double)(row % 2) : fuzz_number(input)); break;
            case 1:
            case 2: put_number(input, 1 + (double)fuzz_below(input, 40)); break;
            case 5:
                if (fuzz_byte(input) < 240) put_number(input, (double)fuzz_below(input, 9));
                break;
            case 6:
                if (fuzz_byte(input) < 240) put_number(input, fuzz_number(input));
                break;
            default: put_text(fuzz_byte(input) < 240 ? "note" : "\"a \"\"b\n\"");
            }
        }
        put_text(end);
    }
    if (fuzz_byte(input) >= 250) {
        /* A line that does not end. */
        static char line[1 << 17];
        memset(line, fuzz_byte(input) & 1 ? ',' : '7', sizeof line);
        put(line, sizeof line);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzz_input input = {data, size};
    const char *folder = getenv("TMPDIR");
    char path[4096];
    spane_trace *trace = NULL;
    spane_trace_info info = SPANE_TRACE_INFO_INIT;
    struct vm vm;
    spane_status status;
    FILE *file;

    used = 0;
    if (fuzz_byte(&input) < 32) put((const char *)input.bytes, input.left);
    else make_table(&input);
    snprintf(path, sizeof path, "%s/spane-fuzz-%ld.csv", folder ? folder : "/tmp", (long)getpid());
    file = fopen(path, "wb");
    MUST(file && fwrite(text, 1, used, file) == used && fclose(file) == 0);
    status = spane_trace_load(path, NULL, &trace);
    unlink(path);
    if (status == SPANE_OK) {
        double last = -INFINITY;
        MUST(spane_trace_describe(trace, &info) == SPANE_OK && info.count >= 2);
        for (int64_t i = 0; i < info.count; i++) {
            MUST(read_vms(trace, (size_t)i, 1, &vm) == SPANE_OK);
            MUST(vm.cpu > 0 && vm.cpu <= 0x1p32 && vm.mem > 0 && vm.mem <= 0x1p32);
            MUST(vm.arrival >= last && isfinite(vm.arrival) && vm.lifetime >= 0 && isfinite(vm.lifetime));
            last = vm.arrival;
        }
        spane_trace_free(trace);
    } else {
        /* It may begin like HDF5. */
        MUST(status == SPANE_FORMAT || status == SPANE_UNKNOWN_VERSION || status == SPANE_SHAPE_MISMATCH || status == SPANE_IO);
        MUST(trace == NULL && strstr(spane_last_error(), path) != NULL);
    }
    return 0;
}
