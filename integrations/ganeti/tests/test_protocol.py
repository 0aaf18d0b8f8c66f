"""What is refused, and how: in the protocol's own form where the message can be understood, and by the exit status where not."""

from __future__ import annotations

import json
import pathlib

from allocator import Allocator
from cluster import GIB, allocate, instance, message, node, put, with_request
from rules import objections
from test_answers import with_instance


def small() -> dict:
    cluster = message({name: node("group-1", 16 * GIB, 8, 100 * GIB) for name in ("a", "b", "c")})
    put(cluster, "plain", instance("plain", 2 * GIB, 1, 5 * GIB), ["a"])
    put(cluster, "mirrored", instance("drbd", 2 * GIB, 1, 5 * GIB), ["a", "b"])
    return cluster


def refused(allocator: Allocator, cluster: dict, request: dict, *told: str) -> None:
    answer = allocator.ask(with_request(cluster, request))
    assert not answer["success"], answer
    for text in told:
        assert text in answer["info"], (text, answer)


def check_refusals(program: str) -> None:
    allocator = Allocator(program)
    cluster = small()
    spec = instance("plain", 2 * GIB, 1, 5 * GIB)
    refused(allocator, cluster, {"type": "balance"}, "balance")
    refused(allocator, cluster, allocate("new", spec, required_nodes=2), "required_nodes", "plain")
    refused(allocator, cluster, allocate("new", spec, group_name="nowhere"), "nowhere")
    refused(allocator, cluster, allocate("new", instance("plain", 20 * GIB, 1, 5 * GIB)), "FailMem: 3")
    refused(allocator, cluster, allocate("new", instance("plain", 2 * GIB, 1, 200 * GIB)), "FailDisk: 3")
    refused(allocator, cluster, allocate("new", instance("plain", 2 * GIB, 32, 5 * GIB)), "FailCPU: 3")
    refused(allocator, cluster, allocate("new", instance("plain", 100, 1, 5 * GIB)), "FailPolicy: 3")
    refused(allocator, cluster, {"type": "relocate", "name": "plain", "required_nodes": 1, "relocate_from": ["a"]}, "moved")
    refused(allocator, cluster, {"type": "relocate", "name": "mirrored", "required_nodes": 1, "relocate_from": ["a"]}, "secondary")
    refused(allocator, cluster, {"type": "relocate", "name": "mirrored", "required_nodes": 2, "relocate_from": ["b"]}, "one node")
    refused(allocator, cluster, {"type": "relocate", "name": "gone", "required_nodes": 1, "relocate_from": ["b"]}, "gone")
    refused(allocator, cluster, {"type": "node-evacuate", "instances": ["gone"], "evac_mode": "all"}, "gone")
    refused(allocator, cluster, {"type": "node-evacuate", "instances": ["plain"], "evac_mode": "some"}, "some")
    refused(allocator, cluster, {"type": "change-group", "instances": ["plain"], "target_groups": ["group-9"]}, "group-9")
    refused(allocator, cluster, {"type": "allocate-secondary", "name": "mirrored"}, "mirrored")
    tagged = {**cluster, "cluster_tags": ["htools:migration:xen"]}
    answer = allocator.ask(with_request(tagged, {"type": "node-evacuate", "instances": ["mirrored"], "evac_mode": "all"}))
    assert "htools:migration" in answer["result"][1][0][1], answer
    out_of_use = small()
    for state in ({"offline": True}, {"drained": True}, {"vm_capable": False}):
        for name in out_of_use["nodes"]:
            out_of_use["nodes"][name].update(offline=False, drained=False, vm_capable=True)
            out_of_use["nodes"][name].update(state)
        refused(allocator, out_of_use, allocate("new", spec), "no usable node")
    allocator.close()


def check_failures(program: str) -> None:
    good = with_request(small(), allocate("new", instance("plain", 2 * GIB, 1, 5 * GIB)))
    bad = {
        "line 1": "{",
        "request": json.dumps({key: value for key, value in good.items() if key != "request"}),
        "version 2": json.dumps({**good, "version": 1}),
        "alloc_policy": json.dumps({**good, "nodegroups": {"group-1": {**good["nodegroups"]["group-1"], "alloc_policy": "never"}}}),
        "memory": json.dumps(with_request(good, {**good["request"], "memory": -1})),
        "disk template": json.dumps(with_request(good, {**good["request"], "disk_template": "tape"})),
        "\"nodes\"": json.dumps({**good, "instances": {"x": {**instance("plain", 1024, 1, 1024), "nodes": ["nowhere"]}}}),
        "total_memory": json.dumps({**good, "nodes": {"a": {"group": "group-1"}}}),
    }
    allocator = Allocator(program)
    for told, text in bad.items():
        done = allocator.run(text)
        assert done.returncode == 1 and told in done.stderr and not done.stdout, (told, done)
    allocator.close()
    for options in (["--policy", "nonsense"], ["--capacity-checks", "some"], ["--kvm-node-memory", "-1"], ["--fast", "1"], ["--policy"]):
        allocator = Allocator(program, *options)
        done = allocator.run(json.dumps(good))
        assert done.returncode == 1 and done.stderr.startswith("spane-iallocator: "), done
        allocator.close()


def check_golden(program: str, folder: pathlib.Path) -> int:
    """The messages of Ganeti's own tests, where they are to be had: each is understood, and its answer is allowed."""
    allocator = Allocator(program)
    files = sorted(folder.glob("hail-*.json"))
    for file in files:
        cluster = json.loads(file.read_text())
        if "invalid-reloc" in file.name:
            assert allocator.run(file.read_text()).returncode == 1
            continue
        answer = allocator.ask(cluster)
        request = cluster["request"]
        if request["type"] == "allocate" and answer["success"]:
            for at in cluster["nodes"].values():
                at.setdefault("vm_capable", True)
            for spec in [request, *cluster["instances"].values()]:
                spec.setdefault("admin_state", "up")
            spec = {key: request[key] for key in request if key not in ("type", "name")}
            name = request["name"] + "-new"
            checks = "off" if any(at["ndparams"]["exclusive_storage"] for at in cluster["nodes"].values()) else "all"
            wrong = objections(cluster, with_instance(cluster, name, spec, answer["result"]), name, checks=checks)
            assert not wrong, (file.name, answer, wrong)
    allocator.close()
    return len(files)
