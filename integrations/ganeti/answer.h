/* What an allocator answers, and the kinds of requests. */

#ifndef ANSWER_H
#define ANSWER_H

#include "choose.h"

/* A request that is being answered. */
struct call {
    const json_t *request;
    struct cluster *cluster;
    struct chooser *chooser;
    enum capacity_checks checks;
};

/* "success", "info" and "result", which is taken over; it is NULL, for an empty list, where there was no success. */
json_t *answer(json_t *result, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Why nodes were excluded, in one line. It is valid until the next call. */
const char *reasons(const struct tally *tally);

json_t *answer_allocate(const struct call *call);
json_t *answer_multi_allocate(const struct call *call);
json_t *answer_allocate_secondary(const struct call *call);
json_t *answer_relocate(const struct call *call);
json_t *answer_node_evacuate(const struct call *call);
json_t *answer_change_group(const struct call *call);

#endif
