// What Swift cannot import from <hdf5.h>: macros that call functions or cast, as static inline functions.

#ifndef SPANE_CHDF5_SHIM_H
#define SPANE_CHDF5_SHIM_H

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// H5T_NATIVE_* and the classes of property lists are variables behind macros that first open the library.
static inline hid_t chdf5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t chdf5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t chdf5_native_uint64(void) { return H5T_NATIVE_UINT64; }
static inline hid_t chdf5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t chdf5_file_float(void) { return H5T_IEEE_F32LE; }
static inline hid_t chdf5_file_double(void) { return H5T_IEEE_F64LE; }
static inline hid_t chdf5_file_int64(void) { return H5T_STD_I64LE; }
static inline hid_t chdf5_dataset_create_class(void) { return H5P_DATASET_CREATE; }
static inline hid_t chdf5_file_access_class(void) { return H5P_FILE_ACCESS; }
static inline hid_t chdf5_group_create_class(void) { return H5P_GROUP_CREATE; }

// These macros carry a cast, or a type that differs from the parameter's.
static inline hid_t chdf5_default(void) { return H5P_DEFAULT; }
static inline hid_t chdf5_all(void) { return H5S_ALL; }

// Opens a file to read. It is not locked, where HDF5 lets us choose (1.10.7 and later, but 1.12.0): some file systems have
// no locks, and files that are replaced whole need none.
static inline hid_t chdf5_open_read_only(const char *path) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), file, errors;
    if (access < 0) return -1;
#if H5_VERSION_GE(1, 10, 7) && (H5_VERS_MINOR != 12 || H5_VERS_RELEASE > 0)
    H5Pset_file_locking(access, 0, 1);
#endif
    file = H5Fopen(path, H5F_ACC_RDONLY, access);
    // Closing would forget why it could not be opened.
    errors = H5Eget_current_stack();
    H5Pclose(access);
    H5Eset_current_stack(errors);
    return file;
}

// The name of a file in memory. HDF5 takes two open ones of one name for the same file, and identifiers are never used twice.
struct chdf5_name {
    char text[40];
};

static inline struct chdf5_name chdf5_memory_name(hid_t unique) {
    struct chdf5_name name;
    snprintf(name.text, sizeof name.text, "memory %lld", (long long)unique);
    return name;
}

// A file in memory: a copy of `size` bytes to read.
static inline hid_t chdf5_open_image(const void *data, size_t size) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), file = -1, errors;
    if (access < 0) return -1;
    if (H5Pset_fapl_core(access, 1 << 16, 0) >= 0 && H5Pset_file_image(access, (void *)data, size) >= 0) {
        file = H5Fopen(chdf5_memory_name(access).text, H5F_ACC_RDONLY, access);
    }
    // Closing would forget why it could not be opened.
    errors = H5Eget_current_stack();
    H5Pclose(access);
    H5Eset_current_stack(errors);
    return file;
}

// Part of a dataset of one dimension: `count` values from `first` on.
static inline hid_t chdf5_piece(hid_t dataset, hsize_t first, hsize_t count) {
    hid_t space = H5Dget_space(dataset);
    if (space >= 0 && H5Sselect_hyperslab(space, H5S_SELECT_SET, &first, NULL, &count, NULL) < 0) {
        H5Sclose(space);
        return -1;
    }
    return space;
}

static inline herr_t chdf5_write_piece(hid_t dataset, hid_t type, hsize_t first, hsize_t count, const void *values) {
    hid_t space = chdf5_piece(dataset, first, count), memory = H5Screate_simple(1, &count, NULL);
    herr_t status = space < 0 || memory < 0 ? -1 : H5Dwrite(dataset, type, memory, space, H5P_DEFAULT, values);
    hid_t errors = H5Eget_current_stack();
    if (space >= 0) H5Sclose(space);
    if (memory >= 0) H5Sclose(memory);
    H5Eset_current_stack(errors);
    return status;
}

static inline herr_t chdf5_read_piece(hid_t dataset, hid_t type, hsize_t first, hsize_t count, void *values) {
    hid_t space = chdf5_piece(dataset, first, count), memory = H5Screate_simple(1, &count, NULL);
    herr_t status = space < 0 || memory < 0 ? -1 : H5Dread(dataset, type, memory, space, H5P_DEFAULT, values);
    hid_t errors = H5Eget_current_stack();
    if (space >= 0) H5Sclose(space);
    if (memory >= 0) H5Sclose(memory);
    H5Eset_current_stack(errors);
    return status;
}

// The values of a chunk of a dataset of one dimension; 0 for one without chunks, and where HDF5 cannot tell.
static inline hsize_t chdf5_chunk(hid_t dataset) {
    hid_t creation = H5Dget_create_plist(dataset);
    hsize_t chunk = 0;
    if (creation < 0) return 0;
    if (H5Pget_layout(creation) != H5D_CHUNKED || H5Pget_chunk(creation, 1, &chunk) != 1) chunk = 0;
    H5Pclose(creation);
    return chunk;
}

// Links and attributes stay in the header of their group, which has a checksum. Many of them would go to a heap that has
// none, and HDF5 1.10 frees memory that is not its own when such a heap is damaged.
static inline herr_t chdf5_keep_compact(hid_t creation) {
    return H5Pset_link_phase_change(creation, 65535, 0) < 0 ? -1 : H5Pset_attr_phase_change(creation, 65535, 0);
}

// Whether an object keeps its attributes in such a heap; negative when HDF5 cannot tell.
static inline int chdf5_has_attribute_heap(hid_t object) {
#if H5_VERSION_GE(1, 12, 0)
    H5O_native_info_t info;
    if (H5Oget_native_info(object, &info, H5O_NATIVE_INFO_META_SIZE) < 0) return -1;
#else
    H5O_info_t info;
    if (H5Oget_info2(object, &info, H5O_INFO_META_SIZE) < 0) return -1;
#endif
    return info.meta_size.attr.heap_size > 0;
}

// What a link is, whether or not it leads anywhere.
#if H5_VERSION_GE(1, 12, 0)
typedef H5L_info2_t chdf5_link;
static inline herr_t chdf5_link_info(hid_t file, const char *path, chdf5_link *info) {
    return H5Lget_info2(file, path, info, H5P_DEFAULT);
}
#else
typedef H5L_info_t chdf5_link;
static inline herr_t chdf5_link_info(hid_t file, const char *path, chdf5_link *info) {
    return H5Lget_info(file, path, info, H5P_DEFAULT);
}
#endif

// Names, each with a NUL behind it, in one block of memory that the caller frees.
struct chdf5_names {
    char *text;
    size_t size, capacity;
};

static inline herr_t chdf5_add_name(struct chdf5_names *names, const char *name) {
    size_t length = strlen(name) + 1;
    if (names->capacity - names->size < length) {
        size_t capacity = 2 * (names->size + length);
        char *text = (char *)realloc(names->text, capacity);
        if (text == NULL) return -1;
        names->text = text;
        names->capacity = capacity;
    }
    memcpy(names->text + names->size, name, length);
    names->size += length;
    return 0;
}

static inline herr_t chdf5_add_link(hid_t group, const char *name, const chdf5_link *info, void *names) {
    (void)group, (void)info;
    return chdf5_add_name((struct chdf5_names *)names, name);
}

static inline herr_t chdf5_add_attribute(hid_t object, const char *name, const H5A_info_t *info, void *names) {
    (void)object, (void)info;
    return chdf5_add_name((struct chdf5_names *)names, name);
}

// All links of a group, or all attributes of an object, by name; in one go, since HDF5 finds each by number anew.
static inline herr_t chdf5_list_links(hid_t group, struct chdf5_names *names) {
#if H5_VERSION_GE(1, 12, 0)
    return H5Literate2(group, H5_INDEX_NAME, H5_ITER_INC, NULL, chdf5_add_link, names);
#else
    return H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, chdf5_add_link, names);
#endif
}

static inline herr_t chdf5_list_attributes(hid_t object, struct chdf5_names *names) {
    return H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, NULL, chdf5_add_attribute, names);
}

// An empty file in memory to write, in the format of HDF5 1.10: unlike the older one, which is the default, it has
// checksums over everything that describes the data. Times are left out, so that equal contents are equal bytes.
static inline hid_t chdf5_create_image(void) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), creation = H5Pcreate(H5P_FILE_CREATE), file = -1, errors;
    if (access >= 0 && creation >= 0 && H5Pset_fapl_core(access, 1 << 16, 0) >= 0 &&
        H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110) >= 0 &&
        H5Pset_obj_track_times(creation, 0) >= 0 && chdf5_keep_compact(creation) >= 0) {
        file = H5Fcreate(chdf5_memory_name(access).text, H5F_ACC_TRUNC, creation, access);
    }
    // Closing would forget why it could not be made.
    errors = H5Eget_current_stack();
    if (access >= 0) H5Pclose(access);
    if (creation >= 0) H5Pclose(creation);
    H5Eset_current_stack(errors);
    return file;
}

// A UTF-8 string type of `size` bytes, padded with zeros (0 stands for variable length).
static inline hid_t chdf5_string_type(size_t size) {
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type < 0) return type;
    if (H5Tset_size(type, size == 0 ? H5T_VARIABLE : size) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0 ||
        H5Tset_strpad(type, H5T_STR_NULLPAD) < 0) {
        H5Tclose(type);
        return -1;
    }
    return type;
}

// The error stack of this thread, innermost message last, as "function: message; ..." in `text`.
struct chdf5_error_text {
    char *text;
    size_t size;
};

static inline herr_t chdf5_append_error(unsigned depth, const H5E_error2_t *error, void *data) {
    struct chdf5_error_text *out = (struct chdf5_error_text *)data;
    size_t used = strlen(out->text);
    (void)depth;
    if (used + 1 < out->size) {
        snprintf(out->text + used, out->size - used, "%s%s", used == 0 ? "" : "; ", error->desc ? error->desc : "?");
    }
    return 0;
}

static inline void chdf5_describe_errors(char *text, size_t size) {
    struct chdf5_error_text out = {text, size};
    if (size == 0) return;
    text[0] = '\0';
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, chdf5_append_error, &out);
}

// The printer of errors that the host process has set, taken away around our own calls and put back after them.
struct chdf5_printer {
    H5E_auto2_t function;
    void *data;
};

static inline struct chdf5_printer chdf5_silence(void) {
    struct chdf5_printer printer = {NULL, NULL};
    H5Eget_auto2(H5E_DEFAULT, &printer.function, &printer.data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return printer;
}

static inline void chdf5_restore(struct chdf5_printer printer) {
    H5Eset_auto2(H5E_DEFAULT, printer.function, printer.data);
}

static inline void chdf5_be_quiet(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

// A damaged file can leave an object open inside HDF5, which then complains on stderr when the process ends. Handlers of
// atexit run last in, first out, so this one, registered later than HDF5's own, takes that complaint away.
static inline void chdf5_end_quietly(void) { atexit(chdf5_be_quiet); }

#endif
