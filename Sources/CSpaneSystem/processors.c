#define _GNU_SOURCE

#include "groups.h"
#include "host.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <unistd.h>

// The processors that one group may use at once, as a share of time; 0 where it has no quota.
static double quota_in(const struct group *group) {
    double quota, period;
    if (group->version == 2) {
        // "max 100000" has no quota.
        if (!group_numbers(group, "cpu.max", &quota, &period)) return 0;
    } else if (!group_number(group, "cpu.cfs_quota_us", &quota) || !group_number(group, "cpu.cfs_period_us", &period)) {
        return 0;
    }
    return quota > 0 && period > 0 ? quota / period : 0;
}

int host_processor_quota(const char *root) {
    struct group group;
    int least = INT_MAX;
    if (!group_find(root, "cpu", &group)) return least;
    do {
        double quota = quota_in(&group);
        if (quota <= 0 || quota >= least) continue;
        least = (int)quota;
        if (least < quota) least++;
    } while (group_leave(&group));
    return least;
}

static int affinity(void) {
    for (size_t count = 1024; count <= 1 << 20; count *= 2) {
        cpu_set_t *set = CPU_ALLOC(count);
        if (!set) break;
        int status = sched_getaffinity(0, CPU_ALLOC_SIZE(count), set);
        int processors = status == 0 ? CPU_COUNT_S(CPU_ALLOC_SIZE(count), set) : 0;
        int is_short = status != 0 && errno == EINVAL;
        CPU_FREE(set);
        if (status == 0) return processors;
        if (!is_short) break;
    }
    return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

int host_processors(const char *root) {
    int processors = affinity(), quota = host_processor_quota(root);
    if (quota < processors) processors = quota;
    return processors > 1 ? processors : 1;
}
