// Preloaded into a command, so that system calls fail as they do on file systems that a test cannot make: SPANE_FAULTS
// names them with the number of the error, "flock=37 rename=16". With 0 a call never comes back.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fails(const char *name) {
    const char *faults = getenv("SPANE_FAULTS");
    const char *found = faults ? strstr(faults, name) : NULL;
    if (!found || found[strlen(name)] != '=') return 0;
    int number = atoi(found + strlen(name) + 1);
    while (number == 0) pause();
    errno = number;
    return 1;
}

int flock(int file, int operation) { return fails("flock") ? -1 : (int)syscall(SYS_flock, file, operation); }

int fsync(int file) { return fails("fsync") ? -1 : (int)syscall(SYS_fsync, file); }

int rename(const char *from, const char *to) {
    return fails("rename") ? -1 : renameat(AT_FDCWD, from, AT_FDCWD, to);
}
