// The control groups that this process is in.

#ifndef GROUPS_H
#define GROUPS_H

#include <limits.h>
#include <stddef.h>

struct group {
    char folder[PATH_MAX]; // of the group, under the root
    size_t top;            // the length of the mount point, which is the outermost group that can be seen
    int version;           // 1 or 2
};

// The innermost group with this controller, "memory" or "cpu". Returns 0 if there is none.
int group_find(const char *root, const char *controller, struct group *group);

// Goes to the group around this one. Returns 0 if there is none.
int group_leave(struct group *group);

// The first number in a file of the group. Returns 0 if there is none, as where it says "max".
int group_number(const struct group *group, const char *file, double *number);

// Both numbers in a file of the group.
int group_numbers(const struct group *group, const char *file, double *first, double *second);

// The number after a name in a file of lines "name number"; a missing one is 0.
double group_entry(const struct group *group, const char *file, const char *name);

#endif
