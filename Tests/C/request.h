/* Requests for cores and GB alone, spread as the rule of the cluster says, and policies, as values and as arguments. */

#ifndef REQUEST_H
#define REQUEST_H

#include <spane.h>

#define REQUEST SPANE_REQUEST
/* A pointer to one. */
#define ASKS(cores, gigabytes) (&(const spane_request)REQUEST(cores, gigabytes))

/* A pointer to a policy. */
#define HEURISTIC(name) (&(const spane_policy)SPANE_POLICY_HEURISTIC(name))
#define NETWORK(model) (&(const spane_policy)SPANE_POLICY_MODEL(model))

#endif
