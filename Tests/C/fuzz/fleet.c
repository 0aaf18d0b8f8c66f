/* Fleets as text, made from the shipped ones by the fuzzer alone. */

#include <string.h>

#include <spane.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    spane_cluster *cluster = NULL;
    const spane_status status = spane_cluster_load_memory(data, size, NULL, &cluster);
    if (status == SPANE_OK) {
        spane_cluster_info info = SPANE_CLUSTER_INFO_INIT;
        MUST(spane_cluster_describe(cluster, &info) == SPANE_OK);
        MUST(info.servers >= 1 && info.servers <= SPANE_MAX_SERVERS && info.vms == 0);
        spane_cluster_free(cluster);
    } else {
        /* An input of no bytes is an argument that is wrong. */
        MUST(status == SPANE_FORMAT || status == SPANE_UNKNOWN_VERSION || status == SPANE_SHAPE_MISMATCH ||
             status == SPANE_OUT_OF_MEMORY || (status == SPANE_INVALID_ARGUMENT && size == 0));
        MUST(cluster == NULL && *spane_last_error());
    }
    return 0;
}
