import ArgumentParser
import SpaneWorkloads

/// A kind of fleet as it is named on the command line.
struct FleetKindArgument: ExpressibleByArgument {
    let kind: FleetKind

    static var allValueStrings: [String] { FleetKind.allCases.map(\.rawValue) }

    var defaultValueDescription: String { kind.rawValue }

    init(_ kind: FleetKind) { self.kind = kind }

    init?(argument: String) {
        guard let kind = FleetKind(rawValue: argument) else { return nil }
        self.kind = kind
    }
}

/// What the options of simulated fleets may be.
enum FleetWorkloadArguments {
    static func check(servers: Int) throws {
        guard servers >= 1, servers <= FleetWorkload.mostServers else {
            throw ValidationError("--servers is \(servers); it must be in 1 ... \(FleetWorkload.mostServers).")
        }
    }

    static func check(load: Double, _ option: String) throws {
        guard load > 0, load <= FleetWorkload.mostLoad else {
            throw ValidationError("\(option) is \(load); it must be above 0 and at most \(FleetWorkload.mostLoad).")
        }
    }

    static func check(days: Double) throws {
        guard days > 0, days <= FleetWorkload.mostDays else {
            throw ValidationError("--days is \(days); it must be above 0 and at most \(FleetWorkload.mostDays).")
        }
    }
}
