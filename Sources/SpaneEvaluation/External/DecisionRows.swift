internal import SpaneScheduling

/// The rows of decisions that are due, and the actions for them.
///
/// Rows may be written by several threads at once, each by one.
@safe
final class DecisionRows: @unchecked Sendable {
    let capacity: Int
    private let servers: Int
    private let observationSize: Int
    private let maskSize: Int
    private let unit: Resources
    private let observations: UnsafeMutablePointer<Float>
    private let masks: UnsafeMutablePointer<UInt8>
    private let episodes: UnsafeMutablePointer<Int64>
    private let vms: UnsafeMutablePointer<Int64>
    private let isFirst: UnsafeMutablePointer<UInt8>
    private let actions: UnsafeMutablePointer<Int32>

    static func bytesOfEach(_ fleet: Fleet) -> Int { 4 * fleet.observationCount + fleet.actionCount + 32 }

    init(_ capacity: Int, _ fleet: Fleet, isNormalised: Bool) {
        self.capacity = capacity
        unit = isNormalised ? fleet.firstNode : Resources(cpu: 1, mem: 1)
        servers = fleet.serverCount
        observationSize = fleet.observationCount
        maskSize = fleet.actionCount
        unsafe observations = .allocate(capacity: capacity * observationSize)
        unsafe observations.initialize(repeating: 0, count: capacity * observationSize)
        unsafe masks = .allocate(capacity: capacity * maskSize)
        unsafe masks.initialize(repeating: 0, count: capacity * maskSize)
        unsafe episodes = .allocate(capacity: capacity)
        unsafe episodes.initialize(repeating: 0, count: capacity)
        unsafe vms = .allocate(capacity: capacity)
        unsafe vms.initialize(repeating: 0, count: capacity)
        unsafe isFirst = .allocate(capacity: capacity)
        unsafe isFirst.initialize(repeating: 0, count: capacity)
        unsafe actions = .allocate(capacity: capacity)
        unsafe actions.initialize(repeating: -1, count: capacity)
    }

    deinit {
        unsafe observations.deallocate()
        unsafe masks.deallocate()
        unsafe episodes.deallocate()
        unsafe vms.deallocate()
        unsafe isFirst.deallocate()
        unsafe actions.deallocate()
    }

    /// Asks for the actions of the first rows.
    func ask(_ policy: ExternalPolicy, _ count: Int) throws {
        precondition(count <= capacity, "there are fewer than \(count) rows")
        for row in 0..<count { unsafe actions[row] = -1 }
        try policy.decide(
            unsafe DecisionBatch(
                count: count,
                servers: servers,
                observationSize: observationSize,
                maskSize: maskSize,
                observations: observations,
                masks: masks,
                episodes: episodes,
                vms: vms,
                isFirst: isFirst,
                actions: actions
            )
        )
    }

    /// What was chosen.
    @inline(__always)
    func action(_ row: Int) -> Action { unsafe Action(rawValue: actions[row]) }

    /// Writes a row.
    @inline(__always)
    func write(
        _ row: Int,
        episode: Int,
        vm: Int,
        isFirst: Bool,
        of request: Request,
        on cluster: borrowing ClusterState
    ) {
        precondition(row < capacity, "there is no row \(row)")
        var values = unsafe MutableSpan(
            _unsafeStart: observations + row * observationSize,
            count: observationSize
        )
        cluster.writeObservation(of: request, into: &values, in: unit)
        var room = unsafe MutableSpan(_unsafeStart: masks + row * maskSize, count: maskSize)
        cluster.writeAvailability(of: request, into: &room)
        unsafe episodes[row] = Int64(episode)
        unsafe vms[row] = Int64(vm)
        unsafe self.isFirst[row] = isFirst ? 1 : 0
    }
}
