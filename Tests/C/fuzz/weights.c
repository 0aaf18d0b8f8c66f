/* Weights from memory: the input itself where it starts like HDF5, else a file made of what the input says. */

#include <stdlib.h>
#include <string.h>

#include <spane.h>

#include "fuzz.h"

/* The parts of a network with `outputs` advantages of a server. */
#define PARTS(name, outputs)                                                                                             \
    {'s', "format", "spane-weights", 0, {0, 0}},                                                                         \
    {'i', "format_version", NULL, 1, {0, 0}},                                                                            \
    {'s', "architecture", name, 0, {0, 0}},                                                                              \
    {'s', "aggregators", "mean,max,std", 0, {0, 0}},                                                                     \
    {'i', "server_width", NULL, 3, {0, 0}},                                                                              \
    {'i', "server_depth", NULL, 1, {0, 0}},                                                                              \
    {'i', "value_width", NULL, 2, {0, 0}},                                                                               \
    {'i', "value_depth", NULL, 1, {0, 0}},                                                                               \
    {'i', "advantage_width", NULL, 4, {0, 0}},                                                                           \
    {'i', "advantage_depth", NULL, 1, {0, 0}},                                                                           \
    {'d', "normalisation_cpu", NULL, 40, {0, 0}},                                                                        \
    {'d', "normalisation_mem", NULL, 90, {0, 0}},                                                                        \
    {'g', "parameters", NULL, 0, {0, 0}},                                                                                \
    {'F', "parameters/server_embedding.0.weight", NULL, 0.5, {3, 4}},                                                    \
    {'F', "parameters/server_embedding.0.bias", NULL, -0.25, {3, 0}},                                                    \
    {'F', "parameters/server_embedding.2.weight", NULL, 0.5, {3, 3}},                                                    \
    {'F', "parameters/server_embedding.2.bias", NULL, -0.25, {3, 0}},                                                    \
    {'F', "parameters/value_layers.0.weight", NULL, 0.5, {2, 12}},                                                       \
    {'F', "parameters/value_layers.0.bias", NULL, -0.25, {2, 0}},                                                        \
    {'F', "parameters/value_layers.2.weight", NULL, 0.5, {1, 2}},                                                        \
    {'F', "parameters/value_layers.2.bias", NULL, -0.25, {1, 0}},                                                        \
    {'F', "parameters/adv_layers.0.weight", NULL, 0.5, {4, 15}},                                                         \
    {'F', "parameters/adv_layers.0.bias", NULL, -0.25, {4, 0}},                                                          \
    {'F', "parameters/adv_layers.2.weight", NULL, 0.5, {outputs, 4}},                                                    \
    {'F', "parameters/adv_layers.2.bias", NULL, -0.25, {outputs, 0}},                                                    \
    {'g', "provenance", NULL, 0, {0, 0}}

static const struct fuzz_item spane_items[] = {PARTS("spane", 2)};
static const struct fuzz_item afterstate_items[] = {PARTS("afterstate", 1)};

static const struct fuzz_item mlp_items[] = {
    {'s', "format", "spane-weights", 0, {0, 0}},
    {'i', "format_version", NULL, 1, {0, 0}},
    {'s', "architecture", "mlp", 0, {0, 0}},
    {'i', "hidden_width", NULL, 3, {0, 0}},
    {'i', "hidden_layers", NULL, 1, {0, 0}},
    {'i', "servers", NULL, 2, {0, 0}},
    {'d', "normalisation_cpu", NULL, 40, {0, 0}},
    {'d', "normalisation_mem", NULL, 90, {0, 0}},
    {'g', "parameters", NULL, 0, {0, 0}},
    {'F', "parameters/fc.0.weight", NULL, 0.5, {3, 11}},
    {'F', "parameters/fc.0.bias", NULL, -0.25, {3, 0}},
    {'F', "parameters/fc.2.weight", NULL, 0.5, {4, 3}},
    {'F', "parameters/fc.2.bias", NULL, -0.25, {4, 0}},
    {'F', "parameters/value.weight", NULL, 0.5, {1, 4}},
    {'F', "parameters/value.bias", NULL, -0.25, {1, 0}},
    {'F', "parameters/adv.weight", NULL, 0.5, {4, 4}},
    {'F', "parameters/adv.bias", NULL, -0.25, {4, 0}},
};

static const struct fuzz_item potential_items[] = {
    {'s', "format", "spane-weights", 0, {0, 0}},
    {'i', "format_version", NULL, 1, {0, 0}},
    {'s', "architecture", "potential", 0, {0, 0}},
    {'i', "hidden_width", NULL, 3, {0, 0}},
    {'i', "hidden_layers", NULL, 1, {0, 0}},
    {'s', "activation", "softsign", 0, {0, 0}},
    {'s', "context", "cluster", 0, {0, 0}},
    {'d', "normalisation_cpu", NULL, 40, {0, 0}},
    {'d', "normalisation_mem", NULL, 90, {0, 0}},
    {'g', "parameters", NULL, 0, {0, 0}},
    {'F', "parameters/potential.0.weight", NULL, 0.5, {3, 9}},
    {'F', "parameters/potential.0.bias", NULL, -0.25, {3, 0}},
    {'F', "parameters/potential.2.weight", NULL, 0.5, {1, 3}},
};

/* What files are made of. */
static const struct format {
    const struct fuzz_item *items;
    size_t count;
} formats[] = {
    {spane_items, sizeof spane_items / sizeof *spane_items},
    {mlp_items, sizeof mlp_items / sizeof *mlp_items},
    {potential_items, sizeof potential_items / sizeof *potential_items},
    {afterstate_items, sizeof afterstate_items / sizeof *afterstate_items},
};

enum { formats_count = sizeof formats / sizeof *formats };

static void must_load(struct format format) {
    spane_model *model = NULL;
    size_t size;
    uint8_t *image = fuzz_sound_image(format.items, format.count, &size);
    MUST(spane_model_load_memory(image, size, &model) == SPANE_OK);
    spane_model_free(model);
    free(image);
}

static void use(const spane_model *model, spane_cluster *cluster) {
    spane_session *session = NULL;
    spane_placement placement, best[4];
    float values[4], scores[4];
    size_t found = 0;
    spane_status status = spane_session_new(cluster, NETWORK(model), &session);
    MUST(status == SPANE_OK || status == SPANE_SHAPE_MISMATCH || status == SPANE_INVALID_ARGUMENT);
    if (status != SPANE_OK) return;
    MUST(spane_session_q_values(session, ASKS(2, 4), values, 4) == SPANE_OK);
    MUST(spane_session_scores(session, ASKS(2, 40), NULL, 2, scores) == SPANE_OK);
    MUST(spane_session_place(session, 1, ASKS(2, 4), &placement) == SPANE_OK);
    MUST(placement.server >= 0 && placement.server < 2);
    MUST(spane_session_top(session, ASKS(2, 40), NULL, 0, 4, best, scores, &found) == SPANE_OK && found == 2);
    MUST(spane_cluster_release(cluster, 1, NULL) == SPANE_OK);
    spane_session_free(session);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static spane_cluster *cluster;
    struct fuzz_input input = {data, size};
    uint8_t *image = NULL;
    spane_model *model = NULL;
    spane_model_info info = SPANE_MODEL_INFO_INIT;
    char text[256];
    spane_status status;

    if (!cluster) {
        MUST(spane_cluster_new(NULL, &cluster) == SPANE_OK);
        MUST(spane_cluster_add_equal_servers(cluster, 40, 90, 2, NULL) == SPANE_OK);
        for (int i = 0; i < formats_count; i++) must_load(formats[i]);
    }
    if (size < 9 || memcmp(data, "\x89HDF\r\n\x1a\n", 8) != 0) {
        struct format format = formats[fuzz_below(&input, formats_count)];
        image = fuzz_image(&input, format.items, format.count, &size);
        data = image;
    }
    status = spane_model_load_memory(data, size, &model);
    free(image);
    if (status == SPANE_OK) {
        MUST(spane_model_describe(model, &info) == SPANE_OK && info.parameters > 0);
        status = spane_model_provenance(model, "note", text, sizeof text, &size);
        MUST(status == SPANE_OK || status == SPANE_NOT_FOUND || status == SPANE_BUFFER_TOO_SMALL);
        use(model, cluster);
        spane_model_free(model);
    } else {
        MUST(status == SPANE_FORMAT || status == SPANE_SHAPE_MISMATCH || status == SPANE_UNKNOWN_VERSION ||
             status == SPANE_OUT_OF_MEMORY);
        MUST(model == NULL && *spane_last_error());
    }
    return 0;
}
