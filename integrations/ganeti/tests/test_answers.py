"""Every answer to random requests about random clusters is checked by rules.py: what is answered is allowed, and where nothing is
answered nothing is."""

from __future__ import annotations

import itertools
import random

from allocator import Allocator, move, nodes_after
from cluster import allocate, copy_of, drawn_request, put, take, uneven, with_request
from rules import State, objections

CHECKS = ("all", "existing", "off")
COUNTS = {"VMs": 0, "decisions": 0, "refusals": 0, "moves": 0}


def placements(cluster: dict, spec: dict) -> list[list[str]]:
    state = State(cluster)
    usable = [name for name in cluster["nodes"] if state.is_usable(name)]
    if spec["disk_template"] != "drbd":
        return [[name] for name in usable]
    return [list(pair) for pair in itertools.permutations(usable, 2)]


def with_instance(cluster: dict, name: str, spec: dict, nodes: list[str]) -> dict:
    after = copy_of(cluster)
    put(after, name, spec, nodes)
    return after


def check_allocation(allocator: Allocator, cluster: dict, name: str, spec: dict, request: dict, checks: str) -> bool:
    answer = allocator.ask(with_request(cluster, request))
    COUNTS["decisions"] += 1
    up = {**spec, "admin_state": "up"}
    if answer["success"]:
        wrong = objections(cluster, with_instance(cluster, name, up, answer["result"]), name, checks=checks)
        assert not wrong, (answer, wrong)
        put(cluster, name, spec, answer["result"])
        COUNTS["VMs"] += 1
        return True
    COUNTS["refusals"] += 1
    for nodes in placements(cluster, spec):
        wrong = objections(cluster, with_instance(cluster, name, up, nodes), name, checks=checks)
        assert wrong, (answer, nodes, "would have been allowed")
    return False


def check_move(cluster: dict, name: str, nodes: list[str], roles: tuple[int, ...], is_forced: bool, is_new: bool,
               checks: str = "off") -> None:
    before = copy_of(cluster)
    take(before, name)
    move(cluster, name, nodes)
    wrong = objections(before, cluster, name, is_new=is_new, checks=checks, is_forced=is_forced, roles=roles)
    assert not wrong, (name, nodes, wrong)
    COUNTS["moves"] += 1


def check_relocation(allocator: Allocator, cluster: dict, name: str) -> None:
    spec = cluster["instances"][name]
    is_pair = spec["disk_template"] == "drbd"
    leave = spec["nodes"][-1]
    request = {"type": "relocate", "name": name, "required_nodes": 1, "disk_space_total": spec["disk_space_total"],
               "relocate_from": [leave]}
    answer = allocator.ask(with_request(cluster, request))
    COUNTS["decisions"] += 1
    if spec["disk_template"] in ("plain", "file"):
        assert not answer["success"], answer
        return
    is_forced = not State(cluster).is_usable(leave)
    roles = (1,) if is_pair else (0,)
    if answer["success"]:
        assert len(answer["result"]) == 1 and answer["result"][0] not in spec["nodes"], answer
        check_move(cluster, name, [*spec["nodes"][:-1], *answer["result"]], roles, is_forced, is_new=False)
        return
    before = copy_of(cluster)
    put_back = {key: value for key, value in take(before, name).items() if key != "nodes"}
    for other in cluster["nodes"]:
        if other not in spec["nodes"] and cluster["nodes"][other]["group"] == cluster["nodes"][leave]["group"]:
            after = with_instance(before, name, put_back, [*spec["nodes"][:-1], other])
            assert objections(before, after, name, is_new=False, checks="off", is_forced=is_forced, roles=roles), (answer, other)


def check_evacuation(allocator: Allocator, cluster: dict, node: str, mode: str) -> None:
    role = {"primary-only": (0,), "secondary-only": (1,), "all": (0, 1)}[mode]
    names = [name for name, spec in cluster["instances"].items() if any(spec["nodes"][i:i + 1] == [node] for i in role)]
    if not names:
        return
    answer = allocator.ask(with_request(cluster, {"type": "node-evacuate", "instances": names, "evac_mode": mode}))
    COUNTS["decisions"] += 1
    assert answer["success"], answer
    moved, failed, jobs = answer["result"]
    assert sorted([one[0] for one in moved] + [one[0] for one in failed]) == sorted(names), answer
    assert len(jobs) == len(moved)
    for (name, group, nodes), job in zip(moved, jobs):
        old = cluster["instances"][name]["nodes"]
        state = State(cluster)
        assert nodes_after(old, job) == nodes, (old, job, nodes)
        assert state.group(nodes[0])["name"] == group == state.group(old[0])["name"]
        is_forced = any(not state.is_usable(at) for at in old)
        swapped = nodes == old[::-1] and len(nodes) == 2
        assert node not in (nodes if mode == "all" else nodes[:1] if mode == "primary-only" else nodes[1:]), (mode, node, nodes)
        if swapped:  # the old primary stays as the secondary, in use or not
            assert state.is_usable(nodes[0])
            move(cluster, name, nodes)
            COUNTS["moves"] += 1
        else:
            check_move(cluster, name, nodes, tuple(i for i in range(len(nodes)) if nodes[i] != old[i]), is_forced, is_new=False)
    for name, reason in failed:
        assert reason, answer


def check_change_of_group(allocator: Allocator, cluster: dict, draw: random.Random, checks: str) -> None:
    names = draw.sample(list(cluster["instances"]), min(3, len(cluster["instances"])))
    answer = allocator.ask(with_request(cluster, {"type": "change-group", "instances": names, "target_groups": []}))
    COUNTS["decisions"] += 1
    assert answer["success"], answer
    moved, failed, jobs = answer["result"]
    left = {cluster["nodes"][cluster["instances"][name]["nodes"][0]]["group"] for name in names}
    assert sorted([one[0] for one in moved] + [one[0] for one in failed]) == sorted(names), answer
    for (name, group, nodes), job in zip(moved, jobs):
        assert nodes_after(cluster["instances"][name]["nodes"], job) == nodes
        assert cluster["nodes"][nodes[0]]["group"] not in left and State(cluster).group(nodes[0])["name"] == group
        check_move(cluster, name, nodes, (0, 1), is_forced=False, is_new=True, checks=checks)


def check_multi(allocator: Allocator, cluster: dict, draw: random.Random, checks: str) -> None:
    asked = {f"multi{index}": drawn_request(draw, f"multi{index}") for index in range(5)}
    answer = allocator.ask(with_request(cluster, {"type": "multi-allocate", "instances": [one[1] for one in asked.values()]}))
    COUNTS["decisions"] += len(asked)
    placed, failed = answer["result"]
    assert sorted([one[0] for one in placed] + failed) == sorted(asked), answer
    for name, nodes in placed:
        up = {**asked[name][0], "admin_state": "up"}
        wrong = objections(cluster, with_instance(cluster, name, up, nodes), name, checks=checks)
        assert not wrong, (answer, wrong)
        put(cluster, name, up, nodes)
        COUNTS["VMs"] += 1


def check_secondary(allocator: Allocator, cluster: dict, checks: str) -> None:
    plain = [name for name, spec in cluster["instances"].items() if spec["disk_template"] == "plain" and spec["admin_state"] == "up"]
    if not plain:
        return
    name = plain[0]
    answer = allocator.ask(with_request(cluster, {"type": "allocate-secondary", "name": name}))
    COUNTS["decisions"] += 1
    if answer["success"]:
        before = copy_of(cluster)
        spec = take(before, name)
        mirrored = {key: value for key, value in spec.items() if key != "nodes"} | {"disk_template": "drbd"}
        after = with_instance(before, name, mirrored, [spec["nodes"][0], answer["result"]])
        wrong = objections(before, after, name, checks=checks)
        assert not wrong, (answer, wrong)


def check_answers(program: str, policy: str, seeds: range) -> None:
    for seed in seeds:
        draw = random.Random(seed)
        checks = CHECKS[seed % len(CHECKS)]
        allocator = Allocator(program, "--policy", policy, "--capacity-checks", checks)
        cluster = uneven(seed)
        refused = 0
        for index in range(60):
            name = f"instance{index}"
            spec, request = drawn_request(draw, name)
            if draw.random() < 0.1:
                request["restrict-to-nodes"] = draw.sample(list(cluster["nodes"]), 3)
                answer = allocator.ask(with_request(cluster, request))
                assert set(answer["result"]) <= set(request["restrict-to-nodes"]), answer
                continue
            refused += not check_allocation(allocator, cluster, name, spec, request, checks)
            if refused > 2:
                break
        if cluster["instances"]:
            check_multi(allocator, cluster, draw, checks)
            check_secondary(allocator, cluster, checks)
            for name in draw.sample(list(cluster["instances"]), min(4, len(cluster["instances"]))):
                check_relocation(allocator, cluster, name)
            check_change_of_group(allocator, cluster, draw, checks)
            for mode in ("secondary-only", "primary-only", "all"):
                node = draw.choice([spec["nodes"][0] for spec in cluster["instances"].values()])
                if draw.random() < 0.5:
                    cluster["nodes"][node]["drained"] = True
                check_evacuation(allocator, cluster, node, mode)
        allocator.close()
