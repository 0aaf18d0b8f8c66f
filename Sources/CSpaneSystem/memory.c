#include "groups.h"
#include "host.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

// Files that are cached are given up before a limit is enforced.
static double cached(const struct group *group) {
    const char *prefix = group->version == 1 ? "total_" : "";
    char inactive[32], active[32];
    snprintf(inactive, sizeof inactive, "%sinactive_file", prefix);
    snprintf(active, sizeof active, "%sactive_file", prefix);
    return group_entry(group, "memory.stat", inactive) + group_entry(group, "memory.stat", active);
}

// What one group leaves; less than 0 where it has no limit.
static double left_in(const struct group *group) {
    const char *limit_file = group->version == 1 ? "memory.limit_in_bytes" : "memory.max";
    const char *usage_file = group->version == 1 ? "memory.usage_in_bytes" : "memory.current";
    double limit, usage;
    // Version 1 writes a number near 2^63 for none.
    if (!group_number(group, limit_file, &limit) || !(limit < 0x1p62)) return -1;
    if (!group_number(group, usage_file, &usage)) return limit;
    double left = limit - usage + cached(group);
    return left > 0 ? left < limit ? left : limit : 0;
}

// The memory that the machine can hand out without killing anybody; less than 0 where that is not known.
static double machine(const char *root) {
    char path[PATH_MAX], name[64];
    double number, available = -1, swap = 0;
    if (snprintf(path, sizeof path, "%s/proc/meminfo", root) >= (int)sizeof path) return -1;
    FILE *file = fopen(path, "re");
    if (!file) return -1;
    while (fscanf(file, "%63s %lf%*[^\n]", name, &number) == 2) {
        if (strcmp(name, "MemAvailable:") == 0) available = number * 1024;
        if (strcmp(name, "SwapFree:") == 0) swap = number * 1024;
    }
    fclose(file);
    return available < 0 ? -1 : available + swap;
}

uint64_t host_memory_left(const char *root) {
    struct group group;
    double least = machine(root);
    if (group_find(root, "memory", &group)) {
        do {
            double left = left_in(&group);
            if (left >= 0 && (least < 0 || left < least)) least = left;
        } while (group_leave(&group));
    }
    return least < 0 || least >= 0x1p63 ? UINT64_MAX : (uint64_t)least;
}
