internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneScheduling

/// Servers in blocks as the kernels score them: what each has left, and its part of the first advantage layer.
@safe
struct PackedServers: ~Copyable {
    /// The number of blocks.
    let count: Int
    /// All of it as the kernels see it.
    let kernel: FlatBuffer<kernel_servers>

    // [block][node][cpu, mem][lane]; -infinity where there is no server, or none that may be used: less than nothing is left where
    // more runs than a server can hold.
    private let room: FlatBuffer<Double>
    // As `room`, rounded up to floats.
    private let looseRoom: FlatBuffer<Float>
    // [group][hidden unit][server of the group]
    private let parts: FlatBuffer<Float>
    private let hidden: Int
    // [place]; without elements where servers stand in order.
    private let numbers: FlatBuffer<Int32>

    static let lanes = Int(KERNEL_LANES)
    private static let group = Int(KERNEL_GROUP)
    private static let roomValues = NUMATopology.nodesPerServer * 2
    static let roomPerBlock = roomValues * lanes

    /// Storage for `places` servers.
    ///
    /// - Parameters:
    ///   - hidden: the units of the first advantage layer.
    ///   - isNumbered: whether any server can stand in any place; otherwise server i stands in place i.
    init(places: Int, hidden: Int, isNumbered: Bool = false) {
        precondition(NUMATopology.nodesPerServer == Int(KERNEL_NODES), "the kernels are made for \(KERNEL_NODES) nodes")
        precondition(Grid.stepsPerUnit == KERNEL_STEPS_PER_UNIT, "the kernels are made for other steps")
        self.hidden = hidden
        count = Self.blocks(places)
        room = FlatBuffer(repeating: -.infinity, count: count * Self.roomPerBlock)
        looseRoom = FlatBuffer(repeating: -.infinity, count: count * Self.roomPerBlock)
        let groups = (places + Self.group - 1) / Self.group
        parts = FlatBuffer(repeating: 0, count: groups * Self.group * hidden)
        numbers = FlatBuffer(repeating: -1, count: isNumbered ? count * Self.lanes : 0)
        unsafe kernel = FlatBuffer([
            kernel_servers(
                fixed: parts.base,
                exact: room.base,
                loose: looseRoom.base,
                numbers: isNumbered ? UnsafePointer(numbers.base) : nil
            )
        ])
    }

    /// The blocks that hold this many servers.
    @inline(__always)
    static func blocks(_ places: Int) -> Int { (places + lanes - 1) / lanes }

    /// Whether a server is there and not cordoned.
    @inline(__always)
    func isPresent(_ place: Int) -> Bool { room[roomIndex(place)] > -.infinity }

    /// The number of the server in a place, where servers are numbered.
    func number(_ place: Int) -> Int { Int(numbers[place]) }

    /// The place among the first `count` of the server with this number.
    func place(of server: Int, among count: Int) -> Int? {
        for place in 0..<count where Int(numbers[place]) == server { return place }
        return nil
    }

    /// Sets what a NUMA node has left.
    ///
    /// - Returns: whether that is something else than before.
    @inline(__always)
    func setRoom(_ left: Resources, place: Int, node: Int) -> Bool {
        let index = roomIndex(place) + 2 * node * Self.lanes
        let hasChanged = room[index] != left.cpu || room[index + Self.lanes] != left.mem
        room[index] = left.cpu
        room[index + Self.lanes] = left.mem
        looseRoom[index] = left.cpu.roundedUp
        looseRoom[index + Self.lanes] = left.mem.roundedUp
        return hasChanged
    }

    /// Sets what the servers of a block have left; see `kernel_look`.
    func look(
        _ block: Int,
        steps: borrowing FlatBuffer<Double>,
        units: borrowing FlatBuffer<Float>,
        features: borrowing FlatBuffer<Float>
    ) -> kernel_look {
        let first = block * Self.roomPerBlock
        return unsafe kernel_look(
            steps.base,
            units.base,
            room.base + first,
            looseRoom.base + first,
            features.base
        )
    }

    /// The first unit of a server's part; the others follow at intervals of `KERNEL_GROUP`.
    @inline(__always)
    func part(_ place: Int) -> UnsafeMutablePointer<Float> {
        let (group, lane) = place.quotientAndRemainder(dividingBy: Self.group)
        return unsafe parts.base + (group * Self.group * hidden + lane)
    }

    /// Puts server `number`, which stands in a place of `other`, into a place.
    func copy(_ number: Int, from other: borrowing PackedServers, at source: Int, to place: Int) {
        numbers[place] = Int32(truncatingIfNeeded: number)
        let (from, to) = (other.roomIndex(source), roomIndex(place))
        for value in 0..<Self.roomValues {
            room[to + value * Self.lanes] = other.room[from + value * Self.lanes]
            looseRoom[to + value * Self.lanes] = other.looseRoom[from + value * Self.lanes]
        }
        let (read, written) = unsafe (other.part(source), part(place))
        for unit in 0..<hidden { unsafe written[unit * Self.group] = read[unit * Self.group] }
    }

    /// Puts the server in a place into another place too.
    func move(_ source: Int, to place: Int) { copy(number(source), from: self, at: source, to: place) }

    /// Leaves a place without a server.
    func clear(_ place: Int) {
        numbers[place] = -1
        let first = roomIndex(place)
        for value in 0..<Self.roomValues {
            room[first + value * Self.lanes] = -.infinity
            looseRoom[first + value * Self.lanes] = -.infinity
        }
    }

    /// Whether the servers in two places have the same left, and so the same advantages under any request.
    func areAlike(_ one: Int, _ other: Int) -> Bool {
        let (first, second) = (roomIndex(one), roomIndex(other))
        for value in 0..<Self.roomValues
        where room[first + value * Self.lanes] != room[second + value * Self.lanes] {
            return false
        }
        return true
    }

    /// The better of `sofar` and the best available action of the first `places` servers; see `kernel_choose`.
    @inline(__always)
    func choose(
        _ request: Request,
        _ head: UnsafePointer<kernel_head>,
        _ terms: UnsafePointer<Float>,
        among places: Int,
        unless sofar: kernel_choice = kernel_choice(action: -1, advantage: -.infinity)
    ) -> kernel_choice {
        let demand = request.demandPerNode
        let split: Int32 = request.isSplit ? 1 : 0
        let blocks = Self.blocks(places)
        return unsafe kernel_choose(head, terms, kernel.base, blocks, demand.cpu, demand.mem, split, sofar)
    }

    /// Writes the greatest advantage of the available actions of the first `places` servers; see `kernel_rank`.
    func rank(
        _ request: Request,
        _ head: UnsafePointer<kernel_head>,
        _ terms: UnsafePointer<Float>,
        among places: Int,
        to output: UnsafeMutablePointer<Float>
    ) {
        let demand = request.demandPerNode
        let split: Int32 = request.isSplit ? 1 : 0
        unsafe kernel_rank(head, terms, kernel.base, Self.blocks(places), demand.cpu, demand.mem, split, output)
    }

    @inline(__always)
    private func roomIndex(_ place: Int) -> Int {
        let (block, lane) = place.quotientAndRemainder(dividingBy: Self.lanes)
        return block * Self.roomPerBlock + lane
    }
}

extension Double {
    /// The least float that is not below.
    @inline(__always)
    fileprivate var roundedUp: Float {
        let near = Float(self)
        return Double(near) < self ? near.nextUp : near
    }
}
