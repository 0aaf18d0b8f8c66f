public import SpaneScheduling

/// What became of the VMs that were offered to a fleet in which nothing waits: what fits nowhere is refused and gone.
public struct LossEpisode: Equatable, Sendable {
    /// VMs, and what they ask for.
    public struct Count: Equatable, Sendable {
        /// How many.
        public var vms = 0
        /// Their cores.
        public var cores = 0.0
        /// Their cores times their lifetimes in seconds.
        public var coreSeconds = 0.0
        /// Their memory in GB.
        public var mem = 0.0

        /// Nothing.
        public init() {}

        mutating func add(_ request: Request, _ lifetime: Double) {
            vms += 1
            cores += request.cpu
            coreSeconds += request.cpu * lifetime
            mem += request.mem
        }

        mutating func add(_ other: Count) {
            vms += other.vms
            cores += other.cores
            coreSeconds += other.coreSeconds
            mem += other.mem
        }
    }

    /// What was asked for and what of it was refused.
    public struct Tally: Equatable, Sendable {
        /// All that was asked for.
        public package(set) var asked = Count()
        /// What was refused of it.
        public package(set) var refused = Count()

        /// Nothing was asked for.
        public init() {}

        /// Refused VMs of those asked for, 0 ... 1.
        public var refusedVMs: Double { asked.vms > 0 ? Double(refused.vms) / Double(asked.vms) : 0 }
        /// Refused cores of those asked for, 0 ... 1.
        public var refusedCores: Double { asked.cores > 0 ? refused.cores / asked.cores : 0 }
        /// Refused core-seconds of those asked for, 0 ... 1: the load that is not hosted.
        public var refusedLoad: Double { asked.coreSeconds > 0 ? refused.coreSeconds / asked.coreSeconds : 0 }

        mutating func add(_ other: Tally) {
            asked.add(other.asked)
            refused.add(other.refused)
        }
    }

    /// All VMs.
    public private(set) var all = Tally()
    /// Those of each ``SizeClass``, in their order.
    public private(set) var bySize = SizeClass.allCases.map { _ in Tally() }
    /// The metrics of the fleet.
    public internal(set) var figures: FleetFigures
    /// The moves that made room.
    public internal(set) var moved = MoveCount()

    init(metrics: Int) { figures = FleetFigures(metrics: metrics) }

    /// What was played elsewhere.
    package init(all: Tally, bySize: [Tally], figures: FleetFigures, moved: MoveCount) {
        (self.all, self.bySize, self.figures, self.moved) = (all, bySize, figures, moved)
    }

    mutating func count(_ size: SizeClass, _ request: Request, lifetime: Double, isPlaced: Bool) {
        var tally = Tally()
        tally.asked.add(request, lifetime)
        if !isPlaced { tally.refused.add(request, lifetime) }
        all.add(tally)
        bySize[size.rawValue].add(tally)
    }
}

/// A VM's size beside that of the largest server, so that cores may be counted in any unit.
public enum SizeClass: Int, CaseIterable, Sendable {
    /// Fewer cores than a sixteenth of the largest server.
    case small
    /// From a sixteenth on.
    case medium
    /// From a quarter of the largest server on.
    case large

    /// The class of a VM with so many cores.
    ///
    /// - Parameter largest: the cores of the largest server; see ``SpaneScheduling/Fleet/mostCores``.
    public init(cores: Double, largest: Double) {
        self = 4 * cores >= largest ? .large : 16 * cores >= largest ? .medium : .small
    }

    /// Its name in results.
    public var name: String {
        switch self {
        case .small: "small"
        case .medium: "medium"
        case .large: "large"
        }
    }
}

extension Fleet {
    /// The most cores that a server has.
    public var mostCores: Double {
        zip(types, counts).filter { $0.1 > 0 }.reduce(0) { most, type in
            max(most, type.0.nodes.reduce(0) { $0 + $1[0] })
        }
    }
}
