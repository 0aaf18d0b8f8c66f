internal import SpaneBuffers

/// Conditions that every set of running VMs meets, whatever places them: for each function and each resource, the images of
/// what the VMs take from their nodes sum up to at most those of what the nodes have.
///
/// They are necessary, not sufficient, and a VM that leaves never breaks one.
package struct FitConditions: Sendable {
    /// What is summed in one of them.
    struct Term: Sendable {
        let function: DualFeasibleFunction
        /// As in ``Layout/nodeResources``, then ``Layout/serverResources``.
        let resource: Int
        /// What the function takes for 1: the most that any node has.
        let capacity: Int64

        /// The images of what a server of this type has.
        func image(of type: ServerType, nodeResources: Int) -> Int64 {
            guard resource < nodeResources else {
                return image(of: type.shared[resource - nodeResources])
            }
            return type.nodes.reduce(0) { $0 + image(of: $1[resource]) }
        }

        private func image(of amount: Double) -> Int64 {
            function.image(of: Int64(Grid.capacity(amount)), in: capacity)
        }
    }

    let terms: [Term]
    /// [condition]: the images of what all nodes have.
    let limits: [Int64]
    let nodeResources: Int

    /// - Complexity: O(server types * functions).
    init(_ fleet: Fleet, _ functions: [DualFeasibleFunction]) {
        let layout = fleet.layout
        nodeResources = layout.nodeResources.count
        var terms: [Term] = []
        var limits: [Int64] = []
        func add(_ function: DualFeasibleFunction, _ resource: Int, of amounts: some Sequence<Double>) {
            let capacity = amounts.reduce(0) { max($0, Int64(Grid.capacity($1))) }
            guard capacity > 0 else { return }
            let term = Term(function: function, resource: resource, capacity: capacity)
            var limit: Int64 = 0
            for (type, count) in zip(fleet.types, fleet.counts) {
                let image = term.image(of: type, nodeResources: layout.nodeResources.count)
                let (sum, overflow) = image.multipliedReportingOverflow(by: Int64(count))
                // Half of the numbers, so that one more VM fits too. A condition on more than that may be left out.
                guard !overflow, sum < Int64.max / 2 - limit else { return }
                limit += sum
            }
            terms.append(term)
            limits.append(limit)
        }
        for resource in layout.nodeResources.indices {
            let amounts = fleet.types.flatMap { $0.nodes.map { $0[resource] } }
            for function in functions { add(function, resource, of: amounts) }
        }
        // What a server has as a whole is given away in as many parts as there are VMs, so that it is pooled only.
        for index in layout.serverResources.indices {
            add(.identity, nodeResources + index, of: fleet.types.lazy.map { $0.shared[index] })
        }
        self.terms = terms
        self.limits = limits
    }
}

/// What some running VMs leave of each condition.
struct FitBalance: ~Copyable {
    private let conditions: FitConditions
    // [condition]: what is left.
    private let left: FlatBuffer<Int64>
    // [row][condition]: the images of a VM of a flavor, one row a flavor that was asked for.
    private var images: FlatBuffer<Int64>
    private var rows: [Int32: Int] = [:]

    /// Nothing runs.
    init(_ conditions: FitConditions) {
        self.conditions = conditions
        left = FlatBuffer(conditions.limits)
        images = FlatBuffer(repeating: 0, count: 8 * conditions.limits.count)
    }

    /// Where the images of VMs of a flavor stand.
    ///
    /// - Complexity: O(functions) for a flavor that is asked for the first time.
    mutating func row(of flavor: Int32, _ request: Request) -> Int {
        if let row = rows[flavor] { return row }
        let (terms, nodeResources) = (conditions.terms, conditions.nodeResources)
        let row = rows.count * terms.count
        if row == images.count { images = images.copy(count: 2 * max(row, 1), filling: 0) }
        let shares = [request.share.cpu, request.share.mem] + (request.terms?.extras ?? [])
        for (index, term) in terms.enumerated() where term.resource < shares.count {
            // The simulator compares the same numbers.
            let size = term.function.image(of: Int64(shares[term.resource]), in: term.capacity)
            images[row + index] = term.resource < nodeResources ? size * Int64(request.span) : size
        }
        rows[flavor] = row
        return row
    }

    /// Whether one more VM meets all conditions.
    ///
    /// - Complexity: O(functions).
    func allows(_ row: Int) -> Bool {
        // A negative number in any of them sets the sign of the whole.
        var signs: Int64 = 0
        for index in 0..<left.count { signs |= left[index] &- images[row + index] }
        return signs >= 0
    }

    /// Counts a VM in.
    func add(_ row: Int) {
        for index in 0..<left.count { left[index] &-= images[row + index] }
    }

    /// Counts a VM out.
    func remove(_ row: Int) {
        for index in 0..<left.count { left[index] &+= images[row + index] }
    }

    /// Lowers each of some numbers to what is left of the condition.
    ///
    /// - Complexity: O(functions).
    func lower(_ least: borrowing FlatBuffer<Int64>) {
        for index in 0..<left.count { least[index] = min(least[index], left[index]) }
    }

    /// The most that a VM of those that were asked for takes of a condition.
    func largestImage(of condition: Int) -> Int64 {
        (0..<rows.count).reduce(0) { max($0, images[$1 * conditions.limits.count + condition]) }
    }
}
