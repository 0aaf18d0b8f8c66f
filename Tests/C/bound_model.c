/* A network of the architecture "mlp", which is bound to its number of servers, written with HDF5 into memory. */

#include <hdf5.h>

#include "tests.h"

#define SERVERS 2
#define INPUTS (SERVERS * 4 + 3)
#define ACTIONS (SERVERS * 2)
#define WIDTH 3

static void put_text(hid_t file, const char *name, const char *text) {
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR), attribute;
    H5Tset_size(type, strlen(text));
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, text);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
}

static void put_number(hid_t file, const char *name, hid_t type, hid_t native, const void *value) {
    hid_t space = H5Screate(H5S_SCALAR), attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, native, value);
    H5Aclose(attribute);
    H5Sclose(space);
}

static void put_tensor(hid_t group, const char *name, int rank, hsize_t rows, hsize_t columns) {
    float values[64];
    hsize_t dimensions[2] = {rows, columns};
    hid_t space = H5Screate_simple(rank, dimensions, NULL);
    hid_t dataset = H5Dcreate2(group, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    for (int i = 0; i < 64; i++) values[i] = (float)(i % 7 - 3) / 8;
    H5Dwrite(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Dclose(dataset);
    H5Sclose(space);
}

static unsigned char *bound_image(size_t *length) {
    const int64_t one = 1, width = WIDTH, servers = SERVERS;
    const double cpu = 40, mem = 90;
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), file, group;

    H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18);
    file = H5Fcreate(check_path(scratch_folder, "bound.h5"), H5F_ACC_TRUNC, H5P_DEFAULT, access);
    put_text(file, "format", "spane-weights");
    put_text(file, "architecture", "mlp");
    put_number(file, "format_version", H5T_STD_I64LE, H5T_NATIVE_INT64, &one);
    put_number(file, "hidden_width", H5T_STD_I64LE, H5T_NATIVE_INT64, &width);
    put_number(file, "hidden_layers", H5T_STD_I64LE, H5T_NATIVE_INT64, &one);
    put_number(file, "servers", H5T_STD_I64LE, H5T_NATIVE_INT64, &servers);
    put_number(file, "normalisation_cpu", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &cpu);
    put_number(file, "normalisation_mem", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &mem);
    group = H5Gcreate2(file, "parameters", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    put_tensor(group, "fc.0.weight", 2, WIDTH, INPUTS);
    put_tensor(group, "fc.0.bias", 1, WIDTH, 0);
    put_tensor(group, "fc.2.weight", 2, ACTIONS, WIDTH);
    put_tensor(group, "fc.2.bias", 1, ACTIONS, 0);
    put_tensor(group, "value.weight", 2, 1, ACTIONS);
    put_tensor(group, "value.bias", 1, 1, 0);
    put_tensor(group, "adv.weight", 2, ACTIONS, ACTIONS);
    put_tensor(group, "adv.bias", 1, ACTIONS, 0);
    H5Gclose(group);
    H5Fclose(file);
    H5Pclose(access);
    return check_read(scratch_folder, "bound.h5", length);
}

spane_model *bound_model(void) {
    spane_model *model = NULL;
    size_t size;
    unsigned char *image = bound_image(&size);
    DONE(spane_model_load_memory(image, size, &model));
    free(image);
    return model;
}
