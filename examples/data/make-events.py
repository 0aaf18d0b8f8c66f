#!/usr/bin/env python3
"""Writes events.csv: VMs that arrive at random on a few servers, a busy time in the middle. Always the same."""

import random

FLAVORS = [(1, 1, 20), (1, 2, 25), (2, 4, 25), (2, 8, 10), (4, 8, 10), (4, 16, 5), (8, 16, 3), (8, 32, 1), (16, 64, 1)]
VMS = 1000

draw = random.Random(1).random


def chosen_flavor():
    point = draw() * sum(weight for _, _, weight in FLAVORS)
    for cpu, mem, weight in FLAVORS:
        point -= weight
        if point < 0:
            break
    return cpu, mem


def main():
    events = []
    time = 0.0
    for vm in range(1, VMS + 1):
        busy = VMS // 3 < vm < 2 * VMS // 3
        time += (20 if busy else 40) * 2 * draw()
        cpu, mem = chosen_flavor()
        lifetime = 300 + 7200 * draw() ** 3 * 2
        events.append((round(time), vm, "arrive", cpu, mem))
        events.append((round(time + lifetime), vm, "leave", cpu, mem))
    with open("events.csv", "w", encoding="utf-8") as file:
        file.write("time,event,id,cpu,mem\n")
        for time, vm, event, cpu, mem in sorted(events):
            file.write(f"{time},{event},{vm},{cpu},{mem}\n")


if __name__ == "__main__":
    main()
