#include "macros.h"

#include "spane.h"

void macro_cluster_options(void *options) {
    *(spane_cluster_options *)options = (spane_cluster_options)SPANE_CLUSTER_OPTIONS_INIT;
}

void macro_env_options(void *options) { *(spane_env_options *)options = (spane_env_options)SPANE_ENV_OPTIONS_INIT; }

void macro_vec_env_options(void *options) {
    *(spane_vec_env_options *)options = (spane_vec_env_options)SPANE_VEC_ENV_OPTIONS_INIT;
}

void macro_evaluation_options(void *options) {
    *(spane_evaluation_options *)options = (spane_evaluation_options)SPANE_EVALUATION_OPTIONS_INIT;
}

void macro_vec_env_buffers(void *buffers) {
    *(spane_vec_env_buffers *)buffers = (spane_vec_env_buffers)SPANE_VEC_ENV_BUFFERS_INIT;
}

void macro_trace_columns(void *columns) {
    *(spane_trace_columns *)columns = (spane_trace_columns)SPANE_TRACE_COLUMNS_INIT;
}

void macro_trace_buffers(void *buffers) {
    *(spane_trace_buffers *)buffers = (spane_trace_buffers)SPANE_TRACE_BUFFERS_INIT;
}
