/*
 * spane-iallocator: an allocator of Ganeti (protocol version 2) whose choices are libspane's.
 *
 *   spane-iallocator [--policy NAME|FILE.h5] [--capacity-checks all|existing|off] [--kvm-node-memory MIB] FILE
 */

#include "answer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spane.h>

struct options {
    const char *policy, *file;
    enum capacity_checks checks;
    int64_t kvm_node_mem;
};

static const char *setting(const char *variable, const char *otherwise) {
    const char *value = getenv(variable);
    return value && *value ? value : otherwise;
}

static enum capacity_checks checks_of(const char *name) {
    if (strcmp(name, "all") == 0) return CHECK_ALL;
    if (strcmp(name, "existing") == 0) return CHECK_EXISTING;
    if (strcmp(name, "off") == 0) return CHECK_OFF;
    die("capacity checks are \"%s\"; they must be all, existing or off", name);
}

static int64_t mem_of(const char *text) {
    char *end;
    long long value = strtoll(text, &end, 10);
    if (end == text || *end || value < 0 || value > 1000000000) {
        die("the memory of KVM nodes is \"%s\"; it must be 0 to 10^9 MiB", text);
    }
    return value;
}

/* Ganeti gives its allocators the file alone, so that everything else can be set in the environment. */
static struct options read_options(int argc, char **argv) {
    const char *checks = setting("SPANE_CAPACITY_CHECKS", "all"), *mem = setting("SPANE_KVM_NODE_MEMORY", "4096");
    struct options options = {setting("SPANE_POLICY", SPANE_DEFAULT_POLICY), NULL, CHECK_ALL, 0};
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0) {
            if (options.file) die("two files, %s and %s, are named", options.file, argv[i]);
            options.file = argv[i];
            continue;
        }
        if (i + 1 == argc) die("%s has no value", argv[i]);
        if (strcmp(argv[i], "--policy") == 0) options.policy = argv[++i];
        else if (strcmp(argv[i], "--capacity-checks") == 0) checks = argv[++i];
        else if (strcmp(argv[i], "--kvm-node-memory") == 0) mem = argv[++i];
        else die("unknown option %s", argv[i]);
    }
    if (!options.file) {
        die("usage: spane-iallocator [--policy NAME|FILE.h5] [--capacity-checks all|existing|off] "
            "[--kvm-node-memory MIB] FILE");
    }
    options.checks = checks_of(checks);
    options.kvm_node_mem = mem_of(mem);
    return options;
}

json_t *answer(json_t *result, const char *format, ...) {
    char info[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(info, sizeof info, format, arguments);
    va_end(arguments);
    return json_pack("{sb ss* so}", "success", result ? 1 : 0, "info", info, "result", result ? result : json_array());
}

const char *reasons(const struct tally *tally) {
    static char text[256];
    size_t length = 0;
    for (int fit = FITS + 1; fit < FIT_KINDS; fit++) {
        if (tally->of[fit] == 0) continue;
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s: %d", length ? ", " : "failure reasons: ",
                                   fit_names[fit], tally->of[fit]);
    }
    return length ? text : "no usable node is in question";
}

static json_t *answer_to(const struct call *call) {
    static const struct {
        const char *type;
        json_t *(*answer)(const struct call *call);
    } kinds[] = {
        {"allocate", answer_allocate},
        {"multi-allocate", answer_multi_allocate},
        {"allocate-secondary", answer_allocate_secondary},
        {"relocate", answer_relocate},
        {"node-evacuate", answer_node_evacuate},
        {"change-group", answer_change_group},
    };
    const char *type = text_of(call->request, "type", "the request");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(type, kinds[i].type) == 0) return kinds[i].answer(call);
    }
    return answer(NULL, "requests of the type \"%s\" are not supported", type);
}

int main(int argc, char **argv) {
    struct options options = read_options(argc, argv);
    struct cluster cluster;
    struct call call = {NULL, &cluster, NULL, options.checks};
    json_error_t error;
    json_t *message = strcmp(options.file, "-") == 0 ? json_loadf(stdin, 0, &error) : json_load_file(options.file, 0, &error);
    json_t *told;
    if (!message) die("%s: line %d: %s", options.file, error.line, error.text);
    if (spane_abi_version() != SPANE_ABI_VERSION) die("libspane is of another ABI version");
    call.request = json_object_get(message, "request");
    if (!json_is_object(call.request)) die("the message has no object \"request\"");
    read_cluster(message, options.kvm_node_mem, &cluster);
    call.chooser = chooser_new(&cluster, options.policy);
    told = answer_to(&call);
    json_dumpf(told, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(told);
    chooser_free(call.chooser);
    json_decref(message);
    return EXIT_SUCCESS;
}
