/* Loads the library as a plug-in would and sees that it leaves the process alone: no signal handlers, no threads, no open
 * files, and (as the caller of this program sees) nothing on stdout and stderr. Then unloads it, which must be harmless.
 * Usage: guest LIBRARY WEIGHTS.h5; silent on success. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <dlfcn.h>
#include <signal.h>
#include <spane.h>
#include <stdio.h>
#include <string.h>

enum { SIGNALS = 32 };

struct process {
    struct sigaction actions[SIGNALS];
    sigset_t mask;
    int threads, files;
};

static int entries(const char *path)
{
    int count = 0;
    DIR *folder = opendir(path);
    if (folder == NULL) return -1;
    while (readdir(folder) != NULL) count++;
    closedir(folder);
    return count;
}

static void look(struct process *process)
{
    int number;
    memset(process, 0, sizeof *process);
    for (number = 1; number < SIGNALS; number++) sigaction(number, NULL, &process->actions[number]);
    sigprocmask(SIG_SETMASK, NULL, &process->mask);
    process->threads = entries("/proc/self/task");
    process->files = entries("/proc/self/fd");
}

static int differences(const struct process *before, const char *when)
{
    struct process after;
    int number, found = 0;
    look(&after);
    for (number = 1; number < SIGNALS; number++) {
        if (after.actions[number].sa_handler != before->actions[number].sa_handler ||
            sigismember(&after.mask, number) != sigismember(&before->mask, number)) {
            fprintf(stderr, "guest: %s, signal %d is handled in another way\n", when, number);
            found++;
        }
    }
    if (after.threads != before->threads) {
        fprintf(stderr, "guest: %s, there are %d threads more\n", when, after.threads - before->threads);
        found++;
    }
    if (after.files != before->files) {
        fprintf(stderr, "guest: %s, %d files more are open\n", when, after.files - before->files);
        found++;
    }
    return found;
}

/* A function of the library, by the name it has in the header. */
static void find(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);
    memcpy(function, &symbol, sizeof symbol);
}

/* Calls that read a file, fail, and decide. Returns how many did not end as they should. */
static int use(void *library, const char *weights)
{
    spane_status (*load)(const char *, spane_model **) = NULL;
    spane_status (*new_cluster)(const spane_cluster_options *, spane_cluster **) = NULL;
    spane_status (*add)(spane_cluster *, double, double, size_t, int32_t *) = NULL;
    spane_status (*new_session)(spane_cluster *, const spane_policy *, spane_session **) = NULL;
    spane_status (*place)(spane_session *, uint64_t, const spane_request *, spane_placement *) = NULL;
    void (*free_model)(spane_model *) = NULL;
    void (*free_cluster)(spane_cluster *) = NULL;
    void (*free_session)(spane_session *) = NULL;
    spane_policy policy = SPANE_POLICY_INIT;
    spane_request request = SPANE_REQUEST(1, 2);
    spane_model *model = NULL;
    spane_cluster *cluster = NULL;
    spane_session *session = NULL;
    int wrong = 0;

    find(library, "spane_model_load", &load);
    find(library, "spane_cluster_new", &new_cluster);
    find(library, "spane_cluster_add_equal_servers", &add);
    find(library, "spane_session_new", &new_session);
    find(library, "spane_session_place", &place);
    find(library, "spane_model_free", &free_model);
    find(library, "spane_cluster_free", &free_cluster);
    find(library, "spane_session_free", &free_session);
    wrong += load("/dev/null", &model) >= 0; /* HDF5 reports such errors on stderr unless told not to */
    wrong += load("/no/such/file", &model) >= 0;
    wrong += load(weights, &model) != SPANE_OK;
    wrong += new_cluster(NULL, &cluster) != SPANE_OK;
    wrong += add(cluster, 40, 90, 2, NULL) != SPANE_OK;
    policy.model = model;
    wrong += new_session(cluster, &policy, &session) != SPANE_OK;
    wrong += place(session, 1, &request, NULL) != SPANE_OK;
    wrong += place(session, 1, &request, NULL) != SPANE_EXISTS;
    free_cluster(cluster);
    free_model(model);
    free_session(session);
    return wrong;
}

int main(int count, char **arguments)
{
    struct process before;
    void *library;
    int wrong;
    if (count != 3) {
        fprintf(stderr, "usage: guest LIBRARY WEIGHTS.h5\n");
        return 2;
    }
    look(&before);
    library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(stderr, "guest: %s\n", dlerror());
        return 1;
    }
    wrong = differences(&before, "after it was loaded");
    wrong += use(library, arguments[2]);
    wrong += differences(&before, "after it was used");
    dlclose(library);
    wrong += differences(&before, "after it was unloaded");
    if (wrong != 0) fprintf(stderr, "guest: %d checks failed\n", wrong);
    return wrong == 0 ? 0 : 1;
}
