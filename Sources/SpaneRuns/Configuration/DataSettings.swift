internal import SpaneEvaluation
internal import SpaneScheduling
internal import SpaneSettings
internal import SpaneTraining
internal import SpaneWorkloads

/// `[data]`: what training episodes are made of.
package struct DataSettings: Equatable, Sendable {
    /// One trace to train on.
    package struct Source: Equatable, Sendable {
        /// The file of the trace.
        package var file = ""
        /// The starts that training may use, as `LO..<HI`.
        package var starts = "0..<50000"
        /// How often the trace is drawn.
        package var weight = 1

        package init(file: String = "") { self.file = file }

        /// `starts` as a range; its form was checked.
        var range: Range<Int>? { Starts.range(starts) }
    }

    /// The traces.
    package var traces: [Source] = []
    /// The file of the one fleet to train on; empty for `servers` equal servers with two nodes.
    package var fleet = ""
    /// The number of servers of each cluster.
    package var servers = [5]
    /// Cores of one NUMA node.
    package var nodeCPU = Fleet.publishedNode.cpu
    /// GB of one NUMA node.
    package var nodeMem = Fleet.publishedNode.mem
    /// A VM with more GB than this is split.
    package var splitAbove = Fleet.publishedSplitAbove
    /// The most moves that make room for a VM that fits nowhere; 0 for none.
    package var moves = 0
    /// How long a GB takes that is moved, in seconds.
    package var moveSecondsPerGB = 0.0
    /// What every move costs beside its GB, in GB.
    package var movePrice = MovePrices.defaultMove
    /// The steps of the search for a plan of moves.
    package var moveBudget = MoveLimits.defaultBudget
    /// Variants of each trace with another mix of sizes.
    package var mixes = 0
    /// The spread of the factors of such a mix.
    package var mixStrength = 0.5

    /// What says which keys of servers there are.
    static var fleetKey: Setting<DataSettings> {
        .file(
            "fleet",
            \.fleet,
            "Fleet to train on: a TOML file, or a saved cluster in HDF5, whose VMs are ignored. It replaces the keys of equal "
                + "servers; \"\" for those."
        )
    }

    var keys: [Setting<DataSettings>] {
        [Self.tracesKey, Self.fleetKey] + (fleet.isEmpty ? Self.serverKeys : []) + Self.moveKeys + Self.mixKeys
    }

    /// The moves that may make room; `nil` for none.
    var moveLimits: MoveLimits? {
        guard moves > 0 else { return nil }
        return MoveLimits(
            moves: moves,
            budget: moveBudget,
            prices: MovePrices(move: movePrice),
            secondsPerGB: moveSecondsPerGB
        )
    }

    /// Where nothing is moved, a run is the same as before there were moves.
    private static var moveKeys: [Setting<DataSettings>] {
        let keys: [Setting<DataSettings>] = [
            .integer(
                "moves",
                \.moves,
                0...MoveLimits.largestMoves,
                "The most live migrations that make room for a VM that fits nowhere, in training and validation; 0 for none."
            ),
            .number(
                "move_seconds_per_gb",
                \.moveSecondsPerGB,
                .within(0...1e6),
                "How long a GB takes that is moved, in seconds."
            ),
            .number(
                "move_price",
                \.movePrice,
                .within(0...1e6),
                "What every move costs beside its GB when plans are compared, in GB."
            ),
            .integer("move_budget", \.moveBudget, 0...1_000_000_000, "Steps of the search for a plan of moves."),
        ]
        return keys.map { key in key.unless { data in data.moves == 0 } }
    }

    private static var serverKeys: [Setting<DataSettings>] {
        [
            .integers(
                "servers",
                \.servers,
                1...Fleet.maximumServers,
                "Cluster sizes in servers; with several, each episode samples one."
            ),
            .number("node_cpu", \.nodeCPU, .positive(upTo: Resources.largest), "Cores of one NUMA node."),
            .number("node_mem", \.nodeMem, .positive(upTo: Resources.largest), "Memory of one NUMA node in GB."),
            .number(
                "split_above",
                \.splitAbove,
                .within(0...Resources.largest),
                "VMs with more memory than this, in GB, are split over the NUMA nodes of their server."
            ),
        ]
    }

    private static var mixKeys: [Setting<DataSettings>] {
        [
            .integer(
                "mixes",
                \.mixes,
                0...1000,
                "Data augmentation: variants of each trace with another mix of VM sizes, each sampled as often as the trace."
            ),
            .number(
                "mix_strength",
                \.mixStrength,
                .within(0...FlavorMix.largestStrength),
                "Standard deviation of the logarithm of the factor on the share of each size in a variant."
            ),
        ]
    }

    private static var sourceKeys: [Setting<Source>] {
        [
            .text("file", \.file, ""),
            .text("starts", \.starts, "", rule: "a range LO..<HI with LO below HI, such as \"0..<50000\"") {
                Starts.range($0) != nil
            },
            .integer("weight", \.weight, 1...EpisodeSource.Workload.largestWeight, ""),
        ]
    }

    private static var tracesKey: Setting<DataSettings> {
        let rule = "a list of tables with file, starts and weight"
        return Setting(
            name: "traces",
            comment:
                "Traces to train on: file (HDF5 or CSV; --trace overrides it), starts (range LO..<HI of the first VM of an "
                + "episode), weight (how often it is sampled, 1 ... 1000000).",
            rule: rule,
            read: { (data, value) throws(Refusal) in
                guard case .list(let values) = value else { throw Refusal(value: value, rule: rule) }
                var sources: [Source] = []
                for (index, value) in values.enumerated() {
                    sources.append(try source(value, place: "[\(index)]", rule: rule))
                }
                data.traces = sources
            },
            write: { .list($0.traces.map { source in entry(source, sourceKeys) }) },
            // A trace is known by its content, so that it may be moved.
            identity: { .list($0.traces.map { source in entry(source, sourceKeys.filter { $0.name != "file" }) }) }
        )
    }

    private static func source(_ value: TOML, place: String, rule: String) throws(Refusal) -> Source {
        guard case .table(let entries) = value else { throw Refusal(place: place, value: value, rule: rule) }
        let keys = sourceKeys
        if let unknown = entries.keys.sorted().first(where: { name in !keys.contains { $0.name == name } }) {
            throw Refusal(place: place, value: .other("given the key \"\(unknown)\""), rule: rule)
        }
        var source = Source()
        for key in keys {
            guard let value = entries[key.name] else { continue }
            do {
                try key.read(&source, value)
            } catch {
                throw Refusal(place: "\(place).\(key.name)", value: error.value, rule: error.rule)
            }
        }
        return source
    }

    private static func entry(_ source: Source, _ keys: [Setting<Source>]) -> TOML {
        .table(Dictionary(uniqueKeysWithValues: keys.map { ($0.name, $0.write(source)) }))
    }
}
