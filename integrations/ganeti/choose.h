/* Which of the nodes that Ganeti's rules allow: libspane ranks them. */

#ifndef CHOOSE_H
#define CHOOSE_H

#include "model.h"

struct chooser;

/* How often each reason has excluded a node, for the answer. */
struct tally {
    int of[FIT_KINDS];
};

/* What limits the nodes that are looked at. */
struct limits {
    const bool *nodes;           /* [node]: may it be used */
    int primary;                 /* the primary node if it is given already, else -1 */
    bool is_new;                 /* the policy and the networks of the group are looked at */
    bool is_forced;              /* as of fits_primary */
    enum capacity_checks checks;
};

struct chooser *chooser_new(const struct cluster *cluster, const char *policy);
void chooser_free(struct chooser *chooser);

/*
 * Gives an instance of the cluster that is on no node its primary and, where its template has one, its secondary node, in one
 * group of the best allocation policy that has room, and books it there. Whether there was room.
 */
bool choose_nodes(struct chooser *chooser, struct cluster *cluster, struct instance *instance, const struct limits *limits,
                  struct tally *tally);

/* One node for an instance that is not booked now: a primary one, or a secondary one if `primary` is 0 or more. -1 for no room. */
int choose_node(struct chooser *chooser, const struct cluster *cluster, const struct instance *instance, int primary,
                const struct limits *limits, struct tally *tally);

#endif
