/* Requests for cores and GB alone, spread as the rule of the cluster says. */

#ifndef REQUEST_H
#define REQUEST_H

#include <spane.h>

#define REQUEST(cores, gigabytes) {sizeof(spane_request), 0, (cores), (gigabytes), 0, 0, 0, 0, 0}
/* A pointer to one. */
#define ASKS(cores, gigabytes) (&(const spane_request)REQUEST(cores, gigabytes))

#endif
