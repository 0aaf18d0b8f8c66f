#!/usr/bin/env python3
"""A day of a fleet, as in ../c/day.c, which prints the same: servers of three kinds in three zones, services whose
VMs keep apart, failures, maintenance, and VMs that move to make room. python3 day.py [POLICY]"""

import sys
from collections import Counter

import spane

NEAR = [[10, 12, 30, 30], [12, 10, 30, 30], [30, 30, 10, 12], [30, 30, 12, 10]]
QUAD = spane.ServerType([(20, 45)] * 4, distances=NEAR, name="quad")
LARGE = spane.ServerType([(64, 256)] * 2, traits=1, name="large")
RACK = [spane.ServerType([(40, 90)] * 2, name="dual")] * 6 + [QUAD] * 2 + [LARGE] * 2
APART = {2: spane.GroupRule("at_most", 1, "rack"), 3: spane.GroupRule("spread", 3, "zone")}

cluster = spane.Cluster(nodes=4, traits=["local-ssd"], levels=["zone", "rack"])
for server in range(120):
    cluster.add_servers(RACK[server % 10])
    cluster.set_domain(server, "zone", server // 40)
    cluster.set_domain(server, "rack", server // 10)
session = spane.Session(cluster, sys.argv[1] if len(sys.argv) > 1 else spane.DEFAULT_POLICY)
vms, ends, done, seed = [], {}, Counter(), 1  # requests by id; when what runs ends, in minutes

def below(bound: int) -> int:
    global seed
    seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
    return (seed >> 33) % bound

def place(vm: int) -> bool:
    """Finds a place for a VM, where need be by moving others."""
    if session.place(vm, vms[vm]) is not None:
        return True
    plan = cluster.plan_room(vms[vm])
    if plan.found:
        cluster.apply(plan)  # here the hypervisors migrate, in the order of the moves
        done.update(moved=len(plan.moves), room=1)
    return plan.found and session.place(vm, vms[vm]) is not None

def stop(vm: int) -> None:
    cluster.release(vm), ends.pop(vm)

def arrive(minute: int) -> None:
    """A service of one VM, of two that share no rack, or of three in three zones: all of them start, or none."""
    kind, size = below(20), below(6)
    first, count = len(vms), 1 if kind < 11 else 2 if kind < 14 else 3
    if count > 1:
        cluster.set_group(first + 1, APART[count])
    for vm in range(first, first + count):
        mem = 2**size * (2 if below(2) else 4)
        ssd = int(size < 3 and below(10) == 0)  # a few want a local SSD
        group = first + 1 if count > 1 else 0
        vms.append(spane.Request(2**size, mem, span=2 if mem > 64 else 1, require=ssd, group=group))
        if place(vm):
            ends[vm] = minute + 30 + below(600)
    started = [vm for vm in range(first, first + count) if vm in ends]
    done.update(placed=count) if len(started) == count else done.update(refused=count, reasons=1)
    if len(started) < count and done["reasons"] <= 3:
        print(f"minute {minute:4}: a service of {count} is refused: {session.explain(vms[first], k=1)}")
    for vm in started if len(started) < count else ():
        stop(vm)

def grow(vm: int) -> None:
    """A VM doubles where it runs, if there is room."""
    old = vms[vm]
    new = spane.Request(2 * old.cpu, 2 * old.mem, old.span, require=old.require, group=old.group)
    try:
        cluster.resize(vm, new)
        vms[vm] = new
        done["grown"] += 1
    except spane.InfeasibleActionError:
        done["stunted"] += 1

def fail(servers) -> None:
    for server in servers:
        for vm in map(int, cluster.fail_server(server)):
            end = ends.pop(vm)
            if place(vm):
                ends[vm] = end
            done["restarted" if vm in ends else "lost"] += 1

def empty(server: int) -> None:
    """VMs that must stay apart, which plans leave alone, go where they would be placed anew."""
    cluster.cordon(server)
    cluster.apply(plan := cluster.plan_drain(server))
    done["moved"] += len(plan.moves)
    for vm in map(int, cluster.vm_ids(server)):
        with cluster.trial():
            cluster.release(vm)
            target = session.choose(vms[vm])
        if target is not None:
            cluster.move(vm, target)
            done["moved"] += 1
    done["emptied"] += not cluster.vm_ids(server).size

for minute in range(1, 24 * 60 + 1):
    for vm in [vm for vm, end in ends.items() if end <= minute]:
        stop(vm)
        done["ended"] += 1
    for _ in range(below(5)):
        arrive(minute)
    if minute % 7 == 0 and (vm := below(len(vms))) in ends:
        grow(vm)
    fail(range(17, 18) if minute == 360 else range(30, 40) if minute == 840 else ())
    for server in range(30, 40) if minute == 900 else ():
        cluster.uncordon(server)
    if minute % 180 == 0:
        empty(40 + minute // 180)
    if minute % 180 == 60 and minute > 180:
        cluster.uncordon(40 + minute // 180)
print("placed {placed} VMs, refused {refused}; {ended} ended, {grown} grew, {stunted} had no room to".format(**done))
print("{restarted} VMs of failed servers started elsewhere, {lost} did not".format(**done))
print("emptied {emptied} servers, made room {room} times, by {moved} moves".format(**done))
