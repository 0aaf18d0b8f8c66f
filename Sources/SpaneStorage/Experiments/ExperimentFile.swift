internal import SpaneScheduling

/// The waits of an experiment in HDF5, whole or under way. The schema is in `docs/file-formats.md`.
public enum ExperimentFile {
    static let format = "spane-experiment"
    static let version: Int64 = 1

    /// Writes all waits that are there; an existing file is replaced in one step.
    public static func write(_ experiment: ExperimentWaits, to path: String) throws(StorageError) {
        try HDF5Writer.write(path) { file throws(StorageError) in
            try file.attribute("format", format)
            try file.attribute("format_version", version)
            try file.attribute("experiment", experiment.kind)
            try file.attribute("trace_source", experiment.trace.source)
            try file.attribute("trace_licence", experiment.trace.licence)
            try file.attribute("trace_sha256", experiment.trace.contentHash)
            if let node = experiment.node {
                try file.attribute("node_cpu", node.cpu)
                try file.attribute("node_mem", node.mem)
            }
            if let bound = experiment.splitAbove { try file.attribute("split_above", bound) }
            if let fleet = experiment.fleet {
                try file.attribute("fleet", fleet.description)
                try file.attribute("fleet_sha256", fleet.sha256)
            }
            if let moves = experiment.moves {
                try file.attribute("move_seconds_per_gb", moves.secondsPerGB)
                try file.attribute("move_price", moves.prices.move)
                try file.attribute("move_budget", Int64(moves.budget))
            }
            for cluster in experiment.clusters { try put(cluster, of: experiment, into: file) }
        }
    }

    private static func put(
        _ cluster: ExperimentWaits.ServerCount,
        of experiment: ExperimentWaits,
        into file: borrowing HDF5Writer
    ) throws(StorageError) {
        let group = experiment.groupName(of: cluster)
        let unit = experiment.countsServers ? "servers" : "s"
        try file.group(group)
        if let moves = cluster.moves { try file.attribute("moves", Int64(moves), of: group) }
        try file.dataset("\(group)/start", cluster.starts.map(Int64.init), .compressed)
        try file.dataset("\(group)/length", cluster.lengths.map(Int64.init), .compressed)
        try file.dataset("\(group)/bound", cluster.bounds, .compressed)
        try file.attribute("unit", unit, of: "\(group)/bound")
        for (index, policy) in experiment.policies.enumerated() {
            guard let waits = cluster.waits[index] else { continue }
            let dataset = "\(group)/policy_\(index)"
            try file.dataset(dataset, waits, .compressed)
            try file.attribute("unit", unit, of: dataset)
            try file.attribute("policy", policy.name, of: dataset)
            try file.attribute("group", policy.group, of: dataset)
            try file.attribute("weights_sha256", policy.contentHash, of: dataset)
            if let moved = cluster.moved[index] { try put(moved, dataset, into: file) }
        }
    }

    private static func put(
        _ moved: [MoveCount],
        _ dataset: String,
        into file: borrowing HDF5Writer
    ) throws(StorageError) {
        try file.dataset("\(dataset)_moves", moved.map { Int64($0.moves) }, .compressed)
        for (name, values) in [("moved", moved.map(\.mem)), ("moved_local", moved.map(\.localMem))] {
            try file.dataset("\(dataset)_\(name)", values, .compressed)
            try file.attribute("unit", "GB", of: "\(dataset)_\(name)")
        }
    }

    /// Reads the waits of an experiment whose episodes and policies are known; those that the file lacks stay `nil`.
    ///
    /// - Throws: ``StorageError`` naming the file and what is missing, damaged, or of another experiment.
    public static func read(_ path: String, of experiment: ExperimentWaits) throws(StorageError) -> ExperimentWaits {
        try HDF5.perform { () throws(StorageError) in
            let file = try HDF5Reader(path: path)
            try file.check(format: format, version: version)
            try file.check("trace_sha256", of: "/", is: experiment.trace.contentHash)
            if let fleet = experiment.fleet { try file.check("fleet_sha256", of: "/", is: fleet.sha256) }
            var experiment = experiment
            for index in experiment.clusters.indices {
                let group = experiment.groupName(of: experiment.clusters[index])
                try fill(&experiment.clusters[index], experiment.policies, from: file, group)
            }
            return experiment
        }
    }

    private static func fill(
        _ cluster: inout ExperimentWaits.ServerCount,
        _ policies: [ExperimentWaits.Policy],
        from file: borrowing HDF5Reader,
        _ group: String
    ) throws(StorageError) {
        let otherEpisodes = file.error(.format, "group /\(group) holds other episodes than this experiment has")
        let count = cluster.starts.count
        func checkCount(_ dimensions: [Int]) throws(StorageError) {
            guard dimensions == [count] else { throw otherEpisodes }
        }
        guard try file.integers("\(group)/start", check: checkCount).values == cluster.starts.map(Int64.init),
            try file.integers("\(group)/length", check: checkCount).values == cluster.lengths.map(Int64.init),
            try file.doubles("\(group)/bound", check: checkCount).values == cluster.bounds
        else { throw otherEpisodes }
        for (index, policy) in policies.enumerated() {
            let dataset = "\(group)/policy_\(index)"
            guard try file.has(dataset) else { continue }
            try file.check("policy", of: dataset, is: policy.name)
            try file.check("weights_sha256", of: dataset, is: policy.contentHash)
            cluster.waits[index] = try amounts(dataset, count, "a wait", from: file)
            if cluster.moves != nil { cluster.moved[index] = try moved(dataset, count, from: file) }
        }
    }

    private static func moved(
        _ dataset: String,
        _ count: Int,
        from file: borrowing HDF5Reader
    ) throws(StorageError) -> [MoveCount] {
        let moves = try file.integers("\(dataset)_moves") { dimensions throws(StorageError) in
            try checkShape(dimensions, count, "\(dataset)_moves", file)
        }.values
        if let number = moves.first(where: { $0 < 0 }) {
            throw file.error(
                .format,
                "dataset /\(dataset)_moves has the value \(number); a number of moves is at least 0"
            )
        }
        let mem = try amounts("\(dataset)_moved", count, "what is moved", from: file)
        let localMem = try amounts("\(dataset)_moved_local", count, "what is moved", from: file)
        return moves.indices.map { index in
            var moved = MoveCount()
            (moved.moves, moved.mem, moved.localMem) = (Int(moves[index]), mem[index], localMem[index])
            return moved
        }
    }

    /// - Parameter name: what messages call a value.
    private static func amounts(
        _ dataset: String,
        _ count: Int,
        _ name: String,
        from file: borrowing HDF5Reader
    ) throws(StorageError) -> [Double] {
        let values = try file.doubles(dataset) { dimensions throws(StorageError) in
            try checkShape(dimensions, count, dataset, file)
        }.values
        if let value = values.first(where: { !($0 >= 0 && $0.isFinite) }) {
            throw file.error(.format, "dataset /\(dataset) has the value \(value); \(name) is at least 0")
        }
        return values
    }

    private static func checkShape(
        _ dimensions: [Int],
        _ count: Int,
        _ dataset: String,
        _ file: borrowing HDF5Reader
    ) throws(StorageError) {
        guard dimensions == [count] else {
            throw file.error(.shapeMismatch, "dataset /\(dataset) has shape \(dimensions); it must be [\(count)]")
        }
    }
}

extension ExperimentWaits {
    /// The group of the episodes on a number of servers; of windows, where the servers are what is counted,
    /// with a number of moves.
    fileprivate func groupName(of cluster: ServerCount) -> String {
        guard countsServers else { return "servers_\(cluster.servers)" }
        return cluster.moves.map { "windows_moves_\($0)" } ?? "windows"
    }
}

extension HDF5Reader {
    fileprivate func check(_ attribute: String, of object: String, is expected: String) throws(StorageError) {
        let found = try string(attribute, of: object)
        guard found == expected else {
            throw error(
                .format,
                "attribute \(attribute) of \(object) is \(found.map { "\"\($0)\"" } ?? "missing"); "
                    + "this experiment has \"\(expected)\""
            )
        }
    }
}
