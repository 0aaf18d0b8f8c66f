#include "hostile.h"

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[hostile_kinds] = {
    "external storage", "virtual dataset", "external link", "soft link out", "soft circle", "own group",
    "contiguous claim", "chunked claim", "giant chunk", "tiny chunks", "sparse chunks", "zeros",
    "twice deflated", "scale offset", "old index", "tree index", "links", "attributes",
    "old group", "text", "wide integers", "compound", "many dimensions", "scalar",
};

const char *hostile_name(enum hostile_kind kind) { return names[kind]; }

/* A dataset of one dimension; writes `written` zeros where that is not 0. */
static int put_dataset(hid_t file, const char *name, hid_t type, hid_t creation, hsize_t size, hsize_t most, size_t written) {
    hid_t space = H5Screate_simple(1, &size, &most);
    hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    int status = dataset < 0 ? -1 : 0;
    if (status == 0 && written > 0) {
        hsize_t start = 0, count = written < size ? written : size;
        hid_t memory = H5Screate_simple(1, &count, NULL);
        double *zeros = calloc((size_t)count, sizeof *zeros);
        H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, NULL, &count, NULL);
        if (zeros == NULL || H5Dwrite(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, zeros) < 0) status = -1;
        free(zeros);
        H5Sclose(memory);
    }
    if (dataset >= 0) H5Dclose(dataset);
    H5Sclose(space);
    return status;
}

/* What the path of an object says of its group. */
static void parent_of(const char *name, char *parent, size_t size) {
    const char *slash = strrchr(name, '/');
    snprintf(parent, size, "%.*s", slash ? (int)(slash - name) : 1, slash ? name : "/");
}

static int put_many(hid_t file, const char *name, enum hostile_kind kind, uint64_t amount) {
    char text[64], parent[256];
    int status = 0;
    parent_of(name, parent, sizeof parent);
    /* Making them takes the square of their number. */
    if (amount > 5000) return -1;
    for (uint64_t i = 0; i < amount && status == 0; i++) {
        snprintf(text, sizeof text, "x%llu", (unsigned long long)i);
        if (kind == hostile_links) {
            hid_t group = H5Gopen2(file, parent, H5P_DEFAULT);
            if (H5Lcreate_soft("nowhere", group, text, H5P_DEFAULT, H5P_DEFAULT) < 0) status = -1;
            H5Gclose(group);
        } else {
            hid_t space = H5Screate(H5S_SCALAR);
            hid_t attribute = H5Acreate_by_name(file, name, text, H5T_STD_I8LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
            if (attribute < 0) status = -1;
            else H5Aclose(attribute);
            H5Sclose(space);
        }
    }
    return status;
}

/* A text of this length in place of the attribute `format`, or a fixed one. */
static int put_text(hid_t file, uint64_t amount) {
    size_t length = amount < (1 << 24) ? (size_t)amount : 1 << 24;
    char *text = malloc(length + 1);
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR), attribute;
    int status;
    if (text == NULL) return -1;
    memset(text, 'x', length);
    text[length] = '\0';
    H5Tset_size(type, H5T_VARIABLE);
    if (H5Aexists(file, "source") > 0) H5Adelete(file, "source");
    attribute = H5Acreate2(file, "source", type, space, H5P_DEFAULT, H5P_DEFAULT);
    status = attribute < 0 || H5Awrite(attribute, type, &text) < 0 ? -1 : 0;
    if (attribute >= 0) H5Aclose(attribute);
    H5Tclose(type);
    H5Sclose(space);
    free(text);
    return status;
}

static int put_view(hid_t file, const char *name, hid_t creation, hsize_t size, const char *elsewhere) {
    hid_t space = H5Screate_simple(1, &size, NULL);
    int status = H5Pset_virtual(creation, space, elsewhere, "vmid", space) < 0 ? -1 : 0;
    H5Sclose(space);
    return status == 0 ? put_dataset(file, name, H5T_IEEE_F64LE, creation, size, size, 0) : -1;
}

static int put_shape(hid_t file, const char *name, enum hostile_kind kind) {
    hsize_t ones[32];
    hid_t space, dataset, type;
    for (int i = 0; i < 32; i++) ones[i] = 2;
    space = kind == hostile_many_dimensions ? H5Screate_simple(32, ones, NULL)
            : kind == hostile_scalar        ? H5Screate(H5S_SCALAR)
                                            : H5Screate_simple(1, ones, NULL);
    type = kind == hostile_compound ? H5Tcreate(H5T_COMPOUND, 16) : H5Tcopy(kind == hostile_scalar ? H5T_IEEE_F64LE : H5T_STD_I64LE);
    if (kind == hostile_compound) H5Tinsert(type, "part", 0, H5T_IEEE_F64LE);
    if (kind == hostile_wide_integers) H5Tset_size(type, 4096);
    dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    if (dataset >= 0) H5Dclose(dataset);
    H5Tclose(type);
    H5Sclose(space);
    return dataset < 0 ? -1 : 0;
}

static int put_claim(hid_t file, const char *name, enum hostile_kind kind, hid_t creation, hsize_t amount) {
    hsize_t chunk = 1024, giant = amount < (1u << 28) ? amount : (1u << 28), one = 1, pair[2] = {4, 4};
    hsize_t endless[2] = {H5S_UNLIMITED, H5S_UNLIMITED};
    if (amount == 0) return -1;
    switch (kind) {
    case hostile_contiguous_claim:
        /* A hole in the file, or not even that. */
        if (amount <= 1 << 26) {
            H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY);
            H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER);
        }
        return put_dataset(file, name, H5T_IEEE_F64LE, creation, amount, amount, 0);
    case hostile_chunked_claim:
        if (chunk > amount) chunk = amount;
        if (H5Pset_chunk(creation, 1, &chunk) < 0 || H5Pset_deflate(creation, 9) < 0) return -1;
        return put_dataset(file, name, H5T_IEEE_F64LE, creation, amount, amount, 0);
    case hostile_giant_chunk:
        if (H5Pset_chunk(creation, 1, &giant) < 0 || H5Pset_deflate(creation, 9) < 0) return -1;
        return put_dataset(file, name, H5T_IEEE_F64LE, creation, 6, H5S_UNLIMITED, giant <= 1 << 16 ? 6 : 0);
    case hostile_tiny_chunks:
        /* The index alone takes 15 bytes a chunk. */
        if (amount > 1 << 20) return -1;
        if (H5Pset_chunk(creation, 1, &one) < 0 || H5Pset_deflate(creation, 9) < 0) return -1;
        return put_dataset(file, name, H5T_STD_I8LE, creation, amount, amount, 1);
    case hostile_sparse_chunks:
        if (chunk > amount) chunk = amount;
        if (H5Pset_chunk(creation, 1, &chunk) < 0 || H5Pset_deflate(creation, 9) < 0) return -1;
        return put_dataset(file, name, H5T_IEEE_F64LE, creation, amount, H5S_UNLIMITED, (size_t)chunk);
    case hostile_tree_index: {
        hid_t space = H5Screate_simple(2, pair, endless), dataset;
        if (H5Pset_chunk(creation, 2, pair) < 0) return -1;
        dataset = H5Dcreate2(file, name, H5T_IEEE_F64LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
        if (dataset >= 0) H5Dclose(dataset);
        H5Sclose(space);
        return dataset < 0 ? -1 : 0;
    }
    default: /* zeros, in whichever way they are packed */
        if (amount > 1 << 18) amount = 1 << 18;
        chunk = amount < (1 << 16) ? amount : (1 << 16);
        if (kind == hostile_old_index) chunk = (amount + 3) / 4;
        if (H5Pset_chunk(creation, 1, &chunk) < 0) return -1;
        if (kind == hostile_scale_offset && H5Pset_scaleoffset(creation, H5Z_SO_INT, 0) < 0) return -1;
        if (kind != hostile_scale_offset && H5Pset_deflate(creation, 9) < 0) return -1;
        if (kind == hostile_twice_deflated && H5Pset_filter(creation, H5Z_FILTER_DEFLATE, 0, 1, (unsigned[]){9}) < 0) return -1;
        return put_dataset(
            file, name, kind == hostile_scale_offset ? H5T_STD_I64LE : H5T_IEEE_F64LE, creation, amount, amount, (size_t)amount
        );
    }
}

int hostile_put(int64_t file, const char *name, enum hostile_kind kind, uint64_t amount, const char *elsewhere) {
    char parent[256], beside[300];
    hid_t creation;
    int status;
    parent_of(name, parent, sizeof parent);
    if (kind == hostile_links || kind == hostile_attributes) return put_many(file, name, kind, amount);
    if (kind == hostile_text) return put_text(file, amount);
    if (H5Lexists(file, name, H5P_DEFAULT) > 0 && H5Ldelete(file, name, H5P_DEFAULT) < 0) return -1;
    snprintf(beside, sizeof beside, "%s_", name);
    creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(creation, 0);
    status = -1;
    switch (kind) {
    case hostile_external_storage:
        if (H5Pset_external(creation, elsewhere, 0, H5F_UNLIMITED) >= 0) {
            status = put_dataset(file, name, H5T_IEEE_F64LE, creation, amount ? amount : 1, amount ? amount : 1, 0);
        }
        break;
    case hostile_virtual: status = put_view(file, name, creation, amount ? amount : 1, elsewhere); break;
    case hostile_external_link: status = H5Lcreate_external(elsewhere, "/vmid", file, name, H5P_DEFAULT, H5P_DEFAULT) < 0; break;
    case hostile_soft_link_out:
        status = H5Lcreate_external(elsewhere, "/", file, beside, H5P_DEFAULT, H5P_DEFAULT) < 0 ||
                 H5Lcreate_soft(strrchr(beside, '/') ? strrchr(beside, '/') + 1 : beside, file, name, H5P_DEFAULT, H5P_DEFAULT) < 0;
        break;
    case hostile_soft_circle:
        status = H5Lcreate_soft(strrchr(name, '/') ? strrchr(name, '/') + 1 : name, file, name, H5P_DEFAULT, H5P_DEFAULT) < 0;
        break;
    case hostile_own_group: status = H5Lcreate_hard(file, parent, file, name, H5P_DEFAULT, H5P_DEFAULT) < 0; break;
    case hostile_old_group: {
        hid_t earliest = H5Gcreate2(file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        status = earliest < 0 ? -1 : 0;
        if (earliest >= 0) H5Gclose(earliest);
        break;
    }
    case hostile_wide_integers:
    case hostile_compound:
    case hostile_many_dimensions:
    case hostile_scalar: status = put_shape(file, name, kind); break;
    default: status = put_claim(file, name, kind, creation, amount); break;
    }
    H5Pclose(creation);
    return status == 0 ? 0 : -1;
}

int hostile_edit(const char *path, const char *name, enum hostile_kind kind, uint64_t amount, const char *elsewhere) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), file;
    int status, is_old = kind == hostile_old_index || kind == hostile_old_group;
    /* The newest format has better indices; the older one that a file may still be in finds chunks by a tree. */
    H5Pset_libver_bounds(access, is_old ? H5F_LIBVER_EARLIEST : H5F_LIBVER_V110, H5F_LIBVER_V110);
    file = H5Fopen(path, H5F_ACC_RDWR, access);
    H5Pclose(access);
    if (file < 0) return -1;
    status = hostile_put(file, name, kind, amount, elsewhere);
    if (H5Fclose(file) < 0) status = -1;
    return status;
}
