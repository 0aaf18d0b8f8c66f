/* Traces by the VM: columns of arguments, and VMs that are read one by one. */

#ifndef COLUMNS_H
#define COLUMNS_H

#include <spane.h>

struct vm {
    int64_t id;
    double cpu, mem, arrival, lifetime;
    int32_t span;
};

static inline spane_status new_trace(const int64_t *ids, const double *cpu, const double *mem, const double *arrival,
                                     const double *lifetime, size_t count, spane_trace **trace) {
    spane_trace_columns columns = SPANE_TRACE_COLUMNS_INIT;
    columns.ids = ids;
    columns.cpu = cpu;
    columns.mem = mem;
    columns.arrival = arrival;
    columns.lifetime = lifetime;
    return spane_trace_new(&columns, count, NULL, trace);
}

/* No VM is written where there is not as many. */
static inline spane_status read_vms(const spane_trace *trace, size_t first, size_t count, struct vm *vms) {
    spane_trace_buffers buffers = SPANE_TRACE_BUFFERS_INIT;
    spane_status status = spane_trace_read(trace, first, count, &buffers);
    for (size_t i = 0; i < count && status == SPANE_OK; i++) {
        buffers.ids = &vms[i].id;
        buffers.cpu = &vms[i].cpu;
        buffers.mem = &vms[i].mem;
        buffers.arrival = &vms[i].arrival;
        buffers.lifetime = &vms[i].lifetime;
        buffers.span = &vms[i].span;
        status = spane_trace_read(trace, first + i, 1, &buffers);
    }
    return status;
}

#endif
