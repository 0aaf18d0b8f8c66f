internal import Glibc
internal import SpaneScheduling

/// VMs that keep a cluster of any size equally busy: about one leaves for each that arrives.
struct BusyTrace {
    let trace: Trace
    let servers: Int
    /// The VMs that are placed before the episode ends.
    let length: Int
    /// The VMs after which the cluster is as full as it stays.
    let fillCount: Int

    private static let sizes: [(cpu: Double, mem: Double, weight: Double)] = [
        (1, 1, 8), (1, 2, 14), (2, 4, 6), (2, 8, 2), (4, 8, 4), (4, 16, 1), (8, 16, 1), (16, 32, 0.5),
    ]
    private static let meanLifetime = 10_000.0
    /// The share of the scarcer resource in use.
    private static let load = 0.9

    /// `count` VMs to measure on, after those that fill the cluster.
    init(servers: Int, count: Int, seed: UInt64) throws {
        var generator = Xoshiro256StarStar(seed: seed)
        let weights = Self.sizes.reduce(0) { $0 + $1.weight }
        let cpu = Self.sizes.reduce(0) { $0 + $1.cpu * $1.weight } / weights
        let mem = Self.sizes.reduce(0) { $0 + $1.mem * $1.weight } / weights
        let node = Fleet.publishedNode
        let nodes = Double(servers * NUMATopology.nodesPerServer)
        let running = Self.load * nodes * min(node.cpu / cpu, node.mem / mem)
        self.servers = servers
        fillCount = Int(3 * running)
        length = fillCount + max(count, 1)
        var arrival = 0.0
        var vms: [VirtualMachine] = []
        for index in 0..<length + 2 {
            arrival += Self.exponential(&generator) * Self.meanLifetime / running
            var pick = generator.uniform() * weights
            let size = Self.sizes.first { size in
                pick -= size.weight
                return pick < 0
            }
            vms.append(
                VirtualMachine(
                    id: Int64(index),
                    cpu: size?.cpu ?? 1,
                    mem: size?.mem ?? 1,
                    arrival: arrival,
                    lifetime: Self.exponential(&generator) * Self.meanLifetime
                )
            )
        }
        trace = try Trace(vms)
    }

    private static func exponential(_ generator: inout Xoshiro256StarStar) -> Double { -log(1 - generator.uniform()) }
}
