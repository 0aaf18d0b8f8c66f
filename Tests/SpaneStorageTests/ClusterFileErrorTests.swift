import SpaneFileTestSupport
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// HDF5 files that are no valid states of a cluster.
@Suite struct ClusterFileErrorTests {
    private let folder = TemporaryFolder()

    /// A server whose two nodes tell their distance, and a VM that wants its nodes near.
    private func write(_ path: String) throws {
        let layout = try Layout(nodes: 2)
        var cluster = Cluster(layout: layout)
        let type = ServerType(nodes: [[8, 16], [8, 16]], distances: [10, 21, 21, 10])
        try cluster.addServers([0, 0], of: [type])
        let request = layout.request(cpu: 2, mem: 4, span: 2, farthest: 21)
        try cluster.place(7, request, at: Placement(server: 1, nodes: NodeSet(first: 2)))
        try ClusterFile.write(cluster, to: path)
    }

    private func refuses(
        _ detail: String,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (HDF5Editor) -> Void
    ) throws {
        let path = folder.file("cluster.h5")
        try write(path)
        _ = try ClusterFile.read(path)
        try HDF5Editor.edit(path, change)
        expectError(.format, path, detail, sourceLocation: sourceLocation) { _ = try ClusterFile.read(path).vmCount }
    }

    @Test func valuesOutOfRange() throws {
        for (name, values, index, range) in [
            ("type_nodes", [3], 0, "1 ... 2"), ("type_nodes", [0], 0, "1 ... 2"),
            ("type_has_distances", [2], 0, "0 ... 1"), ("cordoned", [0, -1], 1, "0 ... 1"),
            ("type_distances", [10, 256, 21, 10], 1, "0 ... 255"), ("terms_farthest", [-1], 0, "0 ... 255"),
        ] as [(String, [Int64], Int, String)] {
            let value = values[index]
            try refuses("dataset /\(name) has the value \(value) at index \(index); it must be in \(range)") {
                $0.dataset(name, values)
            }
        }
    }

    @Test func integersThat64BitsDoNotHold() throws {
        try refuses("dataset /server_number has the value 18446744073709551615 at index 1; it must be an integer in ") {
            $0.dataset("server_number", unsigned: [0, .max])
        }
        try refuses("attribute nodes of / is 9223372036854775808; it must be at most 9223372036854775807") {
            $0.attribute("nodes", unsigned: 1 << 63)
        }
    }

    /// Identifiers have 64 bits of their own, with a sign or without.
    @Test func identifiers() throws {
        let path = folder.file("cluster.h5")
        for change: (HDF5Editor) -> Void in [
            { $0.dataset("vm_id", unsigned: [.max]) }, { $0.dataset("vm_id", [-1 as Int64]) },
        ] {
            try write(path)
            try HDF5Editor.edit(path, change)
            let ids = try ClusterFile.read(path).vmIDs
            #expect(ids == [.max])
        }
        try refuses("dataset /vm_id has the value 0.5 at index 0; it must be an integer in ") {
            $0.dataset("vm_id", [0.5])
        }
    }

    @Test func numbersOfServers() throws {
        try refuses("a server has the number 9223372036854775807, which is taken or too large") {
            $0.dataset("server_number", [0, .max as Int64])
        }
    }

    @Test func amountsThatNothingExplains() throws {
        try refuses("server 1: mem of node 1 has -inf left, less than its VMs leave by more than 4294967296.0") {
            $0.dataset("free", [8, 16, 8, 16, 7, 14, 7, -.infinity])
        }
    }
}
