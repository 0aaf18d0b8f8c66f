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
            let waits = try file.doubles(dataset) { dimensions throws(StorageError) in
                guard dimensions == [count] else {
                    throw file.error(
                        .shapeMismatch,
                        "dataset /\(dataset) has shape \(dimensions); it must be [\(count)]"
                    )
                }
            }.values
            if let wait = waits.first(where: { !($0 >= 0 && $0.isFinite) }) {
                throw file.error(.format, "dataset /\(dataset) has the value \(wait); a wait is at least 0")
            }
            cluster.waits[index] = waits
        }
    }
}

extension ExperimentWaits {
    /// The group of the episodes on a number of servers; of windows, where the servers are what is counted.
    fileprivate func groupName(of cluster: ServerCount) -> String {
        countsServers ? "windows" : "servers_\(cluster.servers)"
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
