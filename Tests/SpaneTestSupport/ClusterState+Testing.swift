package import SpaneScheduling

extension ClusterState {
    /// What every NUMA node has left, in the order of the actions.
    package var freeOfAllNodes: [Resources] {
        (0..<actionCount).map { free(server: Action($0).server, node: Action($0).node) }
    }

    /// The mask as an array.
    package func mask(of request: Request) -> [UInt8] {
        var mask = [UInt8](repeating: 7, count: actionCount)
        var span = mask.mutableSpan
        writeAvailability(of: request, into: &span)
        return mask
    }

    /// What ``writeFree(into:)`` writes.
    package var observation: [Float] {
        var values = [Float](repeating: .nan, count: actionCount * 2)
        var span = values.mutableSpan
        writeFree(into: &span)
        return values
    }

    /// Takes whatever is needed so that every node has `free` left.
    package mutating func fill(leaving free: [Resources]) {
        removeAll()
        for (index, left) in free.enumerated() {
            setFree(left, server: Action(index).server, node: Action(index).node)
        }
    }

    /// Fills every node at random; `steps` says how many different levels there are, and few make many ties.
    package mutating func fillAtRandom(steps: Int, _ generator: inout Xoshiro256StarStar) {
        let levels = (0..<actionCount).map { index in
            let node = capacity(server: Action(index).server)
            return Resources(
                cpu: node.cpu * Double(generator.below(steps + 1)) / Double(steps),
                mem: node.mem * Double(generator.below(steps + 1)) / Double(steps)
            ).onGrid
        }
        fill(leaving: levels)
    }
}
