internal import SpaneScheduling

// The VMs of a fleet, as they are written to HDF5. Terms that several VMs share stand once.

extension ClusterFile {
    static func put(
        _ vms: [Cluster.Snapshot.VM],
        _ layout: Layout,
        into file: borrowing HDF5Writer,
        _ progress: Progress
    ) throws(StorageError) {
        var terms: [RequestTerms] = []
        var numbers: [RequestTerms: Int64] = [:]
        let termsOfVM = vms.map { vm -> Int64 in
            guard let mine = vm.request.terms else { return -1 }
            if let known = numbers[mine] { return known }
            let number = Int64(terms.count)
            terms.append(mine)
            numbers[mine] = number
            return number
        }
        // The columns of VMs take nearly all of the time.
        func column(_ index: Int) -> Progress { progress.part(index, of: 7) }
        try file.dataset("vm_id", vms.map { Int64(bitPattern: $0.id) }, .compressed, progress: column(0))
        try file.dataset("vm_cpu", vms.map(\.request.cpu), .compressed, progress: column(1))
        try file.dataset("vm_mem", vms.map(\.request.mem), .compressed, progress: column(2))
        try file.dataset("vm_span", vms.map { Int64($0.request.span) }, .compressed, progress: column(3))
        try file.dataset("vm_server", vms.map { Int64($0.placement.server) }, .compressed, progress: column(4))
        try file.dataset("vm_nodes", vms.map { Int64($0.placement.nodes.rawValue) }, .compressed, progress: column(5))
        try file.dataset("vm_terms", termsOfVM, .compressed, progress: column(6))
        let extras = layout.extraResources.count
        let amounts = terms.flatMap { mine in
            (0..<extras).map { $0 < mine.extras.count ? Grid.amount(mine.extras[$0]) : 0 }
        }
        try file.dataset("terms_extras", amounts, .compressed)
        try file.dataset("terms_require", terms.map { Int64(bitPattern: $0.require) }, .compressed)
        try file.dataset("terms_forbid", terms.map { Int64(bitPattern: $0.forbid) }, .compressed)
        try file.dataset("terms_farthest", terms.map { Int64($0.farthest) }, .compressed)
        // Files of VMs without preferences are as they were.
        if terms.contains(where: { $0.prefer != 0 }) {
            try file.dataset("terms_prefer", terms.map { Int64(bitPattern: $0.prefer) }, .compressed)
        }
    }
}

extension HDF5Reader {
    func vms(_ layout: Layout, _ progress: Progress) throws(StorageError) -> [Cluster.Snapshot.VM] {
        let ids = try identifiers("vm_id", progress.part(0, of: 8)).values
        try ClusterFile.checkMemory(0, ids.count, path)
        func column(_ index: Int) -> Progress { progress.part(index, of: 8) }
        let cpu = try doubles("vm_cpu", count: ids.count, column(1))
        let mem = try doubles("vm_mem", count: ids.count, column(2))
        let span = try integers("vm_span", count: ids.count, column(3))
        let server = try integers("vm_server", count: ids.count, column(4))
        let nodes = try integers("vm_nodes", count: ids.count, column(5))
        let termsOfVM = try integers("vm_terms", count: ids.count, column(6))
        let terms = try terms(layout)
        var vms: [Cluster.Snapshot.VM] = []
        vms.reserveCapacity(ids.count)
        for index in ids.indices {
            if index & 4095 == 0 { try column(7).check(index, of: ids.count, path: path) }
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
        let prefer = try has("terms_prefer") ? try integers("terms_prefer", count: require.count) : []
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
                farthest: UInt8(farthest[index]),
                prefer: prefer.isEmpty ? 0 : UInt64(bitPattern: prefer[index])
            )
        }
    }
}
