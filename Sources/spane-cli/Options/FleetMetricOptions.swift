import ArgumentParser
import SpaneEvaluation
import SpaneScheduling

/// The options that say which metrics of the fleet are taken while episodes are played.
struct FleetMetricOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How often in the second half of an episode the metrics of the fleet are taken: "
                + "\(FleetMetric.all.map(\.title).joined(separator: ", ")). "
                + "[default: \(defaultWithoutQueue) with --no-queue, else 0]",
            valueName: "n"
        )
    )
    var samples: Int?

    @Option(
        help: ArgumentHelp(
            "One more such metric: how many VMs of this size still fit, such as 8x32. May be repeated.",
            valueName: "cores x GB"
        )
    )
    var room: [RoomArgument] = []

    private static let defaultWithoutQueue = 8

    func validate() throws {
        if let samples, samples < 0 {
            throw ValidationError("--samples is \(samples); it must be at least 0.")
        }
        if samples == 0, !room.isEmpty {
            throw ValidationError("--room is given and --samples is 0; it must be at least 1 for that.")
        }
    }

    func sampling(on fleet: Fleet, hasQueue: Bool) throws -> FleetSampling {
        let samples = samples ?? (hasQueue && room.isEmpty ? 0 : Self.defaultWithoutQueue)
        guard samples > 0 else { return .none }
        let rooms = try room.map { try FleetMetric.room(cpu: $0.cpu, mem: $0.mem, on: fleet) }
        return FleetSampling(FleetMetric.all + rooms, samples: samples)
    }
}

/// The size of a VM as `8x32`: cores and GB.
struct RoomArgument: ExpressibleByArgument {
    let cpu: Double
    let mem: Double

    init?(argument: String) {
        let parts = argument.split(separator: "x", omittingEmptySubsequences: false)
        guard parts.count == 2, let cpu = DecimalArgument(argument: String(parts[0])),
            let mem = DecimalArgument(argument: String(parts[1]))
        else { return nil }
        (self.cpu, self.mem) = (cpu.value, mem.value)
    }
}
