/*
 * memory DATA SCRATCH [CALL]: calls that allocate much are made under 40 limits of the address space, from next to nothing
 * to what is enough. Each ends with SPANE_OK or SPANE_OUT_OF_MEMORY, says nothing on stderr, and works once there is memory again.
 * Where control groups can be made, calls for much more than a group may have are refused in one.
 * A process has each limit to itself, so sanitizers, which take the address space for themselves, are out of the question.
 */

#define _GNU_SOURCE

#include "memory.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { limits = 40 };

enum { ended_well = 10, ended_refused, ended_wrongly };

/* The address space in use. */
static size_t in_use(void) {
    size_t pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%zu", &pages) != 1) exit(EXIT_FAILURE);
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void set_limit(rlim_t bytes) {
    struct rlimit limit = {bytes, RLIM_INFINITY};
    if (setrlimit(RLIMIT_AS, &limit) != 0) _exit(EXIT_FAILURE);
}

static int write_text(const char *folder, const char *name, const char *text) {
    FILE *file = fopen(check_path(folder, name), "w");
    int length = file ? fputs(text, file) : -1;
    return file && fclose(file) == 0 && length >= 0;
}

/* Makes the call in a process of its own, with `more` bytes of address space than are in use, or in a control group where
 * one is given; once refused, again without the limit if it `goes_on`. `output` receives what it printed. */
static int run(const struct memory_call *call, size_t more, int goes_on, const char *group, char *output, size_t size) {
    int pipes[2], status;
    ssize_t length = 0, part;
    if (pipe(pipes) != 0) exit(EXIT_FAILURE);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        dup2(pipes[1], STDERR_FILENO);
        dup2(pipes[1], STDOUT_FILENO);
        if (group) {
            if (!write_text(group, "cgroup.procs", "0")) _exit(EXIT_FAILURE);
        } else {
            set_limit(in_use() + more);
        }
        spane_status result = call->make();
        if (result == SPANE_OK) _exit(ended_well);
        if (result != SPANE_OUT_OF_MEMORY || !strstr(spane_last_error(), "memory")) {
            dprintf(STDERR_FILENO, "%s: %s", spane_status_name(result), spane_last_error());
            _exit(ended_wrongly);
        }
        if (group || !goes_on) _exit(ended_refused);
        set_limit(RLIM_INFINITY);
        result = call->make();
        if (result != SPANE_OK) dprintf(STDERR_FILENO, "then %s: %s", spane_status_name(result), spane_last_error());
        _exit(result == SPANE_OK ? ended_refused : ended_wrongly);
    }
    close(pipes[1]);
    while ((part = read(pipes[0], output + length, size - 1 - (size_t)length)) > 0) length += part;
    output[length] = '\0';
    close(pipes[0]);
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void sweep(const struct memory_call *call) {
    char output[512];
    int well = 0, refused = 0;
    double more = 16 << 10;
    /* Limits above those under which it was done are nothing new. */
    for (int i = 0; i < limits && well < 3; i++, more *= 1.32) {
        int end = run(call, (size_t)more, i % 4 == 0, NULL, output, sizeof output);
        CHECK(end == ended_well || end == ended_refused);
        CHECK(*output == '\0');
        if ((end != ended_well && end != ended_refused) || *output) {
            fprintf(stderr, "    %s with %.0f more bytes ends with %d: %s\n", call->name, more, end, output);
        }
        well += end == ended_well;
        refused += end == ended_refused;
    }
    /* It was refused with nothing and done with plenty, so that the limits are those between. */
    CHECK(well > 0);
    CHECK(refused > 0);
    if (well == 0 || refused == 0) fprintf(stderr, "    %s: %d times done, %d refused\n", call->name, well, refused);
}

/* Makes a group of 64 MB; returns whether that is possible. */
static int make_group(char *group, size_t size, const char *tree, const char *file) {
    snprintf(group, size, "%s/spane-test-%ld", tree, (long)getpid());
    if (mkdir(group, 0755) != 0) return 0;
    if (write_text(group, file, "67108864")) return 1;
    rmdir(group);
    return 0;
}

static void refuse_in_group(void) {
    char group[256], output[512];
    if (!make_group(group, sizeof group, "/sys/fs/cgroup/memory", "memory.limit_in_bytes") &&
        !make_group(group, sizeof group, "/sys/fs/cgroup", "memory.max")) {
        printf("memory: no control group can be made here, so none was tried\n");
        return;
    }
    for (const struct memory_call *call = memory_vast_calls; call->name; call++) {
        int end = run(call, 0, 0, group, output, sizeof output);
        CHECK(end == ended_refused && *output == '\0');
        if (end != ended_refused || *output) fprintf(stderr, "    %s in a group: %d %s\n", call->name, end, output);
    }
    CHECK(rmdir(group) == 0);
}

int main(int argc, char **argv) {
    if (argc != 3 && argc != 4) {
        fprintf(stderr, "usage: memory DATA SCRATCH [CALL]\n");
        return EXIT_FAILURE;
    }
    memory_prepare(argv[1], argv[2]);
    for (const struct memory_call *call = memory_calls; call->name; call++) {
        if (argc == 3 || strcmp(argv[3], call->name) == 0) sweep(call);
    }
    refuse_in_group();
    return check_report("memory");
}
