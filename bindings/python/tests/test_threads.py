"""Clusters that several threads use at once, and decisions that are carried out later."""

from __future__ import annotations

import random
import threading

import pytest

import spane


@pytest.fixture
def cluster() -> spane.Cluster:
    cluster = spane.Cluster()
    cluster.add_servers(8, node_cpu=40, node_mem=90)
    return cluster


def test_threads_lose_nothing_and_overcommit_nothing(cluster: spane.Cluster) -> None:
    cluster.share()
    cluster.set_group(7, spane.GroupRule("at_most", 2))
    left: list[dict[int, spane.Request]] = []
    failed: list[BaseException] = []

    def work(number: int) -> None:
        own: dict[int, spane.Request] = {}
        draw = random.Random(number)
        try:
            session = spane.Session(cluster, spane.DEFAULT_POLICY)
            for step in range(400):
                vm = 1000 * number + step
                request = spane.Request(
                    draw.randint(1, 8), draw.randint(1, 30), group=7 * (step % 4 == 0)
                )
                if step % 2:
                    placed = session.place(vm, request) is not None
                else:
                    placed = False
                    while not placed and (proposal := session.propose(request)) is not None:
                        placed = cluster.commit(vm, proposal)
                if placed:
                    own[vm] = request
                if own and (len(own) > 25 or draw.random() < 0.4):
                    gone = draw.choice(sorted(own))
                    cluster.release(gone)
                    del own[gone]
        except BaseException as error:
            failed.append(error)
        left.append(own)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(1, 5)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failed
    vms = {vm: request for own in left for vm, request in own.items()}
    assert cluster.vm_ids().tolist() == sorted(vms)
    amounts = cluster.amounts()
    assert amounts.free.min() >= 0
    used = (amounts.capacity - amounts.free).sum(axis=(0, 1))
    assert used.tolist() == [sum(r.cpu for r in vms.values()), sum(r.mem for r in vms.values())]
    for server in range(8):
        of_group = [vm for vm in cluster.vm_ids(server).tolist() if vms[vm].group == 7]
        assert len(of_group) <= 2


def test_a_proposal_holds_until_its_server_changes(cluster: spane.Cluster) -> None:
    session = spane.Session(cluster, "first-fit")
    proposal = session.propose(4, 8)
    assert proposal is not None
    assert proposal.placement == (0, (0,)) and proposal.request == spane.Request(4, 8)
    cluster.place(1, (1, (0,)), 4, 8)
    assert cluster.commit(2, proposal)
    assert cluster.find(2).placement == proposal.placement
    assert not cluster.commit(3, proposal)
    assert 3 not in cluster
    with pytest.raises(spane.ExistsError, match="id is 2"):
        cluster.commit(2, proposal)
    with pytest.raises(TypeError, match="proposal"):
        cluster.commit(3, (0, (0,)))  # type: ignore[arg-type]
    among = session.propose(spane.Request(4, 8), among=[5])
    assert among is not None and among.placement.server == 5
    assert session.propose(4, 8, among=[]) is None
    with pytest.raises(spane.NeverFitsError):
        session.propose(400, 8)


def test_a_callback_changes_nothing_of_a_cluster_that_is_not_shared(cluster: spane.Cluster) -> None:
    def change(done: int, total: int) -> None:
        cluster.cordon(0)

    with pytest.raises(spane.BadStateError, match="another call on this cluster"):
        cluster.save("/dev/null", progress=change)
