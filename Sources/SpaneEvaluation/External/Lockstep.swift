internal import SpaneScheduling
internal import SpaneSystem
internal import Synchronization

/// Plays many episodes under a policy that decides about several at once: as many as the policy wants are under way, and one that
/// ends makes room for the next.
///
/// The policy is asked by the thread that plays. What its actions do is worked out by several threads where that pays.
@safe
final class Lockstep<Seat: DecidedEpisode & ~Copyable>: @unchecked Sendable {
    private let policy: ExternalPolicy
    private let episodes: [EpisodePlan.Episode]
    private let rows: DecisionRows
    // Those under way come first, a row each.
    private let seats: UnsafeMutablePointer<Seat>
    private var made = 0
    // The episode in each seat, by its place.
    private var numbers: [Int]
    private var count = 0
    private var next = 0
    private let threads: Int
    private let chunk = Atomic(0)
    private let failure = Mutex<(row: Int, error: SchedulingError)?>(nil)

    /// Rows of fewer actions in all are left to one thread: the others would not wake up in time.
    private static var fewActions: Int { 4096 }

    /// Plays episodes in their order.
    ///
    /// - Parameters:
    ///   - progress: told of each episode.
    ///   - makeSeat: makes what plays one episode at a time.
    ///   - note: told what became of each episode, by its place, as it ends.
    /// - Throws: what the policy throws; `unavailableAction` naming policy, episode and VM.
    static func play(
        _ episodes: [EpisodePlan.Episode],
        on scenario: Scenario,
        by policy: ExternalPolicy,
        threads: Int,
        progress: Progress,
        makeSeat: () throws -> Seat,
        _ note: (Int, Seat.Outcome) throws -> Void
    ) throws {
        guard !episodes.isEmpty else { return }
        let seats = policy.seats(for: episodes.count, on: scenario.fleet)
        try Memory.check(
            bytes: policy.bytes(seats: seats, on: scenario),
            for: "\(seats) episodes on \(scenario.fleet.serverCount) servers at once"
        )
        let pays = seats * scenario.fleet.actionCount >= fewActions
        let lockstep = try Lockstep(
            episodes,
            by: policy,
            rows: DecisionRows(seats, scenario.fleet, isNormalised: policy.isNormalised),
            threads: pays ? Memory.affordableThreads(min(threads, seats), bytesOfEach: 0) : 1,
            makeSeat
        )
        try lockstep.play(progress, note)
    }

    private init(
        _ episodes: [EpisodePlan.Episode],
        by policy: ExternalPolicy,
        rows: DecisionRows,
        threads: Int,
        _ makeSeat: () throws -> Seat
    ) throws {
        self.policy = policy
        self.episodes = episodes
        self.rows = rows
        self.threads = threads
        numbers = Array(repeating: 0, count: rows.capacity)
        unsafe seats = .allocate(capacity: rows.capacity)
        for row in 0..<rows.capacity {
            unsafe (seats + row).initialize(to: try makeSeat())
            made += 1
        }
    }

    deinit {
        unsafe seats.deinitialize(count: made)
        unsafe seats.deallocate()
    }

    /// Whether the episode in a seat is over.
    private func isIdle(_ row: Int) -> Bool { unsafe seats[row].vm == nil }

    private func play(_ progress: Progress, _ note: (Int, Seat.Outcome) throws -> Void) throws {
        let pool = WorkerPool(threads: threads - 1) { self.work() }
        var done = 0
        func finish(_ number: Int, _ outcome: Seat.Outcome) throws {
            try note(number, outcome)
            done += 1
        }
        for row in 0..<made { try takeNext(row, finish) }
        count = made
        dropIdle()
        while count > 0 {
            try progress.check(done, of: episodes.count)
            try rows.ask(policy, count)
            chunk.store(0, ordering: .relaxed)
            pool.run()
            if let (row, error) = failure.withLock({ $0 }) { throw refusal(row, error) }
            var isAnyIdle = false
            for row in 0..<count where isIdle(row) {
                try unsafe finish(numbers[row], seats[row].outcome)
                try takeNext(row, finish)
                if isIdle(row) { isAnyIdle = true }
            }
            if isAnyIdle { dropIdle() }
        }
        try progress.check(done, of: episodes.count)
    }

    /// Starts the next episode that has a decision, if there is one left.
    private func takeNext(_ row: Int, _ finish: (Int, Seat.Outcome) throws -> Void) throws {
        while next < episodes.count {
            numbers[row] = next
            next += 1
            try unsafe seats[row].begin(episodes[numbers[row]])
            guard isIdle(row) else { return unsafe seats[row].write(to: rows, row, episode: numbers[row]) }
            try unsafe finish(numbers[row], seats[row].outcome)
        }
    }

    /// Closes the gaps that seats leave for which there is no episode any more.
    private func dropIdle() {
        var kept = 0
        for row in 0..<count where !isIdle(row) {
            if row != kept {
                unsafe swap(&seats[row], &seats[kept])
                numbers.swapAt(row, kept)
                unsafe seats[kept].write(to: rows, kept, episode: numbers[kept])
            }
            kept += 1
        }
        count = kept
    }

    /// Takes the actions of rows until all are taken, and writes the rows anew; run by every thread.
    private func work() {
        let size = threads == 1 ? count : max(1, count / (8 * threads))
        while true {
            let first = chunk.add(1, ordering: .relaxed).oldValue * size
            guard first < count else { return }
            for row in first..<min(first + size, count) {
                do {
                    try unsafe seats[row].take(rows.action(row))
                    if !isIdle(row) { unsafe seats[row].write(to: rows, row, episode: numbers[row]) }
                } catch {
                    // That of the lowest row, whichever thread is first.
                    failure.withLock { held in
                        if held.map({ row < $0.row }) ?? true { held = (row, error) }
                    }
                }
            }
        }
    }

    private func refusal(_ row: Int, _ error: SchedulingError) -> SchedulingError {
        let vm = unsafe seats[row].vm.map { "VM \($0) of " } ?? ""
        let start = episodes[numbers[row]].start
        return SchedulingError(
            error.code,
            "\(policy.name): \(vm)episode \(numbers[row]) (start \(start)): \(error)"
        )
    }
}
