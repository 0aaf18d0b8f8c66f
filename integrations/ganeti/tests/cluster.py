"""Messages that Ganeti would send to an allocator, and what becomes of the cluster after an answer."""

from __future__ import annotations

import copy
import random

GIB = 1024
TEMPLATES = ["plain", "drbd", "rbd", "sharedfile", "ext", "file", "diskless"]
LOCAL = ("plain", "drbd")


def policy(ratio: float = 4.0, **most: int) -> dict:
    least = {"memory-size": 128, "cpu-count": 1, "disk-size": 512, "disk-count": 1, "nic-count": 0, "spindle-use": 0}
    largest = {"memory-size": 65536, "cpu-count": 32, "disk-size": 2**20, "disk-count": 16, "nic-count": 8, "spindle-use": 12}
    largest.update({key.replace("_", "-"): value for key, value in most.items()})
    return {
        "minmax": [{"min": least, "max": largest}],
        "std": dict(least, **{"memory-size": 4096}),
        "disk-templates": TEMPLATES,
        "vcpu-ratio": ratio,
        "spindle-ratio": 64.0,
    }


def node(group: str, mem: int, cpus: int, disk: int, own: int = 1024, **more) -> dict:
    return {
        "group": group, "total_memory": mem, "free_memory": mem - own, "reserved_memory": own,
        "total_disk": disk, "free_disk": disk, "total_cpus": cpus, "reserved_cpus": 1,
        "total_spindles": 12, "free_spindles": 12, "offline": False, "drained": False, "vm_capable": True, "tags": [],
        "ndparams": {"spindle_count": 12, "exclusive_storage": False}, **more,
    }


def message(nodes: dict[str, dict], groups: dict[str, dict] | None = None, tags: list[str] | None = None) -> dict:
    if groups is None:
        groups = {"group-1": {}}
    for uuid, group in groups.items():
        defaults = {"name": uuid.replace("group", "g"), "alloc_policy": "preferred", "networks": [], "tags": [], "ipolicy": policy()}
        groups[uuid] = {**defaults, **group}
    return {
        "version": 2, "cluster_name": "cluster", "cluster_tags": tags or [], "enabled_hypervisors": ["xen-pvm"],
        "ipolicy": policy(), "nodegroups": groups, "nodes": nodes, "instances": {}, "request": {},
    }


def instance(template: str, mem: int, vcpus: int, disk: int, **more) -> dict:
    """What a request and the list of instances say alike. DRBD takes 128 MiB more for its metadata."""
    total = {"plain": disk, "drbd": disk + 128}.get(template, 0)
    return {
        "disk_template": template, "memory": mem, "vcpus": vcpus, "disk_space_total": total,
        "disks": [{"mode": "rw", "size": disk, "spindles": 1}] if template != "diskless" else [],
        "spindle_use": 1, "nics": [], "tags": [], "admin_state": "up", "os": "linux", "hypervisor": "xen-pvm", **more,
    }


def allocate(name: str, spec: dict, **more) -> dict:
    request = {key: value for key, value in spec.items() if key != "admin_state"}
    return {**request, "type": "allocate", "name": name, "required_nodes": 2 if spec["disk_template"] == "drbd" else 1, **more}


def with_request(cluster: dict, request: dict) -> dict:
    return {**cluster, "request": request}


def put(cluster: dict, name: str, spec: dict, nodes: list[str]) -> None:
    """Books an instance: as the nodes would report it."""
    cluster["instances"][name] = {**spec, "nodes": list(nodes)}
    for role, where in enumerate(nodes):
        at = cluster["nodes"][where]
        if role == 0 and spec["admin_state"] == "up":
            at["free_memory"] -= spec["memory"]
        if spec["disk_template"] in LOCAL:
            at["free_disk"] -= spec["disk_space_total"]
            if at["ndparams"]["exclusive_storage"]:
                at["free_spindles"] -= sum(disk["spindles"] for disk in spec["disks"])


def take(cluster: dict, name: str) -> dict:
    spec = cluster["instances"].pop(name)
    for role, where in enumerate(spec["nodes"]):
        at = cluster["nodes"][where]
        if role == 0 and spec["admin_state"] == "up":
            at["free_memory"] += spec["memory"]
        if spec["disk_template"] in LOCAL:
            at["free_disk"] += spec["disk_space_total"]
            if at["ndparams"]["exclusive_storage"]:
                at["free_spindles"] += sum(disk["spindles"] for disk in spec["disks"])
    return spec


def copy_of(cluster: dict) -> dict:
    return {**cluster, "nodes": copy.deepcopy(cluster["nodes"]), "instances": dict(cluster["instances"])}


def drawn(draw: random.Random, template: str | None = None) -> dict:
    """An instance of a random size."""
    vcpus = draw.choice([1, 1, 2, 2, 4, 8])
    return instance(template or draw.choice(["plain", "plain", "drbd", "drbd", "drbd", "rbd", "ext", "diskless"]),
                    vcpus * draw.choice([1, 2, 4]) * GIB, vcpus, draw.choice([5, 10, 20, 50]) * GIB)


def uneven(seed: int) -> dict:
    """A small cluster with all that makes a difference: groups of every policy, networks, tags, nodes that are out of use."""
    draw = random.Random(seed)
    groups = {
        "group-1": {"networks": ["net-a"]},
        "group-2": {"alloc_policy": draw.choice(["preferred", "last_resort", "unallocable"]), "networks": ["net-a", "net-b"],
                    "ipolicy": policy(draw.choice([1.5, 2.0, 4.0]), memory_size=draw.choice([8192, 65536]))},
    }
    nodes = {}
    for index in range(draw.randint(4, 9)):
        mem = draw.choice([16, 24, 32, 48]) * GIB
        group = "group-1" if index < 4 else "group-2"
        nodes[f"node{index}"] = node(group, mem, draw.choice([8, 12, 16]), draw.choice([60, 120, 400]) * GIB)
    for state in ("offline", "drained"):
        if draw.random() < 0.3:
            nodes[draw.choice(list(nodes))][state] = True
    if draw.random() < 0.2:
        nodes[draw.choice(list(nodes))]["vm_capable"] = False
    if draw.random() < 0.3:
        at = nodes[draw.choice(list(nodes))]
        at["free_memory"] -= draw.choice([300, 3000])  # more is missing than the record knows
    cluster = message(nodes, groups, ["htools:iextags:service"])
    return cluster


def drawn_request(draw: random.Random, name: str) -> tuple[dict, dict]:
    spec = drawn(draw)
    if draw.random() < 0.2:
        spec["tags"] = [f"service:{draw.choice('ab')}"]
    if draw.random() < 0.2:
        spec["nics"] = [{"mac": "aa:00:00:00:00:01", "ip": None, "network": draw.choice(["net-a", "net-b"])}]
    if draw.random() < 0.15:
        spec["admin_state"] = "down"
    return spec, allocate(name, spec)
