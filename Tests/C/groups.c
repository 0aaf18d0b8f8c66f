/* Fault domains, and groups of VMs with rules for where they run. */

#include "tests.h"

#include <stddef.h>

static spane_request member(uint64_t group) {
    spane_request request = REQUEST(2, 4);

    request.group = group;
    return request;
}

static spane_group_rule rule_of(int32_t kind, int32_t level, int32_t count, int32_t hard) {
    spane_group_rule rule = SPANE_GROUP_RULE_INIT;

    rule.kind = kind;
    rule.level = level;
    rule.count = count;
    rule.hard = hard;
    return rule;
}

/* Six servers, two in each of three racks, 0, 1 and 2. */
static spane_cluster *racks(void) {
    spane_cluster *cluster = some_cluster(6);
    const char *levels[] = {"rack"};

    DONE(spane_cluster_set_levels(cluster, levels, 1));
    for (int32_t server = 0; server < 6; server++) DONE(spane_cluster_set_domain(cluster, server, 0, server / 2));
    return cluster;
}

static void test_domains(void) {
    spane_cluster *cluster = some_cluster(2);
    const char *levels[] = {"rack", "zone"}, *twice[] = {"rack", "rack"}, *own[] = {"server"}, *many[8] = {0}, *name = NULL;
    int32_t domain;

    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_set_levels(NULL, levels, 2));
    FAILS(SPANE_NULL_POINTER, "levels", spane_cluster_set_levels(cluster, NULL, 2));
    FAILS(SPANE_NULL_POINTER, "levels[0]", spane_cluster_set_levels(cluster, many, 1));
    FAILS(SPANE_INVALID_ARGUMENT, "count is 8", spane_cluster_set_levels(cluster, many, 8));
    FAILS(SPANE_INVALID_ARGUMENT, "twice", spane_cluster_set_levels(cluster, twice, 2));
    FAILS(SPANE_INVALID_ARGUMENT, "server", spane_cluster_set_levels(cluster, own, 1));
    FAILS(SPANE_INVALID_ARGUMENT, "has no levels", spane_cluster_set_domain(cluster, 0, 0, 1));
    DONE(spane_cluster_set_levels(cluster, levels, 2));
    FAILS(SPANE_BAD_STATE, "rack, zone", spane_cluster_set_levels(cluster, levels, 1));

    DONE(spane_cluster_level(cluster, 1, &name));
    CHECK(name && strcmp(name, "zone") == 0);
    FAILS(SPANE_NOT_FOUND, "level is 2", spane_cluster_level(cluster, 2, &name));
    FAILS(SPANE_NOT_FOUND, "level is -1", spane_cluster_level(cluster, SPANE_LEVEL_SERVER, &name));
    FAILS(SPANE_NULL_POINTER, "name", spane_cluster_level(cluster, 0, NULL));

    DONE(spane_cluster_domain(cluster, 1, 0, &domain));
    CHECK(domain == -1);
    DONE(spane_cluster_set_domain(cluster, 1, 0, 7));
    DONE(spane_cluster_domain(cluster, 1, 0, &domain));
    CHECK(domain == 7);
    DONE(spane_cluster_domain(cluster, 1, SPANE_LEVEL_SERVER, &domain));
    CHECK(domain == 1);
    REFUSES(SPANE_INVALID_ARGUMENT, "server is 2", domain, spane_cluster_domain(cluster, 2, 0, &domain));
    REFUSES(SPANE_INVALID_ARGUMENT, "level is 2", domain, spane_cluster_domain(cluster, 0, 2, &domain));
    FAILS(SPANE_NULL_POINTER, "domain", spane_cluster_domain(cluster, 0, 0, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "domain is -2", spane_cluster_set_domain(cluster, 1, 0, -2));
    FAILS(SPANE_INVALID_ARGUMENT, "level is -1", spane_cluster_set_domain(cluster, 1, SPANE_LEVEL_SERVER, 2));
    FAILS(SPANE_INVALID_ARGUMENT, "server is 2", spane_cluster_set_domain(cluster, 2, 0, 1));

    /* A server that comes back stands somewhere else. */
    DONE(spane_cluster_remove_server(cluster, 1));
    DONE(spane_cluster_add_equal_servers(cluster, 40, 90, 1, NULL));
    DONE(spane_cluster_domain(cluster, 1, 0, &domain));
    CHECK(domain == -1);
    spane_cluster_free(cluster);
}

static void test_rules(void) {
    spane_cluster *cluster = racks();
    spane_group_rule rules[2], told[3], wrong;
    size_t count = 9;
    int64_t vms = 9;

    rules[0] = rule_of(SPANE_GROUP_AT_MOST, 0, 2, 1);
    rules[1] = rule_of(SPANE_GROUP_SPREAD, SPANE_LEVEL_SERVER, 3, 0);
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_set_group(NULL, 1, rules, 2));
    FAILS(SPANE_NULL_POINTER, "rules", spane_cluster_set_group(cluster, 1, NULL, 2));
    FAILS(SPANE_INVALID_ARGUMENT, "group is 0", spane_cluster_set_group(cluster, 0, rules, 2));
    FAILS(SPANE_INVALID_ARGUMENT, "count is 65", spane_cluster_set_group(cluster, 1, rules, 65));
    wrong = rule_of(3, 0, 1, 1);
    FAILS(SPANE_INVALID_ARGUMENT, "rules[0].kind is 3", spane_cluster_set_group(cluster, 1, &wrong, 1));
    wrong = rule_of(SPANE_GROUP_AT_MOST, 1, 1, 1);
    FAILS(SPANE_INVALID_ARGUMENT, "rules[0]: level is 1", spane_cluster_set_group(cluster, 1, &wrong, 1));
    wrong = rule_of(SPANE_GROUP_AT_MOST, 0, 0, 1);
    FAILS(SPANE_INVALID_ARGUMENT, "rules[0]: count is 0", spane_cluster_set_group(cluster, 1, &wrong, 1));
    wrong = rule_of(SPANE_GROUP_AT_MOST, 0, 1, 2);
    FAILS(SPANE_INVALID_ARGUMENT, "rules[0].hard is 2", spane_cluster_set_group(cluster, 1, &wrong, 1));
    wrong = rules[0];
    wrong.struct_size = 3;
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_cluster_set_group(cluster, 1, &wrong, 1));

    DONE(spane_cluster_set_group(cluster, 1, rules, 2));
    FAILS(SPANE_BUFFER_TOO_SMALL, "2", spane_cluster_group(cluster, 1, told, 1, &count, &vms));
    CHECK(count == 2);
    told[0].struct_size = sizeof told[0];
    DONE(spane_cluster_group(cluster, 1, told, 3, &count, &vms));
    CHECK(count == 2 && vms == 0 && memcmp(told, rules, sizeof rules) == 0);
    DONE(spane_cluster_group(cluster, 2, NULL, 0, &count, &vms));
    CHECK(count == 0 && vms == 0);
    DONE(spane_cluster_set_group(cluster, 1, NULL, 0));
    DONE(spane_cluster_group(cluster, 1, NULL, 0, &count, NULL));
    CHECK(count == 0);
    spane_cluster_free(cluster);
}

static void test_sessions_of_groups(void) {
    spane_cluster *cluster = racks();
    const spane_policy policy = SPANE_POLICY_HEURISTIC("first-fit");
    const spane_group_rule apart = rule_of(SPANE_GROUP_AT_MOST, 0, 1, 1), soft = rule_of(SPANE_GROUP_AT_MOST, 0, 1, 0);
    const spane_request request = member(5), softly = member(6);
    const spane_request batch[] = {member(7), member(7), member(7), member(7)};
    const uint64_t ids[] = {70, 71, 72, 73};
    spane_session *session = NULL;
    spane_placement placement, several[6];
    float scores[6];
    int64_t violations[6];
    size_t found, refused;

    DONE(spane_cluster_set_group(cluster, 5, &apart, 1));
    DONE(spane_cluster_set_group(cluster, 6, &soft, 1));
    DONE(spane_cluster_set_group(cluster, 7, &apart, 1));
    DONE(spane_session_new(cluster, &policy, &session));
    for (int32_t rack = 0; rack < 3; rack++) {
        DONE(spane_session_choose(session, &request, &placement));
        CHECK(placement.server == 2 * rack);
        DONE(spane_session_place(session, (uint64_t)rack, &request, &placement));
        CHECK(placement.server == 2 * rack);
        DONE(spane_session_place(session, 10 + (uint64_t)rack, &softly, &placement));
        CHECK(placement.server == 2 * rack);
    }
    /* No rack is left: to the hard rule no server, to the soft one that which breaks it least. */
    CHECK(spane_session_choose(session, &request, &placement) == SPANE_NO_ROOM);
    CHECK(spane_session_place(session, 3, &request, &placement) == SPANE_NO_ROOM);
    DONE(spane_session_place(session, 13, &softly, &placement));
    CHECK(placement.server == 0);
    DONE(spane_session_choose(session, &softly, &placement));
    CHECK(placement.server == 2);
    DONE(spane_cluster_group_violations(cluster, &softly, NULL, 6, violations));
    CHECK(violations[0] == 2 && violations[1] == 2 && violations[2] == 1 && violations[5] == 1);
    DONE(spane_cluster_group_violations(cluster, &request, (const int32_t[]){4}, 1, violations));
    CHECK(violations[0] == -1);
    FAILS(SPANE_INVALID_ARGUMENT, "count is 5", spane_cluster_group_violations(cluster, &request, NULL, 5, violations));
    FAILS(SPANE_NULL_POINTER, "violations", spane_cluster_group_violations(cluster, &request, NULL, 6, NULL));
    FAILS(SPANE_NULL_POINTER, "request", spane_cluster_group_violations(cluster, NULL, NULL, 6, violations));

    /* Among candidates, and the best of all: those that break least come first. */
    DONE(spane_session_choose_among(session, &softly, (const int32_t[]){1, 3}, 2, &placement));
    CHECK(placement.server == 3);
    CHECK(spane_session_choose_among(session, &request, (const int32_t[]){1, 3}, 2, &placement) == SPANE_NO_ROOM);
    DONE(spane_session_top(session, &softly, NULL, 0, 6, several, scores, &found));
    CHECK(found == 6 && several[0].server == 2 && several[3].server == 5 && several[4].server == 0);
    CHECK(scores[0] == 0 && scores[5] == -5);
    CHECK(spane_session_top(session, &request, NULL, 0, 6, several, NULL, &found) == SPANE_NO_ROOM && found == 0);

    /* A batch of which one VM is not allowed is not placed at all. */
    CHECK(spane_session_place_many(session, ids, batch, 4, several, &refused) == SPANE_NO_ROOM && refused == 3);
    DONE(spane_session_place_many(session, ids, batch, 3, several, NULL));
    CHECK(several[0].server == 0 && several[1].server == 2 && several[2].server == 4);
    DONE(spane_session_choose_many(session, batch, 1, several));
    CHECK(several[0].server == SPANE_NOWHERE);
    spane_session_free(session);
    spane_cluster_free(cluster);
}

static void test_changes_of_groups(void) {
    spane_cluster *cluster = racks(), *again = NULL;
    const spane_group_rule together = rule_of(SPANE_GROUP_TOGETHER, 0, 1, 1);
    const spane_request request = member(5);
    spane_request found = SPANE_REQUEST_INIT, old;
    spane_placement placement = {0, 1}, there = {1, 2}, far = {2, 1};
    unsigned char *image = NULL;
    size_t size = 0, count = 0;
    int64_t vms = 0;

    DONE(spane_cluster_set_group(cluster, 5, &together, 1));
    DONE(spane_cluster_place(cluster, 1, &request, placement));
    FAILS(SPANE_INFEASIBLE_ACTION, "group 5 has 1 of its 1 VMs elsewhere than in rack 1",
          spane_cluster_place(cluster, 2, &request, far));
    DONE(spane_cluster_place(cluster, 2, &request, there));
    FAILS(SPANE_INFEASIBLE_ACTION, "group 5", spane_cluster_move(cluster, 1, far));
    DONE(spane_cluster_move(cluster, 1, (spane_placement){1, 1}));
    DONE(spane_cluster_record(cluster, 3, &request, far));
    DONE(spane_cluster_find(cluster, 3, NULL, &found));
    CHECK(found.group == 5);

    /* A program of before groups has no such field, and none of it is read or written. */
    found.group = 99;
    found.struct_size = offsetof(spane_request, group);
    DONE(spane_cluster_find(cluster, 3, NULL, &found));
    CHECK(found.group == 99);
    old = found;
    DONE(spane_cluster_place(cluster, 4, &old, (spane_placement){5, 1}));
    found.struct_size = sizeof found;
    DONE(spane_cluster_find(cluster, 4, NULL, &found));
    CHECK(found.group == 0);

    /* What is taken back and what is saved. */
    DONE(spane_cluster_begin_trial(cluster));
    DONE(spane_cluster_release(cluster, 1, NULL));
    DONE(spane_cluster_set_group(cluster, 5, NULL, 0));
    DONE(spane_cluster_set_domain(cluster, 2, 0, 0));
    DONE(spane_cluster_drop_trial(cluster));
    DONE(spane_cluster_save_memory(cluster, NULL, NULL, 0, &size));
    image = malloc(size);
    CHECK(image != NULL);
    DONE(spane_cluster_save_memory(cluster, NULL, image, size, &size));
    DONE(spane_cluster_load_memory(image, size, NULL, &again));
    DONE(spane_cluster_group(again, 5, NULL, 0, &count, &vms));
    CHECK(count == 1);
    DONE(spane_cluster_release(again, 3, NULL));
    FAILS(SPANE_INFEASIBLE_ACTION, "group 5 has 2 of its 2 VMs elsewhere than in rack 1",
          spane_cluster_place(again, 9, &request, far));
    free(image);
    spane_cluster_free(again);
    spane_cluster_free(cluster);
}

void test_groups(void) {
    test_domains();
    test_rules();
    test_sessions_of_groups();
    test_changes_of_groups();
}
