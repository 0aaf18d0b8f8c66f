internal import SpaneScheduling

// The VMs of a fleet, as they are written to HDF5. Terms that several VMs share stand once.

extension ClusterFile {
    static func put(
        _ vms: [Cluster.Snapshot.VM],
        _ layout: Layout,
        into file: borrowing HDF5Writer
    ) throws(StorageError) {
        var terms: [RequestTerms] = []
        let termsOfVM = vms.map { vm -> Int64 in
            guard let mine = vm.request.terms else { return -1 }
            if let known = terms.firstIndex(of: mine) { return Int64(known) }
            terms.append(mine)
            return Int64(terms.count - 1)
        }
        try file.dataset("vm_id", vms.map { Int64(bitPattern: $0.id) }, .compressed)
        try file.dataset("vm_cpu", vms.map(\.request.cpu), .compressed)
        try file.dataset("vm_mem", vms.map(\.request.mem), .compressed)
        try file.dataset("vm_span", vms.map { Int64($0.request.span) }, .compressed)
        try file.dataset("vm_server", vms.map { Int64($0.placement.server) }, .compressed)
        try file.dataset("vm_nodes", vms.map { Int64($0.placement.nodes.rawValue) }, .compressed)
        try file.dataset("vm_terms", termsOfVM, .compressed)
        let extras = layout.extraResources.count
        let amounts = terms.flatMap { mine in
            (0..<extras).map { $0 < mine.extras.count ? Grid.amount(mine.extras[$0]) : 0 }
        }
        try file.dataset("terms_extras", amounts, .compressed)
        try file.dataset("terms_require", terms.map { Int64(bitPattern: $0.require) }, .compressed)
        try file.dataset("terms_forbid", terms.map { Int64(bitPattern: $0.forbid) }, .compressed)
        try file.dataset("terms_farthest", terms.map { Int64($0.farthest) }, .compressed)
    }
}

extension HDF5Reader {
    func vms(_ layout: Layout) throws(StorageError) -> [Cluster.Snapshot.VM] {
        let ids = try identifiers("vm_id").values
        try ClusterFile.checkMemory(0, ids.count, path)
        let cpu = try doubles("vm_cpu", count: ids.count)
        let mem = try doubles("vm_mem", count: ids.count)
        let span = try integers("vm_span", count: ids.count)
        let server = try integers("vm_server", count: ids.count)
        let nodes = try integers("vm_nodes", count: ids.count)
        let termsOfVM = try integers("vm_terms", count: ids.count)
        let terms = try terms(layout)
        var vms: [Cluster.Snapshot.VM] = []
        vms.reserveCapacity(ids.count)
        for index in ids.indices {
            let place = "VM \(ids[index])"
            guard Resources(cpu: cpu[index], mem: mem[index]).onGrid.isPositive, (1...8).contains(span[index]) else {
                throw error(
                    .format,
                    "\(place) has \(cpu[index]) cores and \(mem[index]) GB over \(span[index]) NUMA nodes"
                )
            }
            guard (0...255).contains(nodes[index]), (0...Int64(Int32.max)).contains(server[index]) else {
                throw error(.format, "\(place) is on nodes \(nodes[index]) of server \(server[index])")
            }
            guard termsOfVM[index] < terms.count else {
                throw error(.format, "\(place) has terms \(termsOfVM[index]) of \(terms.count)")
            }
            vms.append(
                Cluster.Snapshot.VM(
                    id: ids[index],
                    request: Request(
                        cpu: cpu[index],
                        mem: mem[index],
                        span: Int(span[index]),
                        terms: termsOfVM[index] < 0 ? nil : terms[Int(termsOfVM[index])]
                    ),
                    placement: Placement(server: Int(server[index]), nodes: NodeSet(rawValue: UInt8(nodes[index])))
                )
            )
        }
        return vms
    }

    private func terms(_ layout: Layout) throws(StorageError) -> [RequestTerms] {
        let require = try integers("terms_require").values
        let forbid = try integers("terms_forbid", count: require.count)
        let farthest = try integers("terms_farthest", count: require.count, in: 0...255)
        let extras = layout.extraResources.count
        let amounts = try doubles("terms_extras", count: require.count * extras)
        if let wrong = amounts.first(where: { !($0 >= 0 && $0 <= Resources.largest) }) {
            throw error(
                .format,
                "dataset /terms_extras has the value \(wrong); it must be in 0 ... \(Resources.largest)"
            )
        }
        return require.indices.map { index in
            RequestTerms(
                extras: amounts[index * extras..<(index + 1) * extras].map { Grid.demand($0) },
                require: UInt64(bitPattern: require[index]),
                forbid: UInt64(bitPattern: forbid[index]),
                farthest: UInt8(farthest[index])
            )
        }
    }
}
