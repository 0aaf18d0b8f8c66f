internal import SpaneBuffers
internal import SpaneNetworks
internal import SpaneScheduling

extension SymmetricNetwork {
    func effort(in states: StateRecords) -> ((Int) -> Int)? {
        if seesAfterstates { return states.placementCount }
        return states.serverCounts.count == 1 ? nil : states.serverCount
    }

    @unsafe
    func load(_ slots: UnsafePointer<Int32>, count: Int, of states: StateRecords, isMasked: Bool) {
        unsafe arrange(slots, count, states)
        let narrow = RaggedLayout.rowStride(pooled.samples)
        for sample in 0..<count {
            let slot = unsafe Int(slots[sample])
            for index in 0..<StateRecords.valuesPerRequest {
                cluster[(clusterWidth + index) * narrow + sample] =
                    states.request(index, in: slot)
            }
            if seesAfterstates {
                loadAfterstates(sample, slot, states)
                continue
            }
            loadServers(sample, slot, states)
            head.chosen[sample] = states.action(in: slot).rawValue
            guard isMasked else { continue }
            for action in 0..<Int(head.actions.counts[sample]) {
                head.setAllowed(states.isAvailable(Action(action), in: slot), action: action, sample: sample)
            }
        }
    }

    /// Lays out the items and the actions of the samples.
    @unsafe
    private func arrange(_ slots: UnsafePointer<Int32>, _ count: Int, _ states: StateRecords) {
        // States of equally many servers are laid out alike.
        let isLikeAll = !seesAfterstates && states.serverCounts.count == 1
        let arrangement = Arrangement(samples: count, servers: states.serverCounts.upperBound)
        if isLikeAll, arrangement == latest { return }
        latest = isLikeAll ? arrangement : nil
        for sample in 0..<count {
            let slot = unsafe Int(slots[sample])
            let servers = Int32(states.serverCount(in: slot))
            guard seesAfterstates else {
                pooled.counts[sample] = servers
                head.actions.counts[sample] = servers * Int32(Self.orders)
                continue
            }
            let placements = Int32(states.placementCount(in: slot))
            pooled.counts[sample] = servers * Int32(Self.orders)
            scored.counts[sample] = placements * Int32(Self.orders)
            head.actions.counts[sample] = placements
        }
        pooled.arrange(samples: count)
        if seesAfterstates { scored.arrange(samples: count) }
        head.actions.arrange(samples: count)
        guard !seesAfterstates else { return }
        // The last layer has one row a node, so that the actions of a server stand one below the other.
        let stride = RaggedLayout.rowStride(scored.columns)
        for action in 0..<head.actions.itemCount {
            head.actions.offsets[action] = action % Self.orders * stride + scored.offsets[action / Self.orders]
        }
    }

    private func loadServers(_ sample: Int, _ slot: Int, _ states: StateRecords) {
        let stride = RaggedLayout.rowStride(columns)
        for server in 0..<Int(pooled.counts[sample]) {
            let column = pooled.offsets[server] + sample
            let from = unsafe states.inputs(of: server, in: slot)
            for index in 0..<StateRecords.valuesPerServer { unsafe input[index * stride + column] = from[index] }
        }
    }

    private func loadAfterstates(_ sample: Int, _ slot: Int, _ states: StateRecords) {
        let stride = RaggedLayout.rowStride(columns)
        /// Writes an amount on a node to the columns of both orders.
        func write(_ value: Float, node: Int, resource: Int, _ first: Int, _ second: Int) {
            input[(2 * node + resource) * stride + first] = value
            input[(2 * (1 - node) + resource) * stride + second] = value
        }
        let isSplit = states.isSplit(in: slot)
        let share: Float = isSplit ? 0.5 : 1
        let taken = states.action(in: slot)
        var placement = 0
        for server in 0..<states.serverCount(in: slot) {
            let from = unsafe states.inputs(of: server, in: slot)
            let (first, second) = (pooled.offsets[2 * server] + sample, pooled.offsets[2 * server + 1] + sample)
            for index in 0..<StateRecords.valuesPerServer {
                unsafe write(from[index], node: index / 2, resource: index % 2, first, second)
            }
            // Both actions of a split VM are the same placement.
            for target in 0..<(isSplit ? 1 : Self.orders)
            where states.isAvailable(Action(server: server, node: target), in: slot) {
                let first = firstScored + scored.offsets[2 * placement] + sample
                let second = firstScored + scored.offsets[2 * placement + 1] + sample
                for index in 0..<StateRecords.valuesPerServer {
                    let (node, resource) = (index / 2, index % 2)
                    let demand = share * states.request(resource, in: slot)
                    let left = unsafe from[index] - (isSplit || node == target ? demand : 0)
                    write(left, node: node, resource: resource, first, second)
                }
                if taken.server == server, isSplit || taken.node == target { head.chosen[sample] = Int32(placement) }
                placement += 1
            }
        }
    }
}
