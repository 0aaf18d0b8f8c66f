// What the _INIT macros of spane.h stand for; Swift does not see them.

#ifndef MACROS_H
#define MACROS_H

void macro_cluster_options(void *options);
void macro_env_options(void *options);
void macro_vec_env_options(void *options);
void macro_evaluation_options(void *options);
void macro_vec_env_buffers(void *buffers);
void macro_trace_columns(void *columns);
void macro_trace_buffers(void *buffers);

#endif
