import SpaneScheduling
import SpaneTestSupport
import Testing

/// Sets of nodes, their numbers and the best of them, against a list of all.
@Suite struct NodeSetOracleTests {
    /// All sets of nodes, by the number of nodes in them, ascending.
    static let sets = (0...8).map { count in (0...255).map { UInt8($0) }.filter { $0.nonzeroBitCount == count } }

    @Test func subsetsAreAllOfThemInOrder() {
        for members in 0...255 as ClosedRange<UInt8> {
            for count in 1...9 {
                var found: [UInt8] = []
                NodeSet(rawValue: members).forEachSubset(of: count) { found.append($0.rawValue) }
                #expect(found == (count > 8 ? [] : Self.sets[count].filter { $0 & ~members == 0 }))
            }
            for count in 1...8 where count <= members.nonzeroBitCount {
                let lowest = NodeSet(rawValue: members).lowest(count).rawValue
                #expect(lowest == Self.sets[count].first { $0 & ~members == 0 })
            }
        }
    }

    @Test(arguments: 1...Layout.mostNodes)
    func actionsAreTheNumbersOfSets(nodes: Int) throws {
        let layout = try Layout(nodes: nodes)
        let choices = (0...nodes).map { count in Self.sets[count].filter { Int($0) < 1 << nodes } }
        #expect(layout.placementsPerServer == choices.map(\.count).max())
        for span in 1...nodes {
            for action in 0..<3 * layout.placementsPerServer {
                let (server, rank) = (action / layout.placementsPerServer, action % layout.placementsPerServer)
                let placement = layout.placement(of: Action(action), span: span)
                #expect(placement.server == server)
                #expect(placement.nodes.rawValue == choices[span][rank % choices[span].count])
                // Back to the lowest action that stands for it.
                let lowest = server * layout.placementsPerServer + rank % choices[span].count
                #expect(layout.action(of: placement).index == lowest)
            }
        }
        for span in nodes + 1..<9 {
            let placement = layout.placement(of: Action(0), span: span)
            #expect(placement.nodes.count != span)
        }
    }

    /// What First Fit takes on a server: of the sets that are nearest to each other the lowest.
    static func first(_ sets: [UInt8], _ server: PlainServer) -> UInt8? {
        sets.min { (server.totalDistance($0), $0) < (server.totalDistance($1), $1) }
    }

    /// The set of least cost, of those the nearest, of those the lowest. Without distances it is the set whose cheapest node is
    /// cheapest, then its second cheapest, and so on: the same sum, free of rounding.
    static func best(_ sets: [UInt8], _ server: PlainServer, _ cost: (Int) -> Double) -> UInt8? {
        guard !server.distances.isEmpty else {
            func costs(_ set: UInt8) -> [Double] { PlainServer.nodes(set).map(cost).sorted() }
            return sets.min { left, right in
                let (mine, theirs) = (costs(left), costs(right))
                return mine == theirs ? left < right : mine.lexicographicallyPrecedes(theirs)
            }
        }
        func sum(_ set: UInt8) -> Double { PlainServer.nodes(set).reduce(0) { $0 + cost($1) } }
        return sets.min { (sum($0), server.totalDistance($0), $0) < (sum($1), server.totalDistance($1), $1) }
    }
}
