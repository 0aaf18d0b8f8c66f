internal import SpaneScheduling

// When the places of reservations end, as it is written to HDF5 where a fleet has any.

extension ClusterFile {
    static func putReservations(of snapshot: Cluster.Snapshot, into file: borrowing HDF5Writer) throws(StorageError) {
        let reserved = snapshot.vms.filter { $0.expires != nil }
        guard !reserved.isEmpty else { return }
        try file.dataset("reservation_vm", reserved.map { Int64(bitPattern: $0.id) }, .compressed)
        try file.dataset("reservation_expires", reserved.map { $0.expires ?? 0 }, .compressed)
    }
}

extension HDF5Reader {
    /// Reads what there is of reservations into a state that has none.
    func readReservations(into snapshot: inout Cluster.Snapshot) throws(StorageError) {
        guard try has("reservation_vm") else { return }
        let ids = try identifiers("reservation_vm").values
        let ends = try doubles("reservation_expires", count: ids.count)
        // Those that are found are VMs; all are as many as there are reservations.
        var expires = Dictionary(zip(ids, ends)) { _, last in last }
        guard expires.count == ids.count else {
            throw error(.format, "dataset /reservation_vm has a VM twice")
        }
        if let wrong = ends.first(where: { !$0.isFinite }) {
            throw error(.format, "dataset /reservation_expires has the value \(wrong); it must be a finite number")
        }
        for vm in snapshot.vms.indices { snapshot.vms[vm].expires = expires.removeValue(forKey: snapshot.vms[vm].id) }
        if let unknown = expires.keys.min() {
            throw error(.format, "dataset /reservation_vm has VM \(unknown), which is not placed")
        }
    }
}
