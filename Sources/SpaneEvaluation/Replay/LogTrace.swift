package import SpaneScheduling

extension LogFacts {
    /// The VMs of a log as a trace: each arrives when it first asked for a place and runs as long as it did. What never got a place, or still
    /// runs at the end of the log, runs as long as VMs of its size do on average. The trace begins at 0 with what runs at the beginning of
    /// the log; groups and traits are not part of traces.
    ///
    /// - Throws: `invalidTrace` when the log has fewer than two VMs.
    /// - Complexity: O(events).
    package func trace(of log: some EventSource, progress: Progress = .none) throws -> Trace {
        var vms: [VirtualMachine] = []
        // [id]: the index in `vms` of the VM that wants a place, or of the one that runs.
        var (asked, running): ([UInt64: Int], [UInt64: Int]) = ([:], [:])
        var layout = Layout.published
        // [VM]: when it started.
        var starts: [Double] = []
        var event = 0
        try log.forEachLasting(progress) { time, what in
            defer { event += 1 }
            func ask(_ id: UInt64, _ request: Request, isPlaced: Bool) {
                if running[id] != nil { return }
                let index = asked[id] ?? vms.count
                if index == vms.count {
                    vms.append(
                        VirtualMachine(
                            id: Int64(bitPattern: id),
                            cpu: request.cpu,
                            mem: request.mem,
                            arrival: time - begin,
                            lifetime: expectedLifetime(of: request) ?? end - time,
                            span: request.span,
                            extras: request.terms == nil
                                ? [] : layout.extraResources.indices.map { request.extra($0, of: layout) }
                        )
                    )
                    starts.append(time)
                }
                asked[id] = isPlaced ? nil : index
                guard isPlaced else { return }
                running[id] = index
                starts[index] = time
            }
            func leave(_ id: UInt64) {
                guard let index = running.removeValue(forKey: id) else { return }
                vms[index].lifetime = time - starts[index]
            }
            switch what {
            case .start(let snapshot):
                layout = snapshot.layout
                let now = Set(snapshot.vms.map(\.id))
                for id in running.keys where !now.contains(id) { leave(id) }
                for vm in snapshot.vms { ask(vm.id, vm.request, isPlaced: true) }
            case .place(let id, let request, _, _), .record(let id, let request, _, _):
                ask(id, request, isPlaced: true)
            case .refuse(let id, let request, _): ask(id, request, isPlaced: false)
            case .release(let id): leave(id)
            case .failServer: for id in endedByFailure[event] ?? [] { leave(id) }
            case .rename(let id, let other): if let index = running.removeValue(forKey: id) { running[other] = index }
            default: break
            }
        }
        // What still runs has run for so long at least.
        for index in running.values { vms[index].lifetime = max(vms[index].lifetime, end - starts[index]) }
        return try Trace(vms, resources: layout.extraResources, progress: progress)
    }
}
