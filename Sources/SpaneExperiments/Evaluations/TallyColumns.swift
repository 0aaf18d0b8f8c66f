internal import SpaneEvaluation
internal import SpaneStorage

/// The columns of what was asked for and what was refused of it, with one value per episode.
enum TallyColumns {
    private struct Amount {
        let name: String
        let unit: String
        let path: WritableKeyPath<LossEpisode.Count, Double>
    }

    /// Beside the number of VMs.
    private static var amounts: [Amount] {
        [
            Amount(name: "cores", unit: "cores", path: \.cores),
            Amount(name: "core_seconds", unit: "core s", path: \.coreSeconds),
            Amount(name: "mem", unit: "GB", path: \.mem),
        ]
    }

    private static var sides: [(name: String, path: WritableKeyPath<LossEpisode.Tally, LossEpisode.Count>)] {
        [("asked", \.asked), ("refused", \.refused)]
    }

    /// Writes them into a group.
    ///
    /// - Parameter suffix: which VMs they are of, behind the names of the datasets.
    static func put(
        _ tallies: [LossEpisode.Tally],
        _ suffix: String = "",
        into file: borrowing HDF5Writer,
        _ group: String
    ) throws(StorageError) {
        for side in sides {
            let (name, counts) = ("\(group)/\(side.name)\(suffix)", tallies.map { $0[keyPath: side.path] })
            try file.dataset(name, counts: counts.map(\.vms))
            for amount in amounts {
                try file.dataset("\(name)_\(amount.name)", counts.map { $0[keyPath: amount.path] }, unit: amount.unit)
            }
        }
    }

    /// Reads what ``put(_:_:into:_:)`` wrote.
    static func read(
        _ file: borrowing HDF5Reader,
        _ group: String,
        _ suffix: String = "",
        count: Int
    ) throws(StorageError) -> [LossEpisode.Tally] {
        var tallies = Array(repeating: LossEpisode.Tally(), count: count)
        for side in sides {
            let name = "\(group)/\(side.name)\(suffix)"
            let vms = try file.counts(name, count: count, "a number of VMs")
            for index in tallies.indices { tallies[index][keyPath: side.path].vms = vms[index] }
            for amount in amounts {
                let values = try file.amounts("\(name)_\(amount.name)", count: count, "an amount")
                let path = side.path.appending(path: amount.path)
                for index in tallies.indices { tallies[index][keyPath: path] = values[index] }
            }
        }
        return tallies
    }
}
