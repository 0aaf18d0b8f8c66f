/*
 * Logs of clusters: the input itself, or a sound log whose events are made of what the input says, with checksums that are right, so
 * that what is wrong in them is seen.
 */

#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spane.h>

#include "fuzz.h"

enum { capacity = 1 << 18, kinds = 24 };

static uint8_t text[capacity];
static size_t used;

static void put(const uint8_t *bytes, size_t count) {
    if (used + count > capacity) return;
    memcpy(text + used, bytes, count);
    used += count;
}

static uint32_t checksum(const uint8_t *bytes, size_t count) {
    uint64_t sum = 0x5350414E45000001u, word = 0;
    for (size_t at = 0; at <= count + 8; at += 8) {
        if (at + 8 <= count) memcpy(&word, bytes + at, 8);
        else if (at <= count) word = 0, memcpy(&word, bytes + at, count - at);
        else word = count;
        sum = (sum ^ word) * 0x9E3779B97F4A7C15u;
        sum ^= sum >> 29;
    }
    return (uint32_t)(sum >> 32);
}

static size_t put_varint(uint8_t *to, uint64_t number) {
    size_t size = 0;
    while (number >= 0x80) {
        to[size++] = (uint8_t)(number | 0x80);
        number >>= 7;
    }
    to[size++] = (uint8_t)number;
    return size;
}

static void put_frame(const uint8_t *event, size_t size) {
    uint8_t head[16];
    uint32_t sum = checksum(event, size);
    size_t length = put_varint(head, size);
    for (int shift = 0; shift < 32; shift += 8) head[length++] = (uint8_t)(sum >> shift);
    put(head, length);
    put(event, size);
}

/* An event of some kind, of small numbers for the most part. */
static void put_event(struct fuzz_input *input) {
    uint8_t event[128];
    size_t size = put_varint(event, fuzz_below(input, 200));
    uint32_t count = fuzz_below(input, 24);
    event[size++] = (uint8_t)(1 + fuzz_below(input, kinds));
    while (count-- > 0 && size < sizeof event - 16) {
        switch (fuzz_byte(input) % 8) {
        case 0: size += put_varint(event + size, fuzz_word(input)); break;
        case 1: {
            const double number = fuzz_number(input);
            memcpy(event + size, &number, 8);
            size += 8;
            break;
        }
        default: event[size++] = (uint8_t)fuzz_below(input, 9);
        }
    }
    put_frame(event, size);
}

static int is_expected(spane_status status) {
    return status == SPANE_OK || status == SPANE_FORMAT || status == SPANE_BAD_STATE || status == SPANE_UNKNOWN_VERSION ||
           status == SPANE_OUT_OF_MEMORY || status == SPANE_INVALID_ARGUMENT || status == SPANE_IO;
}

static void read_log(FILE *file) {
    uint8_t byte;
    used = 0;
    while (fread(&byte, 1, 1, file) == 1) put(&byte, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static uint8_t sound[capacity];
    static size_t sound_size;
    struct fuzz_input input = {data, size};
    const char *folder = getenv("TMPDIR");
    char path[4096];
    spane_cluster *cluster = NULL;
    spane_replay_options options = SPANE_REPLAY_OPTIONS_INIT;
    spane_replay_figures figures = SPANE_REPLAY_FIGURES_INIT;
    spane_status status;
    FILE *file;

    snprintf(path, sizeof path, "%s/spane-fuzz-%ld.log", folder ? folder : "/tmp", (long)getpid());
    unlink(path);
    MUST(spane_cluster_new(NULL, &cluster) == SPANE_OK);
    if (!sound_size) {
        spane_session *session = NULL;
        MUST(spane_cluster_add_equal_servers(cluster, 40, 90, 3, NULL) == SPANE_OK);
        MUST(spane_session_new(cluster, HEURISTIC("first-fit"), &session) == SPANE_OK);
        MUST(spane_cluster_start_log(cluster, path, SPANE_DURABILITY_WRITTEN, NULL) == SPANE_OK);
        MUST(spane_cluster_set_log_time(cluster, 0) == SPANE_OK);
        for (uint64_t id = 0; id < 5; id++) MUST(spane_session_place(session, id, ASKS(4, 8), NULL) == SPANE_OK);
        MUST(spane_cluster_stop_log(cluster) == SPANE_OK);
        spane_session_free(session);
        file = fopen(path, "rb");
        MUST(file != NULL);
        read_log(file);
        fclose(file);
        memcpy(sound, text, sound_size = used);
        MUST(spane_replay(path, HEURISTIC("first-fit"), NULL, NULL, &figures) == SPANE_OK && figures.alike == 5);
        unlink(path);
    }
    used = 0;
    if (fuzz_byte(&input) < 32) {
        put(input.bytes, input.left);
    } else {
        put(sound, sound_size);
        while (input.left > 0 && used < capacity / 2) put_event(&input);
    }
    file = fopen(path, "wb");
    MUST(file && fwrite(text, 1, used, file) == used && fclose(file) == 0);
    options.queue = (int32_t)(size & 1);
    options.moves = (int32_t)(size >> 1 & 1);
    status = spane_replay(path, NULL, NULL, NULL, &figures);
    MUST(is_expected(status) && (status == SPANE_OK || *spane_last_error()));
    if (status == SPANE_OK) {
        MUST(figures.refused <= figures.vms && figures.wait >= 0);
        status = spane_replay(path, HEURISTIC("best-fit"), &options, NULL, &figures);
        MUST(is_expected(status));
        if (status == SPANE_OK) MUST(figures.alike <= figures.compared && figures.refused <= figures.vms);
    }
    status = spane_cluster_start_log(cluster, path, SPANE_DURABILITY_BUFFERED, NULL);
    MUST(is_expected(status));
    spane_cluster_free(cluster);
    if (status == SPANE_OK) {
        /* Whatever was in it, its beginning is read. */
        status = spane_replay(path, NULL, NULL, NULL, &figures);
        MUST(is_expected(status));
    }
    unlink(path);
    return 0;
}
