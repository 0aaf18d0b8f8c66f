"""Ganeti's rules once more, written independently of the allocator, from the message alone: whether an instance may be where an
answer puts it."""

from __future__ import annotations

from collections import defaultdict

from cluster import LOCAL

MIRRORED = ("drbd",)


class State:
    """What a message says about nodes, worked out anew each time."""

    def __init__(self, cluster: dict) -> None:
        self.cluster = cluster
        self.nodes = cluster["nodes"]
        self.primaries: dict[str, list[dict]] = defaultdict(list)
        self.kept: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.spindle_use: dict[str, int] = defaultdict(int)
        for spec in cluster["instances"].values():
            first, *rest = spec["nodes"]
            self.primaries[first].append(spec)
            for where in rest:
                if spec["admin_state"] != "offline":
                    self.kept[where][first] += spec["memory"]
            if spec["disk_template"] in LOCAL:
                for where in spec["nodes"]:
                    self.spindle_use[where] += spec["spindle_use"]

    def is_usable(self, name: str) -> bool:
        at = self.nodes[name]
        return at["vm_capable"] and not at["offline"] and not at["drained"]

    def free(self, name: str) -> int:
        """Memory that is left by the record and by the report, whichever is less."""
        at = self.nodes[name]
        running = sum(spec["memory"] for spec in self.primaries[name] if spec["admin_state"] == "up")
        return min(at["total_memory"] - at["reserved_memory"] - running, at["free_memory"])

    def promised(self, name: str) -> int:
        down = sum(spec["memory"] for spec in self.primaries[name] if spec["admin_state"] != "up")
        return self.nodes[name]["free_memory"] - down

    def reserve(self, name: str) -> int:
        return max(self.kept[name].values(), default=0)

    def lacks_reserve(self, name: str) -> bool:
        return self.free(name) <= self.reserve(name)

    def has_spindles(self, name: str) -> bool:
        at = self.nodes[name]
        if at["ndparams"]["exclusive_storage"]:
            return at["free_spindles"] >= 0
        return self.spindle_use[name] <= self.group(name)["ipolicy"]["spindle-ratio"] * at["ndparams"]["spindle_count"]

    def group(self, name: str) -> dict:
        return self.cluster["nodegroups"][self.nodes[name]["group"]]

    def survives(self, name: str) -> bool:
        """Whether all that runs there finds another place; two orders of trying are as good as each other."""
        at = self.nodes[name]
        left = {other: [self.free(other), self.nodes[other]["free_disk"]] for other in self.nodes
                if other != name and self.nodes[other]["group"] == at["group"] and self.is_usable(other)}
        homeless = []
        for spec in self.primaries[name]:
            mem = spec["memory"] if spec["admin_state"] == "up" else 0
            if spec["disk_template"] in MIRRORED:
                refuge = spec["nodes"][1]
                if refuge not in left:
                    is_there = not self.nodes[refuge]["offline"] and self.nodes[refuge]["vm_capable"]
                    left[refuge] = [self.free(refuge) if is_there else 0, 0]
                left[refuge][0] -= mem
                if left[refuge][0] <= 0:
                    return False
            else:
                homeless.append((mem, spec["disk_space_total"] if spec["disk_template"] in LOCAL else None))
        homeless.sort(key=lambda one: -one[0])
        return any(self._rehouse(homeless, {k: list(v) for k, v in left.items() if self.is_usable(k)}, sign) for sign in (1, -1))

    @staticmethod
    def _rehouse(homeless: list, left: dict[str, list[int]], sign: int) -> bool:
        for mem, disk in homeless:
            fitting = [name for name, (m, d) in left.items() if m > mem and (disk is None or d > disk)]
            if not fitting:
                return False
            best = min(fitting, key=lambda name: sign * left[name][0])
            left[best][0] -= mem
            left[best][1] -= disk or 0
        return True


def suits_policy(group: dict, spec: dict) -> bool:
    rules = group["ipolicy"]
    if spec["disk_template"] not in rules["disk-templates"]:
        return False
    if any(nic.get("network") and nic["network"] not in group["networks"] for nic in spec["nics"]):
        return False
    asked = [("memory-size", spec["memory"]), ("cpu-count", spec["vcpus"]), ("spindle-use", spec["spindle_use"])]
    asked += [("disk-size", disk["size"]) for disk in spec["disks"]]
    if spec["disk_template"] != "diskless":
        asked.append(("disk-count", len(spec["disks"])))
    return any(all(bound["min"][key] <= value <= bound["max"][key] for key, value in asked) for bound in rules["minmax"])


def objections(before: dict, after: dict, name: str, is_new: bool = True, checks: str = "all",
               is_forced: bool = False, roles: tuple[int, ...] = (0, 1)) -> list[str]:
    """What is wrong with where an instance is `after`, if it was nowhere `before`. `roles` are those whose node is new to it."""
    spec = after["instances"][name]
    old, new = State(before), State(after)
    wrong = []
    nodes = spec["nodes"]
    if len(nodes) != (2 if spec["disk_template"] in MIRRORED else 1) or len(set(nodes)) != len(nodes):
        wrong.append(f"nodes {nodes}")
    if len({new.nodes[where]["group"] for where in nodes}) != 1:
        wrong.append("nodes of several groups")
    if not all(new.is_usable(where) for where in nodes):
        return wrong + ["a node that is out of use"]
    group = new.group(nodes[0])
    if is_new and (group["alloc_policy"] == "unallocable" or not suits_policy(group, spec)):
        wrong.append(f"group {group['name']}")
    for role, where in enumerate(nodes):
        if role not in roles:
            continue
        at = new.nodes[where]
        if new.free(where) <= 0:
            wrong.append(f"memory of {where}")
        if spec["disk_template"] in LOCAL and at["free_disk"] <= 0:
            wrong.append(f"disk of {where}")
        if is_forced:
            continue
        if new.promised(where) <= 0 or (role == 1 and spec["memory"] >= min(old.free(where), old.promised(where))):
            wrong.append(f"memory of {where}")
        if new.lacks_reserve(where) and not old.lacks_reserve(where):
            wrong.append(f"N+1 of {where}")
        if spec["disk_template"] in LOCAL and not new.has_spindles(where):
            wrong.append(f"spindles of {where}")
    if 0 not in roles:
        return wrong
    at = new.nodes[nodes[0]]
    vcpus = at["reserved_cpus"] + sum(other["vcpus"] for other in new.primaries[nodes[0]] if other["admin_state"] != "offline")
    if not is_forced and vcpus > group["ipolicy"]["vcpu-ratio"] * at["total_cpus"]:
        wrong.append(f"vCPUs of {nodes[0]}")
    prefixes = [tag.removeprefix("htools:iextags:") + ":" for tag in after["cluster_tags"] if tag.startswith("htools:iextags:")]
    for tag in spec["tags"]:
        others = [other for other in new.primaries[nodes[0]] if other is not spec and tag in other["tags"]]
        if not is_forced and others and any(tag.startswith(prefix) for prefix in prefixes):
            wrong.append(f"tag {tag}")
    for where in new.nodes:
        if checks != "off" and new.nodes[where]["group"] == new.nodes[nodes[0]]["group"]:
            if not new.survives(where) and (checks == "all" or old.survives(where)):
                wrong.append(f"failure of {where}")
    return wrong
