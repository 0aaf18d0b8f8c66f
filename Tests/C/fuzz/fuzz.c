#define _POSIX_C_SOURCE 200809L

#include "fuzz.h"

#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <hostile.h>
#include <spane.h>

void fuzz_fail(const char *claim, const char *file, int line) {
    fprintf(stderr, "%s:%d: %s does not hold; the message is \"%s\"\n", file, line, claim, spane_last_error());
    abort();
}

uint8_t fuzz_byte(struct fuzz_input *input) {
    if (input->left == 0) return 0;
    input->left--;
    return *input->bytes++;
}

uint64_t fuzz_word(struct fuzz_input *input) {
    uint64_t word = 0;
    for (int i = 0; i < 8; i++) word = word << 8 | fuzz_byte(input);
    return word;
}

uint32_t fuzz_below(struct fuzz_input *input, uint32_t bound) { return fuzz_byte(input) % bound; }

double fuzz_number(struct fuzz_input *input) {
    static const double strange[] = {0,   -0.0, -1,   1e-9, 0x1p-20, 0x1p32, 0x1.00000001p32, 1e300, -1e300, 0x1p-1074,
                                     NAN, INFINITY, -INFINITY, 0x1p53, 0x1p63, 0x1p64, 40, 90, 10, 1e15};
    uint8_t kind = fuzz_byte(input);
    uint64_t word;
    double number;
    if (kind < 160) return (double)(kind % 64);
    if (kind < 200) return (double)fuzz_byte(input) / 8;
    if (kind < 230) return strange[kind % (sizeof strange / sizeof *strange)];
    word = fuzz_word(input);
    memcpy(&number, &word, sizeof number);
    return number;
}

int64_t fuzz_integer(struct fuzz_input *input) {
    static const int64_t strange[] = {INT64_MIN, INT64_MAX, -1, INT32_MIN, INT32_MAX, 1 << 20, 1LL << 40, 524288, 524289, 4096};
    uint8_t kind = fuzz_byte(input);
    if (kind < 200) return kind % 32;
    if (kind < 240) return strange[kind % (sizeof strange / sizeof *strange)];
    return (int64_t)fuzz_word(input);
}

static void put_attribute(struct fuzz_input *input, hid_t object, const struct fuzz_item *item, uint8_t change) {
    char kind = item->kind, text[300];
    double number = item->number;
    int64_t integer = (int64_t)item->number;
    hsize_t extent = 1;
    hid_t space, type, attribute;

    snprintf(text, sizeof text, "%s", item->text ? item->text : "1");
    if (change == 1) number = fuzz_number(input), integer = fuzz_integer(input);
    if (change == 2) kind = "sidv"[fuzz_below(input, 4)];
    if (change == 3) {
        uint32_t length = fuzz_below(input, 255) + 1;
        for (uint32_t i = 0; i < length; i++) text[i] = (char)fuzz_byte(input);
        text[length] = '\0';
    }
    if (change == 4) extent = fuzz_below(input, 4);
    space = change == 4 ? H5Screate_simple(1, &extent, NULL) : change == 5 ? H5Screate(H5S_NULL) : H5Screate(H5S_SCALAR);
    type = kind == 's' || kind == 'v' ? H5Tcopy(H5T_C_S1)
                                      : H5Tcopy(kind == 'i' ? (change == 6 ? H5T_STD_U8BE : H5T_STD_I64LE)
                                                            : (change == 6 ? H5T_IEEE_F32BE : H5T_IEEE_F64LE));
    if (kind == 's') H5Tset_size(type, strlen(text) + 1);
    if (kind == 'v') H5Tset_size(type, H5T_VARIABLE);
    attribute = H5Acreate2(object, item->name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (change != 4 && change != 5 && change != 7) {
        const char *pointer = text;
        if (kind == 's') H5Awrite(attribute, type, text);
        if (kind == 'v') H5Awrite(attribute, type, &pointer);
        if (kind == 'i') H5Awrite(attribute, H5T_NATIVE_INT64, &integer);
        if (kind == 'd') H5Awrite(attribute, H5T_NATIVE_DOUBLE, &number);
    }
    H5Aclose(attribute);
    H5Tclose(type);
    H5Sclose(space);
}

/* Puts something in place of an item that means harm; what it leads to is a file that exists. */
static void put_hostile(struct fuzz_input *input, hid_t file, const struct fuzz_item *item) {
    enum hostile_kind kind = (enum hostile_kind)fuzz_below(input, hostile_kinds);
    uint64_t amount = fuzz_word(input) >> fuzz_below(input, 64);
    /* What takes long to make, and not to refuse. */
    if ((kind == hostile_links || kind == hostile_attributes) && amount > 200) amount = 200;
    if (amount > 1 << 14 && kind >= hostile_zeros && kind <= hostile_tree_index) amount = 1 << 14;
    hostile_put(file, item->name, kind, amount, "/dev/zero");
}

static void put_dataset(struct fuzz_input *input, hid_t file, const struct fuzz_item *item, uint8_t change) {
    hsize_t dimensions[3] = {item->dimensions[0], item->dimensions[1], 1}, chunk[3];
    int rank = item->dimensions[1] ? 2 : 1;
    char kind = item->kind;
    hid_t space, layout = H5Pcreate(H5P_DATASET_CREATE), dataset, type;
    double *values;
    size_t count = 1;

    if (change == 2) kind = "IDFSU"[fuzz_below(input, 5)];
    if (change == 3) rank = (int)fuzz_below(input, 4);
    if (change == 4 || change == 5) dimensions[fuzz_below(input, 2)] = fuzz_below(input, 40);
    if (change == 6) dimensions[0] = (hsize_t)fuzz_word(input) >> fuzz_below(input, 64);
    for (int i = 0; i < rank; i++) {
        chunk[i] = dimensions[i] < 1024 ? (dimensions[i] ? dimensions[i] : 1) : 1024;
        if (dimensions[i] <= 4096) count *= (size_t)dimensions[i];
        else count = 0; /* claimed and never written */
    }
    if (rank > 0 && (change == 5 || change == 6)) {
        H5Pset_chunk(layout, rank, chunk);
        H5Pset_deflate(layout, 1);
    }
    switch (kind) {
    case 'S': type = H5Tcopy(H5T_C_S1); break;
    case 'I': type = H5Tcopy(H5T_STD_I64LE); break;
    case 'U': type = H5Tcopy(H5T_STD_U64LE); break;
    case 'D': type = H5Tcopy(H5T_IEEE_F64LE); break;
    default: type = H5Tcopy(H5T_IEEE_F32LE); break;
    }
    space = H5Screate_simple(rank, dimensions, NULL);
    dataset = H5Dcreate2(file, item->name, type, space, H5P_DEFAULT, layout, H5P_DEFAULT);
    values = malloc((count ? count : 1) * sizeof *values);
    for (size_t i = 0; i < count; i++) values[i] = item->number < 0 ? (double)i * -item->number : item->number;
    if (change == 1) {
        for (uint32_t i = fuzz_below(input, 20); i > 0 && count > 0; i--) values[fuzz_byte(input) % count] = fuzz_number(input);
    }
    /* A text takes one byte of the numbers. */
    if (count > 0 && dataset >= 0) {
        H5Dwrite(dataset, kind == 'S' ? type : H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    }
    free(values);
    if (dataset >= 0) H5Dclose(dataset);
    H5Sclose(space);
    H5Tclose(type);
    H5Pclose(layout);
}

/* Whether the group of an item is one of this file: HDF5 1.10 forgets a group that it has opened when it goes through a link to
   a file that is none, and cannot end then. */
static int is_here(hid_t file, const char *name) {
    H5L_info_t info;
    char group[256];
    const char *slash = strchr(name, '/');
    if (slash == NULL) return 1;
    snprintf(group, sizeof group, "%.*s", (int)(slash - name), name);
    return H5Lget_info(file, group, &info, H5P_DEFAULT) < 0 || info.type == H5L_TYPE_HARD;
}

uint8_t *fuzz_image(struct fuzz_input *input, const struct fuzz_item *items, size_t count, size_t *size) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), creation = H5Pcreate(H5P_FILE_CREATE);
    hid_t like_root = H5Pcreate(H5P_GROUP_CREATE), file;
    uint8_t *image;
    const char *folder;
    char path[4096];
    long length;
    FILE *closed;

    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5Pset_libver_bounds(access, input->left & 1 ? H5F_LIBVER_V18 : H5F_LIBVER_V110, H5F_LIBVER_V110);
    /* As the library writes it: links and attributes in the headers. */
    H5Pset_link_phase_change(creation, 65535, 0);
    H5Pset_attr_phase_change(creation, 65535, 0);
    H5Pset_link_phase_change(like_root, 65535, 0);
    H5Pset_attr_phase_change(like_root, 65535, 0);
    /* A closed file, not an image of an open one: HDF5 1.10 gets the checksum of those wrong. */
    folder = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/spane-fuzz-%ld.h5", folder ? folder : "/tmp", (long)getpid());
    file = H5Fcreate(path, H5F_ACC_TRUNC, creation, access);
    for (size_t i = 0; i < count; i++) {
        uint8_t change = fuzz_byte(input);
        /* Most items stay as they are, so that a file is not always refused for the first of them. */
        change = change < 192 ? 0 : change % 16;
        if (change >= 14 || !is_here(file, items[i].name)) continue;
        if (change >= 8 && change < 12 && strchr("IDFg", items[i].kind)) {
            put_hostile(input, file, &items[i]);
            continue;
        }
        switch (items[i].kind) {
        case 'g': {
            hid_t group = H5Gcreate2(file, items[i].name, H5P_DEFAULT, like_root, H5P_DEFAULT);
            if (group >= 0) H5Gclose(group);
            break;
        }
        case 's':
        case 'i':
        case 'd': put_attribute(input, file, &items[i], change); break;
        default: put_dataset(input, file, &items[i], change); break;
        }
    }
    H5Fclose(file);
    closed = fopen(path, "rb");
    unlink(path);
    MUST(closed && fseek(closed, 0, SEEK_END) == 0);
    length = ftell(closed);
    MUST(length > 0);
    rewind(closed);
    image = malloc((size_t)length);
    MUST(fread(image, 1, (size_t)length, closed) == (size_t)length);
    fclose(closed);
    H5Pclose(like_root);
    H5Pclose(creation);
    H5Pclose(access);
    *size = (size_t)length;
    return image;
}

uint8_t *fuzz_sound_image(const struct fuzz_item *items, size_t count, size_t *size) {
    /* At the end of an input there are zeros, which change nothing. */
    struct fuzz_input nothing = {NULL, 0};
    return fuzz_image(&nothing, items, count, size);
}
