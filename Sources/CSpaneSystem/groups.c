#define _GNU_SOURCE

#include "groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// Whether a word is in a list that is separated by commas.
static int lists(const char *list, const char *word) {
    size_t length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at += length) {
        if ((at == list || at[-1] == ',') && (at[length] == '\0' || at[length] == ',')) return 1;
    }
    return 0;
}

static FILE *open_below(const char *root, const char *path) {
    char full[PATH_MAX];
    if (snprintf(full, sizeof full, "%s%s", root, path) >= (int)sizeof full) return NULL;
    return fopen(full, "re");
}

// The path of the group in the tree of its controller, from lines "number:controllers:path"; version 2 has no
// controllers there. Returns its version, 0 if there is none.
static int find_path(const char *root, const char *controller, char path[PATH_MAX]) {
    FILE *file = open_below(root, "/proc/self/cgroup");
    char *line = NULL;
    size_t capacity = 0;
    int version = 0;
    if (!file) return 0;
    while (version != 1 && getline(&line, &capacity, file) > 0) {
        char *controllers = strchr(line, ':'), *end = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!end) continue;
        *end++ = '\0';
        end[strcspn(end, "\n")] = '\0';
        int found = strcmp(line, "0:") == 0 ? 2 : lists(controllers + 1, controller) ? 1 : 0;
        if (!found || strlen(end) >= PATH_MAX) continue;
        strcpy(path, end);
        version = found;
    }
    free(line);
    fclose(file);
    return version;
}

// Blanks and backslashes in paths are written as three octal digits.
static void unescape(char *text) {
    char *to = text;
    for (const char *from = text; *from; to++) {
        if (from[0] == '\\' && from[1] && from[2] && from[3]) {
            *to = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + from[3] - '0');
            from += 4;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
}

// What a line of mountinfo says: number parent device ROOT POINT options [more] - TYPE source OPTIONS.
static int reads_mount(char *line, int version, const char *controller, char **root, char **point) {
    char *rest = NULL, *last, *words[5];
    char *dash = strstr(line, " - ");
    if (!dash) return 0;
    *dash = '\0';
    for (int i = 0; i < 5; i++) {
        if (!(words[i] = strtok_r(i ? NULL : line, " ", &rest))) return 0;
    }
    char *type = strtok_r(dash + 3, " \n", &last), *source = strtok_r(NULL, " \n", &last);
    char *options = source ? strtok_r(NULL, " \n", &last) : NULL;
    if (!type || !options || strcmp(type, version == 2 ? "cgroup2" : "cgroup") != 0) return 0;
    if (version == 1 && !lists(options, controller)) return 0;
    unescape(*root = words[3]);
    unescape(*point = words[4]);
    return 1;
}

// The path of a group under the root of a mount; "" where that is not known, as in a container whose groups are named
// as the machine names them.
static const char *below(const char *mount, const char *path) {
    size_t length = strcmp(mount, "/") == 0 ? 0 : strlen(mount);
    if (strncmp(path, mount, length) != 0 || (path[length] != '/' && path[length] != '\0')) return "";
    return strcmp(path + length, "/") == 0 ? "" : path + length;
}

int group_find(const char *root, const char *controller, struct group *group) {
    char path[PATH_MAX], *mount, *point, *line = NULL;
    size_t capacity = 0;
    int found = 0;
    FILE *file = NULL;
    group->version = find_path(root, controller, path);
    if (group->version == 0 || !(file = open_below(root, "/proc/self/mountinfo"))) return 0;
    while (!found && getline(&line, &capacity, file) > 0) {
        struct stat status;
        if (!reads_mount(line, group->version, controller, &mount, &point)) continue;
        int length = snprintf(group->folder, sizeof group->folder, "%s%s%s", root, point, below(mount, path));
        if (length >= (int)sizeof group->folder) continue;
        group->top = strlen(root) + strlen(point);
        if (stat(group->folder, &status) != 0) group->folder[group->top] = '\0';
        found = 1;
    }
    free(line);
    fclose(file);
    return found;
}

int group_leave(struct group *group) {
    char *end = strrchr(group->folder + group->top, '/');
    if (!end) return 0;
    *end = '\0';
    return 1;
}

static FILE *open_in(const struct group *group, const char *file) {
    char path[PATH_MAX + 64];
    if (snprintf(path, sizeof path, "%s/%s", group->folder, file) >= (int)sizeof path) return NULL;
    return fopen(path, "re");
}

int group_numbers(const struct group *group, const char *name, double *first, double *second) {
    FILE *file = open_in(group, name);
    int count = file ? fscanf(file, "%lf %lf", first, second) : 0;
    if (file) fclose(file);
    return count == 2;
}

int group_number(const struct group *group, const char *name, double *number) {
    FILE *file = open_in(group, name);
    int count = file ? fscanf(file, "%lf", number) : 0;
    if (file) fclose(file);
    return count == 1;
}

double group_entry(const struct group *group, const char *name, const char *entry) {
    FILE *file = open_in(group, name);
    char word[128];
    double number, found = 0;
    while (file && fscanf(file, "%127s %lf", word, &number) == 2) {
        if (strcmp(word, entry) == 0) found = number;
    }
    if (file) fclose(file);
    return found;
}
