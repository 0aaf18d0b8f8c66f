extension Fleet {
    /// The type of each server in the order in which a fleet of these proportions grows.
    ///
    /// Each next server is of the type that is furthest behind its share, as seats are given to parties by the method of Webster
    /// and Sainte-Laguë: server a + 1 of the c of a type has the rank (2a + 1) / 2c, of equal ranks the first type comes first. So
    /// the first k servers have of each type its share of k, rounded, and all together are the fleet.
    ///
    /// - Complexity: O(servers * log servers).
    package var growth: [Int32] {
        if counts.count(where: { $0 > 0 }) == 1 { return typeOfServer }
        let ranks = counts.enumerated().flatMap { type, count in (0..<count).map { (type, 2 * $0 + 1) } }
        // a / b < c / d without a quotient, which might be rounded.
        return ranks.sorted { left, right in
            let (first, second) = (left.1 * counts[right.0], right.1 * counts[left.0])
            return first == second ? left.0 < right.0 : first < second
        }.map { Int32($0.0) }
    }

    /// A fleet of so many servers in the proportions of this one: the first of its ``growth``, which begins anew when it is used up.
    ///
    /// - Throws: `invalidArgument` when the number is not in 1 ... ``maximumServers``.
    /// - Complexity: O(servers * log servers).
    package func scaled(to servers: Int) throws(SchedulingError) -> Fleet {
        let growth = growth
        return try Fleet(
            layout: layout,
            types: types,
            typeOfServer: (0..<max(0, min(servers, Self.maximumServers + 1))).map { growth[$0 % growth.count] },
            spanRule: spanRule
        )
    }
}
