/* Saving clusters and loading them again. */

#include "tests.h"

static void test_same(spane_cluster *a, spane_cluster *b) {
    size_t size_a = 0, size_b = 0;
    unsigned char *bytes_a, *bytes_b;

    DONE(spane_cluster_save_memory(a, NULL, NULL, 0, &size_a));
    DONE(spane_cluster_save_memory(b, NULL, NULL, 0, &size_b));
    CHECK(size_a == size_b && size_a > 100);
    bytes_a = malloc(size_a);
    bytes_b = malloc(size_a);
    DONE(spane_cluster_save_memory(a, NULL, bytes_a, size_a, &size_a));
    DONE(spane_cluster_save_memory(b, NULL, bytes_b, size_a, &size_b));
    CHECK(memcmp(bytes_a, bytes_b, size_a) == 0);
    free(bytes_a);
    free(bytes_b);
}

void test_states(void) {
    spane_cluster *cluster = some_cluster(3), *other;
    spane_model *model = any_model();
    char path[4096], short_buffer[64];
    unsigned char *bytes;
    size_t size = 0, weights_size;
    unsigned char *weights = check_read(data_folder, "weights/untrained-1.h5", &weights_size);

    snprintf(path, sizeof path, "%s", check_path(scratch_folder, "state.h5"));
    DONE(spane_cluster_place(cluster, 1, ASKS(1, 2), (spane_placement){2, 2}));
    DONE(spane_cluster_place(cluster, UINT64_MAX, ASKS(3, 20), (spane_placement){1, 3}));
    DONE(spane_cluster_cordon(cluster, 1));
    DONE(spane_cluster_set_free(cluster, 0, 1, 7, 0));

    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_save(NULL, path, NULL));
    FAILS(SPANE_NULL_POINTER, "path", spane_cluster_save(cluster, NULL, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "cluster", spane_cluster_save((spane_cluster *)model, path, NULL));
    FAILS(SPANE_IO, "no such folder", spane_cluster_save(cluster, check_path(scratch_folder, "no such folder/file"), NULL));
    FAILS(SPANE_IO, scratch_folder, spane_cluster_save(cluster, scratch_folder, NULL));
    FAILS(SPANE_IO, "", spane_cluster_save(cluster, "", NULL));
    REFUSES(SPANE_NULL_POINTER, "path", other, spane_cluster_load(NULL, NULL, &other));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_load(path, NULL, NULL));
    REFUSES(SPANE_IO, "no such file", other, spane_cluster_load("no such file", NULL, &other));
    REFUSES(SPANE_FORMAT, "format", other, spane_cluster_load(check_path(data_folder, "synthetic.h5"), NULL, &other));
    DONE(spane_cluster_save(cluster, path, NULL));
    DONE(spane_cluster_save(cluster, path, NULL)); /* replaces it */
    other = NULL;
    DONE(spane_cluster_load(path, NULL, &other));
    test_same(cluster, other);
    spane_cluster_free(other);

    REFUSES(SPANE_NULL_POINTER, "cluster", size, spane_cluster_save_memory(NULL, NULL, short_buffer, 64, &size));
    FAILS(SPANE_NULL_POINTER, "size", spane_cluster_save_memory(cluster, NULL, short_buffer, 64, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "cluster", size,
            spane_cluster_save_memory((spane_cluster *)model, NULL, short_buffer, 64, &size));
    REFUSES(SPANE_BUFFER_TOO_SMALL, "data", short_buffer, spane_cluster_save_memory(cluster, NULL, short_buffer, 64, &size));
    CHECK(size > 64);
    bytes = malloc(size);
    DONE(spane_cluster_save_memory(cluster, NULL, bytes, size, &size));
    REFUSES(SPANE_NULL_POINTER, "data", other, spane_cluster_load_memory(NULL, size, NULL, &other));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_load_memory(bytes, size, NULL, NULL));
    REFUSES(SPANE_FORMAT, "data", other, spane_cluster_load_memory(bytes, 0, NULL, &other));
    REFUSES(SPANE_FORMAT, "data", other, spane_cluster_load_memory(bytes, size / 2, NULL, &other));
    REFUSES(SPANE_INVALID_ARGUMENT, "size", other, spane_cluster_load_memory(bytes, SIZE_MAX, NULL, &other));
    REFUSES(SPANE_FORMAT, "format", other, spane_cluster_load_memory(weights, weights_size, NULL, &other));
    other = NULL;
    DONE(spane_cluster_load_memory(bytes, size, NULL, &other));
    free(bytes);
    test_same(cluster, other);
    spane_cluster_free(other);
    spane_cluster_free(cluster);

    cluster = some_cluster(0);
    DONE(spane_cluster_save(cluster, path, NULL));
    DONE(spane_cluster_load(path, NULL, &other));
    test_same(cluster, other);
    spane_cluster_free(other);
    spane_cluster_free(cluster);
    spane_model_free(model);
    free(weights);
}
