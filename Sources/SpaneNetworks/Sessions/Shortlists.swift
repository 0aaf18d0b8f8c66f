internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneScheduling

/// A ``Shortlist`` for each request that comes again and again, since VMs come in few sizes, and the servers that changed
/// since the lists took changes over.
///
/// A list is made when its request comes for the second time. All storage is made up front.
@safe
final class Shortlists {
    private let lists: [Shortlist]
    private let uses: FlatBuffer<ShortlistUse>
    private let table: ServerTable
    private let head: UnsafePointer<kernel_head>
    private let errorBound: AdvantageErrorBound
    // The largest that ``AdvantageErrorBound/largestError(of:servers:)`` was for any server.
    private var largestError = 0.0
    private var decisions = 0
    private var madeCount = 0
    private let tally: DecisionTally

    // The servers that changed since the lists took changes over.
    private let changed: PackedServers
    private var changedCount = 0
    // [server]: a bit for each list that holds it, and one for `changed`.
    private let memberships: FlatBuffer<UInt32>
    // [server], and [place in `changed`]
    private let ranks: FlatBuffer<Float>
    private let changedRanks: FlatBuffer<Float>

    /// On fewer servers a scan of all of them is as fast.
    static let leastServers = 384
    private static let listCount = 31
    /// The servers that all lists together have places for.
    static let places = listCount * Shortlist.capacity + changedCapacity
    private static let changedBit = UInt32(1) << listCount
    private static let changedCapacity = 64

    /// - Parameters:
    ///   - terms: the floats in the terms of a decision.
    ///   - head: must live longer.
    init(
        _ table: ServerTable,
        _ layers: SpaneLayers,
        terms: Int,
        head: UnsafePointer<kernel_head>,
        tally: DecisionTally
    ) {
        let hidden = layers.architecture.advantage.width
        self.table = table
        self.tally = tally
        errorBound = AdvantageErrorBound(layers)
        unsafe self.head = head
        lists = (0..<Self.listCount).map { _ in Shortlist(hidden: hidden, terms: terms) }
        uses = FlatBuffer(repeating: ShortlistUse(), count: Self.listCount)
        changed = PackedServers(places: Self.changedCapacity, hidden: hidden, isNumbered: true)
        memberships = FlatBuffer(repeating: 0, count: table.shape.serverCount)
        ranks = FlatBuffer(repeating: 0, count: table.blocks.count * PackedServers.lanes)
        changedRanks = FlatBuffer(repeating: 0, count: Self.changedCapacity)
    }

    /// The best available action, as a scan of all servers would find it, or `nil` when such a scan is as well.
    func choose(_ request: Request, _ terms: borrowing FlatBuffer<Float>) -> kernel_choice? {
        decisions += 1
        guard let index = (0..<Self.listCount).first(where: { uses[$0].isFor(request) }) else {
            claim(request)
            return nil
        }
        uses[index].lastUse = decisions
        let list = lists[index]
        if uses[index].isMade {
            let choice = best(of: list, request, terms)
            if list.isGreatest(choice.advantage, under: terms, errorBound, largestError) {
                uses[index].served += 1
                tally.counters.byShortlist += 1
                return choice
            }
            dismiss(index)
            uses[index].noteFailure()
        }
        guard uses[index].takesTurn() else { return nil }
        make(index, request, terms)
        let choice = best(of: list, request, terms)
        if !list.isGreatest(choice.advantage, under: terms, errorBound, largestError) {
            dismiss(index)
            uses[index].noteFailure()
        }
        return choice
    }

    /// Takes over that servers of a block are not what they were.
    ///
    /// - Parameter servers: a bit for each server of the block.
    func noteChanges(in block: Int, _ servers: UInt8) {
        let first = block * PackedServers.lanes
        largestError = max(largestError, unsafe errorBound.largestError(of: table.blocks.part(first), servers: servers))
        guard madeCount > 0 else { return }
        for lane in 0..<PackedServers.lanes where servers >> lane & 1 != 0 { takeOver(first + lane) }
    }

    private func takeOver(_ server: Int) {
        if memberships[server] & Self.changedBit == 0, changedCount == Self.changedCapacity { handChangesOn() }
        var holders = memberships[server] & ~Self.changedBit
        while holders != 0 {
            lists[holders.trailingZeroBitCount].remove(server)
            holders &= holders - 1
        }
        var place = changedCount
        if memberships[server] & Self.changedBit == 0 {
            changedCount += 1
        } else {
            place = changed.place(of: server, among: changedCount) ?? 0
        }
        memberships[server] = Self.changedBit
        changed.copy(server, from: table.blocks, at: server, to: place)
    }

    /// Forgets all servers.
    func forgetServers() {
        for index in 0..<Self.listCount where uses[index].isMade { dismiss(index) }
    }

    private func best(of list: Shortlist, _ request: Request, _ terms: borrowing FlatBuffer<Float>) -> kernel_choice {
        let first = unsafe list.members.choose(request, head, terms.base, among: list.count)
        return unsafe changed.choose(request, head, terms.base, among: changedCount, unless: first)
    }

    /// Gives the list that was asked longest ago to another request.
    private func claim(_ request: Request) {
        let index = (0..<Self.listCount).min { uses[$0].lastUse < uses[$1].lastUse } ?? 0
        if uses[index].isMade { dismiss(index) }
        uses[index] = ShortlistUse(request, lastUse: decisions)
    }

    private func make(_ index: Int, _ request: Request, _ terms: borrowing FlatBuffer<Float>) {
        unsafe table.blocks.rank(request, head, terms.base, among: table.shape.serverCount, to: ranks.base)
        let list = lists[index]
        list.make(of: table.blocks, ranks, terms)
        for place in 0..<list.count { memberships[list.members.number(place)] |= 1 << UInt32(index) }
        uses[index].isMade = true
        madeCount += 1
    }

    private func dismiss(_ index: Int) {
        let list = lists[index]
        for place in 0..<list.count { memberships[list.members.number(place)] &= ~(1 << UInt32(index)) }
        list.removeAll()
        uses[index].isMade = false
        madeCount -= 1
        if madeCount == 0 { forgetChanges() }
    }

    /// Lets each list take those of the changed servers that are good enough.
    private func handChangesOn() {
        for index in 0..<Self.listCount where uses[index].isMade {
            // A list that nobody asks costs more to keep than to make again.
            guard decisions - uses[index].lastUse < table.shape.serverCount / 4 else {
                dismiss(index)
                continue
            }
            let list = lists[index]
            let bit = UInt32(1) << UInt32(index)
            unsafe changed.rank(uses[index].request, head, list.terms.base, among: changedCount, to: changedRanks.base)
            for place in 0..<changedCount where changedRanks[place] > list.floor {
                let server = changed.number(place)
                guard memberships[server] & bit == 0 else { continue }
                let left = list.insert(server, changedRanks[place], from: changed, at: place)
                memberships[server] |= bit
                if let left { memberships[left] &= ~bit }
            }
        }
        forgetChanges()
    }

    private func forgetChanges() {
        for place in 0..<changedCount {
            memberships[changed.number(place)] &= ~Self.changedBit
            changed.clear(place)
        }
        changedCount = 0
    }
}
