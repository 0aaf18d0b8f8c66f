import SpaneScheduling
import SpaneTestSupport

/// For which flavors room is kept and what each is worth, as the documentation of `CapacityMix` tells it.
struct PlainMix {
    struct Entry: Equatable {
        var ask: Ask
        var part: Double
        var weight: Double
    }

    private(set) var entries: [Entry] = []
    private var counts: [(ask: Ask, count: Double)] = []
    private var asked = 0
    private var next = 32
    private var largest = PlainRule.Largest()

    /// One that stays as it is.
    init(_ flavors: [(ask: Ask, count: Double)], largest: PlainRule.Largest) { entries = Self.chosen(flavors, largest) }

    /// One that learns.
    init() {}

    mutating func note(_ ask: Ask, largest: PlainRule.Largest) {
        let flavor = Ask(cpu: ask.cpu, mem: ask.mem, span: ask.span)
        if let known = counts.firstIndex(where: { $0.ask == flavor }) {
            counts[known].count += 1
        } else {
            counts.append((flavor, 1))
        }
        asked += 1
        guard asked == next else { return }
        next = asked < 1024 ? 2 * asked : asked + 1024
        let new = Self.chosen(counts, largest)
        let both = (entries + new).map(\.ask).reduce(into: [Ask]()) { if !$0.contains($1) { $0.append($1) } }
        let moved = both.reduce(0.0) { sum, ask in
            func part(_ list: [Entry]) -> Double { list.first { $0.ask == ask }?.part ?? 0 }
            return sum + abs(part(entries) - part(new))
        }
        if asked < 1024 || largest != self.largest || moved > 0.1 { entries = new }
        self.largest = largest
        if asked % 1024 == 0 {
            counts.removeAll { $0.count <= 1 }
            for index in counts.indices { counts[index].count /= 2 }
        }
    }

    private static func chosen(_ flavors: [(ask: Ask, count: Double)], _ largest: PlainRule.Largest) -> [Entry] {
        let large = flavors.filter { flavor in
            let isLarge = flavor.ask.span > 1 || flavor.ask.cpu >= Steps.amount(largest.server[0]) / 8
            let amounts = [flavor.ask.cpu, flavor.ask.mem].map { Steps.share(Steps.demand($0), span: flavor.ask.span) }
            return isLarge && zip(amounts, largest.node).allSatisfy { $0 > 0 && $0 <= $1 }
        }.sorted {
            let (a, b) = ($0.ask, $1.ask)
            return (-$0.count * a.cpu, a.cpu, a.mem, a.span) < (-$1.count * b.cpu, b.cpu, b.mem, b.span)
        }.prefix(16)
        let all = large.reduce(0) { $0 + $1.count }
        let weights = large.map { $0.count / all * $0.ask.cpu }
        let sum = weights.reduce(0, +)
        return zip(large, weights).map { Entry(ask: $0.ask, part: $1 / sum, weight: $1) }
    }

    /// How many more VMs a server holds, weighted.
    func capacity(_ server: PlainServer, _ layout: Layout) -> Double {
        entries.reduce(0) { sum, entry in
            let share = entry.ask.plain(layout).share
            let fit = (0..<server.nodeCount).map { node in
                max(0, min(server.free[node][0] / share[0], server.free[node][1] / share[1]))
            }
            let span = entry.ask.span
            // The most VMs whose shares all find a node of their own.
            let most = (0...fit.reduce(0, +)).last { many in fit.reduce(0) { $0 + min($1, many) } >= many * span }
            return sum + entry.weight * Double(most ?? 0)
        }
    }
}
