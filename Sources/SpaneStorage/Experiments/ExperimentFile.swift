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
        try file.dataset("\(group)/start", counts: cluster.starts)
        try file.dataset("\(group)/length", counts: cluster.lengths)
        try file.dataset("\(group)/bound", cluster.bounds, unit: unit)
        if cluster.moves != nil {
            try file.dataset("\(group)/offered_mem", cluster.offeredMem, unit: "GB")
            try file.dataset("\(group)/days", cluster.days, .compressed)
        }
        for (index, policy) in experiment.policies.enumerated() {
            guard let waits = cluster.waits[index] else { continue }
            let dataset = "\(group)/policy_\(index)"
            try file.dataset(dataset, waits, unit: unit)
            try file.attribute("policy", policy.name, of: dataset)
            try file.attribute("group", policy.group, of: dataset)
            try file.attribute("weights_sha256", policy.contentHash, of: dataset)
            if let moved = cluster.moved[index] { try file.datasets("\(dataset)_", moved: moved) }
        }
    }

    /// Reads the waits of an experiment whose episodes and policies are known; those that the file lacks stay `nil`.
    ///
    /// - Throws: ``StorageError`` naming the file and what is missing, damaged, or of another experiment.
    public static func read(_ path: String, of experiment: ExperimentWaits) throws(StorageError) -> ExperimentWaits {
        try read(path, of: experiment) { (cluster, group, file) throws(StorageError) in
            try checkEpisodes(of: cluster, group, file)
        }
    }

    /// Reads what a file has of an experiment whose policies may stand in another order there, or be missing.
    package static func readByName(
        _ path: String,
        of experiment: ExperimentWaits
    ) throws(StorageError) -> ExperimentWaits {
        try read(path, of: experiment) { (cluster, group, file) throws(StorageError) in
            try checkEpisodes(of: cluster, group, file)
        } places: { (policy, group, file) throws(StorageError) in
            var place = 0
            while try file.has("\(group)/policy_\(place)") {
                let dataset = "\(group)/policy_\(place)"
                if try file.string("policy", of: dataset) == policy.name,
                    try file.string("weights_sha256", of: dataset) == policy.contentHash
                {
                    return place
                }
                place += 1
            }
            return nil
        }
    }

    /// Reads the waits of an experiment of which all is known but its episodes, so many on each number of servers.
    package static func read(
        _ path: String,
        of experiment: ExperimentWaits,
        episodes count: Int
    ) throws(StorageError) -> ExperimentWaits {
        try read(path, of: experiment) { (cluster, group, file) throws(StorageError) in
            cluster.starts = try file.counts("\(group)/start", count: count, "a start")
            cluster.lengths = try file.counts("\(group)/length", count: count, "a length")
            cluster.bounds = try file.amounts("\(group)/bound", count: count, "a bound")
            guard cluster.moves != nil else { return }
            cluster.offeredMem = try file.amounts("\(group)/offered_mem", count: count, "memory")
            cluster.days = try file.amounts("\(group)/days", count: count, "a time")
        }
    }

    /// Where the waits of a policy stand in a group of the file; `nil` where they do not.
    private typealias Place = (ExperimentWaits.Policy, String, borrowing HDF5Reader) throws(StorageError) -> Int?

    /// - Parameters:
    ///   - episodes: checks or reads the episodes on one number of servers, from a group of the file.
    ///   - places: `nil` where they are those in the experiment.
    private static func read(
        _ path: String,
        of experiment: ExperimentWaits,
        _ episodes: (inout ExperimentWaits.ServerCount, String, borrowing HDF5Reader) throws(StorageError) -> Void,
        places: Place? = nil
    ) throws(StorageError) -> ExperimentWaits {
        try HDF5.perform { () throws(StorageError) in
            let file = try HDF5Reader(path: path)
            try file.check(format: format, version: version)
            try file.check("trace_sha256", of: "/", is: experiment.trace.contentHash)
            if let fleet = experiment.fleet { try file.check("fleet_sha256", of: "/", is: fleet.sha256) }
            var experiment = experiment
            for index in experiment.clusters.indices {
                let group = experiment.groupName(of: experiment.clusters[index])
                try episodes(&experiment.clusters[index], group, file)
                try fill(&experiment.clusters[index], experiment.policies, from: file, group, places)
            }
            return experiment
        }
    }

    private static func checkEpisodes(
        of cluster: ExperimentWaits.ServerCount,
        _ group: String,
        _ file: borrowing HDF5Reader
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
    }

    private static func fill(
        _ cluster: inout ExperimentWaits.ServerCount,
        _ policies: [ExperimentWaits.Policy],
        from file: borrowing HDF5Reader,
        _ group: String,
        _ places: Place?
    ) throws(StorageError) {
        let count = cluster.starts.count
        for (index, policy) in policies.enumerated() {
            let place = if let places { try places(policy, group, file) } else { Optional(index) }
            guard let place else { continue }
            let dataset = "\(group)/policy_\(place)"
            guard try file.has(dataset) else { continue }
            try file.check("policy", of: dataset, is: policy.name)
            try file.check("weights_sha256", of: dataset, is: policy.contentHash)
            cluster.waits[index] = try file.amounts(dataset, count: count, "a wait")
            if cluster.moves != nil { cluster.moved[index] = try file.moved("\(dataset)_", count: count) }
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
