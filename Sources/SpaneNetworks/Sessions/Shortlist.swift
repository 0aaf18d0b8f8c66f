internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneScheduling

/// The servers that were best for one request, and what the others do not exceed.
///
/// Advantages move little from one decision to the next: an event moves the cluster embedding a little, and with it the
/// part of the first advantage layer that all servers share. ``AdvantageErrorBound`` bounds what that does to any server. As
/// long as the best of the list is further above the others than that, it is the best of all servers.
///
/// The list holds no server that changed since it was made; ``Shortlists`` keeps those and hands them on.
@safe
final class Shortlist {
    /// The servers in it, in no order.
    let members: PackedServers
    private(set) var count = 0
    /// What all servers shared when it was made.
    let terms: FlatBuffer<Float>
    /// Under `terms`, no available server outside has a greater advantage, but for what `crowds` says.
    private(set) var floor = -Float.infinity
    // [place]: the greatest advantage of an available action under `terms`.
    private let values: FlatBuffer<Float>
    // [place]: the crowd of the server. Servers that have the same left are a crowd when the list has only the lowest
    // few of them: while one of those is here, it is better than all outside. 0 is no crowd.
    private let crowds: FlatBuffer<UInt8>
    // [crowd]: how many of it are here.
    private let crowdCounts: FlatBuffer<Int>
    private var lacksCrowd = false
    // [place], while it is made.
    private let chosen: FlatBuffer<Int32>

    /// The most servers in a list.
    static let capacity = 128
    /// The most servers when it is made; the other places are for servers that become better.
    private static let firstCapacity = 64
    private static let crowdCapacity = 16

    init(hidden: Int, terms: Int) {
        members = PackedServers(places: Self.capacity, hidden: hidden, isNumbered: true)
        self.terms = FlatBuffer(repeating: 0, count: terms)
        values = FlatBuffer(repeating: 0, count: Self.capacity)
        crowds = FlatBuffer(repeating: 0, count: Self.capacity)
        crowdCounts = FlatBuffer(repeating: 0, count: 1 + Int(UInt8.max))
        chosen = FlatBuffer(repeating: 0, count: Self.firstCapacity)
    }

    /// Whether an advantage, the greatest of the list and of what changed since, is certainly the greatest of all.
    ///
    /// - Parameter largestError: see ``AdvantageErrorBound/bound(from:to:_:)``; for all servers.
    @inline(__always)
    func isGreatest(
        _ advantage: Float,
        under now: borrowing FlatBuffer<Float>,
        _ errorBound: AdvantageErrorBound,
        _ largestError: Double
    ) -> Bool {
        if lacksCrowd { return false }
        if floor == -.infinity { return true }
        return unsafe Double(advantage) > Double(floor) + errorBound.bound(from: terms.base, to: now.base, largestError)
    }

    /// Fills the list, which must be empty, with the best of all servers.
    ///
    /// - Parameters:
    ///   - ranks: for each server the greatest advantage of its available actions under `now`, -infinity without any.
    /// - Complexity: O(servers).
    func make(of all: borrowing PackedServers, _ ranks: borrowing FlatBuffer<Float>, _ now: borrowing FlatBuffer<Float>)
    {
        for index in 0..<terms.count { terms[index] = now[index] }
        floor = -.infinity
        lacksCrowd = false
        var crowd = 0
        var latest = -1
        var server = unsafe kernel_above(ranks.base, 0, ranks.count, floor)
        while server < ranks.count {
            let value = ranks[server]
            if latest < 0 || value != ranks[latest] || !all.areAlike(server, latest) {
                let alike = (0..<count).count { values[$0] == value && all.areAlike(server, Int(chosen[$0])) }
                if alike < Self.crowdCapacity {
                    enter(server, value)
                } else if crowd < Int(UInt8.max) {
                    crowd += 1
                    latest = server
                    for place in 0..<count where values[place] == value && all.areAlike(server, Int(chosen[place])) {
                        crowds[place] = UInt8(crowd)
                    }
                } else {
                    floor = value
                }
            }
            server = unsafe kernel_above(ranks.base, server + 1, ranks.count, floor)
        }
        for crowd in 0..<crowdCounts.count { crowdCounts[crowd] = 0 }
        for place in 0..<count {
            members.copy(Int(chosen[place]), from: all, at: Int(chosen[place]), to: place)
            crowdCounts[Int(crowds[place])] += 1
        }
    }

    /// Takes a server while the list is made. Places are in the order of values, and of numbers where those are equal.
    private func enter(_ server: Int, _ value: Float) {
        if count == Self.firstCapacity {
            floor = min(value, values[count - 1])
            guard value > values[count - 1] else { return }
            count -= 1
        }
        var place = count
        while place > 0, values[place - 1] < value {
            values[place] = values[place - 1]
            crowds[place] = crowds[place - 1]
            chosen[place] = chosen[place - 1]
            place -= 1
        }
        values[place] = value
        crowds[place] = 0
        chosen[place] = Int32(truncatingIfNeeded: server)
        count += 1
    }

    /// Adds a server that is not here, unless all places are taken by better ones.
    ///
    /// - Parameter value: its greatest advantage under ``terms``, above ``floor``.
    /// - Returns: the server that does not fit any more: another, the same, or `nil`.
    func insert(_ server: Int, _ value: Float, from other: borrowing PackedServers, at source: Int) -> Int? {
        var left: Int?
        if count == Self.capacity {
            let least = (0..<count).min { values[$0] < values[$1] } ?? 0
            floor = max(floor, min(value, values[least]))
            guard value > values[least] else { return server }
            left = members.number(least)
            vacate(least)
        }
        members.copy(server, from: other, at: source, to: count)
        values[count] = value
        crowds[count] = 0
        count += 1
        return left
    }

    /// Takes out a server that is here and is no more what it was.
    func remove(_ server: Int) {
        guard let place = members.place(of: server, among: count) else { return }
        let crowd = Int(crowds[place])
        if crowd > 0 {
            crowdCounts[crowd] -= 1
            if crowdCounts[crowd] == 0, values[place] > floor { lacksCrowd = true }
        }
        vacate(place)
    }

    /// Takes out all servers.
    func removeAll() {
        for place in 0..<count { members.clear(place) }
        count = 0
    }

    private func vacate(_ place: Int) {
        count -= 1
        if place < count {
            members.move(count, to: place)
            values[place] = values[count]
            crowds[place] = crowds[count]
        }
        members.clear(count)
    }
}
