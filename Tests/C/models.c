/* Models. */

#include "tests.h"

void test_models(void) {
    spane_model *model = any_model(), *bound = bound_model(), *other = NULL;
    spane_cluster *cluster = some_cluster(1);
    spane_model_info info = SPANE_MODEL_INFO_INIT, before;
    size_t size = 0, file_size;
    char text[4096];
    unsigned char *file = check_read(data_folder, "weights/untrained-1.h5", &file_size);

    REFUSES(SPANE_NULL_POINTER, "path", other, spane_model_load(NULL, &other));
    FAILS(SPANE_NULL_POINTER, "model", spane_model_load("x", NULL));
    REFUSES(SPANE_IO, "no such file", other, spane_model_load("no such file", &other));
    REFUSES(SPANE_IO, "", other, spane_model_load("", &other));
    REFUSES(SPANE_IO, scratch_folder, other, spane_model_load(scratch_folder, &other));
    REFUSES(SPANE_FORMAT, "format", other, spane_model_load(check_path(data_folder, "synthetic.h5"), &other));
    REFUSES(SPANE_NULL_POINTER, "data", other, spane_model_load_memory(NULL, 1, &other));
    FAILS(SPANE_NULL_POINTER, "model", spane_model_load_memory(file, file_size, NULL));
    REFUSES(SPANE_FORMAT, "data", other, spane_model_load_memory(file, 0, &other));
    REFUSES(SPANE_FORMAT, "data", other, spane_model_load_memory(file, file_size / 2, &other));
    REFUSES(SPANE_INVALID_ARGUMENT, "size", other, spane_model_load_memory(file, SIZE_MAX, &other));

    other = NULL;
    DONE(spane_model_load_memory(file, file_size, &other));
    free(file); /* it was copied */
    DONE(spane_model_describe(other, &info));
    CHECK(info.servers == 0 && info.parameters > 100);
    CHECK(info.normalisation_cpu == 40 && info.normalisation_mem == 90);
    DONE(spane_model_describe(bound, &info));
    CHECK(info.servers == 2);

    FAILS(SPANE_NULL_POINTER, "model", spane_model_describe(NULL, &info));
    FAILS(SPANE_NULL_POINTER, "info", spane_model_describe(model, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "model", spane_model_describe((spane_model *)cluster, &info));
    check_fill(&info, sizeof info);
    info.struct_size = 0;
    before = info;
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_model_describe(model, &info));
    info.struct_size = before.struct_size = 7;
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_model_describe(model, &info));
    info.struct_size = before.struct_size = UINT32_MAX;
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_model_describe(model, &info));
    CHECK(memcmp(&info, &before, sizeof info) == 0);
    /* An older program, whose struct ended earlier. */
    info.struct_size = 16;
    DONE(spane_model_describe(model, &info));
    CHECK(info.struct_size == 16 && info.servers == 0 && info.parameters > 100);
    CHECK(check_is_filled(&info.normalisation_cpu, 16));

    REFUSES(SPANE_NULL_POINTER, "model", size, spane_model_provenance(NULL, "note", text, sizeof text, &size));
    REFUSES(SPANE_NULL_POINTER, "name", size, spane_model_provenance(model, NULL, text, sizeof text, &size));
    FAILS(SPANE_NULL_POINTER, "size", spane_model_provenance(model, "command", text, sizeof text, NULL));
    REFUSES(SPANE_NOT_FOUND, "no such", size, spane_model_provenance(model, "no such", text, sizeof text, &size));
    REFUSES(SPANE_NOT_FOUND, "note", size, spane_model_provenance(bound, "note", text, sizeof text, &size));
    FAILS(SPANE_INVALID_ARGUMENT, "model",
          spane_model_provenance((spane_model *)cluster, "command", text, sizeof text, &size));
    DONE(spane_model_provenance(model, "command", NULL, 0, &size));
    CHECK(size > 1 && size < sizeof text);
    REFUSES(SPANE_BUFFER_TOO_SMALL, "text", text, spane_model_provenance(model, "command", text, size - 1, &size));
    REFUSES(SPANE_BUFFER_TOO_SMALL, "text", text, spane_model_provenance(model, "command", text, 0, &size));
    check_fill(text, sizeof text);
    DONE(spane_model_provenance(model, "command", text, size, &size));
    CHECK(strlen(text) + 1 == size && check_is_filled(text + size, sizeof text - size));

    {
        /* Saved and loaded again, it is the same file. */
        spane_model *again = NULL;
        unsigned char *image, *saved;
        size_t needed = 0, saved_size;
        REFUSES(SPANE_NULL_POINTER, "model", size, spane_model_save_memory(NULL, NULL, 0, &size));
        FAILS(SPANE_NULL_POINTER, "size", spane_model_save_memory(model, NULL, 0, NULL));
        DONE(spane_model_save_memory(model, NULL, 0, &needed));
        REFUSES(SPANE_BUFFER_TOO_SMALL, "data", text, spane_model_save_memory(model, text, 1, &size));
        CHECK(size == needed);
        image = malloc(needed);
        DONE(spane_model_save_memory(model, image, needed, &size));
        DONE(spane_model_load_memory(image, needed, &again));
        FAILS(SPANE_NULL_POINTER, "model", spane_model_save(NULL, "x"));
        FAILS(SPANE_NULL_POINTER, "path", spane_model_save(again, NULL));
        FAILS(SPANE_IO, "no such folder", spane_model_save(again, check_path(scratch_folder, "no such folder/x")));
        DONE(spane_model_save(again, check_path(scratch_folder, "model.h5")));
        saved = check_read(scratch_folder, "model.h5", &saved_size);
        CHECK(saved_size == needed && memcmp(saved, image, needed) == 0);
        free(saved);
        free(image);
        spane_model_free(again);
    }

    spane_model_free(NULL);
    spane_model_free((spane_model *)cluster); /* of another type: not taken */
    DONE(spane_cluster_count(cluster, NULL, NULL));
    spane_model_free(model);
    spane_model_free(bound);
    spane_model_free(other);
    spane_cluster_free(cluster);
}
