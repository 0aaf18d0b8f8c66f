"""All of Nova in one process, in which libspane decides.

API, conductor, scheduler, placement and computes are Nova's own, with its own test fixtures in the
place of libvirt, Keystone, Neutron and Glance. Run it in a process of its own: Nova patches Python.
"""

# isort: off
from nova.tests.functional.libvirt import base, test_numa_servers  # First: it patches Python.

# isort: on
import sys
import time
from typing import Any
from unittest import mock

import fixtures
import spane
from nova import objects
from nova.scheduler import manager
from nova.tests.fixtures import libvirt as fakelibvirt
from nova_fleet import CellShape, Flavor, HostShape, Ledger, Running
from rule import DefaultRule

from spane_nova import SpaneWeigher
from spane_nova.demand import Kind
from spane_nova.options import CONF
from spane_nova.weigher import picked_cells

CELLS = [CellShape(shared=8, dedicated=8, memory=16384)] * 2
MEMORY_KB = sum(cell.memory for cell in CELLS) * 1024
SHARED, DEDICATED = "0-7,16-23", "8-15,24-31"

PIN = {"hw:cpu_policy": "dedicated"}
FLAVORS = {
    "small": Flavor(2, 2048, {"hw:numa_nodes": "1"}),
    "wide": Flavor(4, 4096, {"hw:numa_nodes": "2"}),
    "pinned": Flavor(2, 2048, {"hw:numa_nodes": "1"} | PIN),
    "wide pinned": Flavor(4, 6144, {"hw:numa_nodes": "2"} | PIN),
}
MIX = {"wide": 3, "wide pinned": 2}


class RecordingWeigher(SpaneWeigher):
    """Remembers what was decided last."""

    last: dict[str, Any]

    def weigh_objects(self, weighed_obj_list: Any, weight_properties: Any) -> list[float]:
        scores = super().weigh_objects(weighed_obj_list, weight_properties)
        type(self).last = {
            each.obj.host: (score, picked_cells(each.obj, weight_properties))
            for each, score in zip(weighed_obj_list, scores, strict=True)
        }
        return scores


class WholeNovaTest(base.LibvirtMigrationMixin, test_numa_servers.NUMAServersTestBase):
    """VMs are booted, resized, migrated, evacuated and deleted."""

    ADDITIONAL_FILTERS = ("SpaneNUMAFilter",)
    ADMIN_API = True
    microversion = "latest"

    def setUp(self) -> None:
        super().setUp()
        self.flags(cpu_shared_set=SHARED, cpu_dedicated_set=DEDICATED, group="compute")
        self.flags(vif_plugging_timeout=0)
        self.flags(cores=-1, ram=-1, instances=-1, group="quota")
        # The fixture has 16 CPUs at most.
        self.useFixture(
            fixtures.MonkeyPatch(
                "nova.virt.libvirt.host.Host.get_online_cpus", lambda _host: set(range(32))
            )
        )
        self.seconds = 0.0
        self.decisions = 0
        self.compared = self.checked = 0
        # Their flavors.
        self.servers: dict[str, str] = {}
        self.hosts = ["host0", "host1", "host2"]
        for host in self.hosts:
            self.start_compute(hostname=host)
        self.flavors = {
            name: self._create_flavor(
                vcpu=flavor.vcpus,
                memory_mb=flavor.memory,
                disk=1,
                ephemeral=0,
                extra_spec=flavor.specs,
            )
            for name, flavor in FLAVORS.items()
        }

    def _get_connection(self, *given: Any) -> Any:
        """A host with two cells of 16 CPUs, which the fixture itself would refuse."""
        info = fakelibvirt.HostInfo(
            cpu_nodes=2, cpu_sockets=1, cpu_cores=16, cpu_threads=1, kB_mem=MEMORY_KB
        )
        return fakelibvirt.Connection(
            "qemu:///system",
            version=fakelibvirt.FAKE_LIBVIRT_VERSION,
            hv_version=fakelibvirt.FAKE_QEMU_VERSION,
            host_info=info,
            hostname=given[-1],
        )

    def _setup_scheduler_service(self) -> Any:
        mix = f"{self.useFixture(fixtures.TempDir()).path}/mix.csv"
        expected = [FLAVORS[name] for name, count in MIX.items() for _ in range(count)]
        spane.Trace.from_arrays(
            [float(flavor.vcpus) for flavor in expected],
            [flavor.memory / 1024 for flavor in expected],
            list(range(len(expected))),
            [1.0] * len(expected),
            span=[int(flavor.specs["hw:numa_nodes"]) for flavor in expected],
        ).save(mix)
        self.flags(mix=mix, weight_multiplier=100000.0, group="spane")
        self.flags(
            available_filters=["nova.scheduler.filters.all_filters", "spane_nova.SpaneNUMAFilter"],
            weight_classes=["nova.scheduler.weights.all_weighers", "whole_nova.RecordingWeigher"],
            enabled_filters=[*CONF.filter_scheduler.enabled_filters, *self.ADDITIONAL_FILTERS],
            group="filter_scheduler",
        )
        # Nova's part of a decision is all that the scheduler does, but for libspane.
        select = manager.SchedulerManager._schedule

        def timed(*args: Any, **named: Any) -> Any:
            started = time.perf_counter()
            try:
                return select(*args, **named)
            finally:
                self.seconds += time.perf_counter() - started
                self.decisions += 1

        self.useFixture(
            fixtures.MonkeyPatch("nova.scheduler.manager.SchedulerManager._schedule", timed)
        )
        return self.start_service("scheduler")

    @property
    def weigher(self) -> RecordingWeigher:
        """The one in the scheduler."""
        weighers = self.scheduler.manager.host_manager.weighers
        return next(each for each in weighers if isinstance(each, RecordingWeigher))

    def ledger(self) -> Ledger:
        """What must be left of the hosts, by the VMs in Nova's database."""
        states = self.scheduler.manager.host_manager.get_host_states_by_uuids(self.ctxt, None, None)
        by_name = {state.host: state for state in states}
        vms = objects.InstanceList.get_by_filters(
            self.ctxt, {"deleted": False}, expected_attrs=["numa_topology"]
        )
        return Ledger(
            # Shared CPUs are overcommitted by 4, which is Nova's default.
            [HostShape(CELLS, cpu_ratio=4.0)] * len(self.hosts),
            [by_name[host] for host in self.hosts],
            self.weigher,
            {
                vm.uuid: Running(
                    self.hosts.index(vm.host), FLAVORS[self.servers[vm.uuid]], vm.numa_topology
                )
                for vm in vms
                if vm.host in self.hosts
            },
        )

    def check(self, *, without: str = "nowhere") -> None:
        """libspane's servers are what the VMs in Nova's database leave of the hosts."""
        for _ in range(10):
            if not self.differences(without):
                break
            # A compute tells what it has left a little after a VM has gone from the database.
            time.sleep(0.05)
        else:
            # After an evacuation Nova only tells what a VM leaves in what it does each minute.
            for host in self.hosts:
                if host != without:
                    self.computes[host].manager.update_available_resource(self.ctxt)
        self.assertEqual([], self.differences(without))
        self.checked += 1

    def differences(self, without: str) -> list[str]:
        """Those of hosts that are up."""
        return [each for each in self.ledger().differences() if not each.startswith(without)]

    def best(self, before: Ledger, flavor: Flavor) -> set[str]:
        """The hosts that the rule likes best, of those that passed."""
        pinned = "hw:cpu_policy" in flavor.specs
        kind = Kind(True, pinned)
        rule = DefaultRule(
            {
                (FLAVORS[n].vcpus, FLAVORS[n].memory, int(FLAVORS[n].specs["hw:numa_nodes"])): count
                for n, count in MIX.items()
            },
            servers=(16 if pinned else 64, 32768),
        )
        scores = {
            host: rule.score(
                before.left(self.hosts.index(host), kind), flavor.vcpus, flavor.memory, picked
            )
            for host, (_score, picked) in RecordingWeigher.last.items()
        }
        most = max(scores.values())
        return {host for host, score in scores.items() if score > most - 1e-5}

    def decided(self, server: Any, before: Ledger, flavor: Flavor, left: str = "") -> str:
        """The host of a server: the one that the rule wants, and the cells that were foreseen."""
        vm = objects.Instance.get_by_uuid(self.ctxt, server["id"], expected_attrs=["numa_topology"])
        self.assertNotEqual(left, vm.host)
        if RecordingWeigher.last:
            self.assertIn(vm.host, self.best(before, flavor))
            cells = tuple(sorted(cell.id for cell in vm.numa_topology.cells))
            self.assertEqual(RecordingWeigher.last[vm.host][1], cells)
            self.compared += 1
        return str(vm.host)

    def before(self) -> Ledger:
        """What the next decision is about."""
        RecordingWeigher.last = {}
        return self.ledger()

    def boot(self, name: str) -> Any:
        """A new server of this flavor."""
        before = self.before()
        server = self._create_server(flavor_id=self.flavors[name], networks="none")
        self.servers[server["id"]] = name
        self.decided(server, before, FLAVORS[name])
        self.check()
        return server

    def delete(self, server: Any) -> None:
        self._delete_server(server)
        del self.servers[server["id"]]
        self.check()

    def resize(self, server: Any, name: str) -> None:
        """Another flavor, and so another host."""
        before, source = self.before(), self.host_of(server)
        with mock.patch(
            "nova.virt.libvirt.driver.LibvirtDriver.migrate_disk_and_power_off", return_value="{}"
        ):
            self._resize_server(server, self.flavors[name])
        self.decided(server, before, FLAVORS[name], left=source)
        self._confirm_resize(server)
        self.servers[server["id"]] = name
        self.check()

    def live_migrate(self, server: Any) -> None:
        """To the host that the scheduler chooses."""
        before, source = self.before(), self.host_of(server)
        self._live_migrate(server, "completed")
        self.decided(server, before, FLAVORS[self.servers[server["id"]]], left=source)
        self.check()

    def _migrate_stub(self, domain: Any, destination: str, params: Any, flags: int) -> None:
        """What libvirt would do."""
        target = next(host for host in self.hosts if host in destination)
        connection = self.computes[target].driver._host.get_connection()
        connection.createXML(params["destination_xml"], "flags")
        domain.complete_job()

    def evacuate(self, host: str) -> int:
        """All servers of a host that has failed, which comes back empty."""
        self.computes[host].stop()
        service = self.admin_api.get_services(host=host, binary="nova-compute")[0]["id"]
        self.admin_api.put_service_force_down(service, True)
        stranded = [{"id": vm} for vm in sorted(self.servers) if self.host_of({"id": vm}) == host]
        for server in stranded:
            before = self.before()
            self._evacuate_server(server)
            self.decided(server, before, FLAVORS[self.servers[server["id"]]], left=host)
            self.check(without=host)
        self.restart_compute_service(host)
        self.admin_api.put_service_force_down(service, False)
        self.check()
        return len(stranded)

    def host_of(self, server: Any) -> str:
        return str(objects.Instance.get_by_uuid(self.ctxt, server["id"]).host)

    def test_the_life_of_servers(self) -> None:
        """Each decision is that of the rule, and Nova's cells are libspane's after each event."""
        names = list(FLAVORS)
        servers = [self.boot(names[number % len(names)]) for number in range(8)]
        self.delete(servers.pop(5))
        self.resize(servers[0], "wide")
        self.resize(servers[2], "wide pinned")
        self.live_migrate(servers[1])
        self.live_migrate(servers[3])
        evacuated = self.evacuate(self.host_of(servers[4]))
        servers.append(self.boot("wide pinned"))
        for server in servers[-3:]:
            self.delete(server)
        counters = self.weigher.counters
        self.assertEqual((0, 0), (counters.errors, counters.unscored))
        self.assertLess(8, self.compared)
        self.assertLess(0, evacuated)
        print(
            f"nova whole: 9 VMs booted, 2 resized, 2 live-migrated, {evacuated} evacuated; "
            f"{self.compared} decisions on the host of the rule and the cells foreseen, "
            f"{self.checked} comparisons of all cells, 0 differences; of "
            f"{1e3 * self.seconds / self.decisions:.1f} ms in the scheduler libspane takes "
            f"{1e3 * (counters.seconds - counters.seconds_of_nova) / counters.decisions:.1f} ms",
            file=sys.__stdout__,
        )
