import SpaneEvaluation
import SpaneScheduling
import SpaneTestSupport
import Synchronization
import Testing

/// Environments that are stepped together do what each does alone.
@Suite struct VectorEnvironmentTests {
    /// What was reported last, row by row.
    private final class Rows: VectorOutput {
        struct Row: Equatable {
            var start = -1
            var placed = -1
            var wait = -1.0
            var action = -1
            var ends = 0
        }

        let rows: Mutex<[Row]>

        init(_ count: Int) { rows = Mutex(Array(repeating: Row(), count: count)) }

        func report(_ step: Environment.Step?, _ environment: borrowing Environment, row: Int) {
            let (start, placed) = (environment.start, environment.placedCount)
            rows.withLock {
                $0[row].start = start
                $0[row].placed = placed
                $0[row].wait = step?.wait ?? 0
            }
        }

        func show(_ environment: borrowing Environment, row: Int) {
            let action = environment.cluster.firstAvailable(for: environment.request).map(\.action.index) ?? -1
            rows.withLock { $0[row].action = action }
        }

        func showEnd(_ environment: borrowing Environment, row: Int) { rows.withLock { $0[row].ends += 1 } }
    }

    private let scenario: Scenario

    init() throws { scenario = try Scenario(Samples.trace(), on: Samples.fleet()) }

    private func make(_ configuration: VectorConfiguration) throws -> VectorEnvironment<Rows> {
        VectorEnvironment(of: try Environment(scenario), configuration)
    }

    @Test(arguments: [1, 3])
    func eachDoesWhatItDoesAlone(threads: Int) throws {
        let starts = [0, 40, 80, 120, 160]
        let vector = try make(
            VectorConfiguration(count: starts.count, threads: threads, starts: 0..<200, end: .length(60))
        )
        let rows = Rows(starts.count)
        vector.output = rows
        try vector.reset(at: starts)
        var alone: [[Rows.Row]] = []
        for start in starts {
            var environment = try Environment(scenario)
            try environment.reset(start: start, until: .length(60))
            var seen: [Rows.Row] = []
            for _ in 0..<50 {
                let placement = environment.cluster.firstAvailable(for: environment.request)
                let step = try environment.step(#require(placement))
                let next = environment.cluster.firstAvailable(for: environment.request).map(\.action.index) ?? -1
                let placed = environment.placedCount
                seen.append(Rows.Row(start: start, placed: placed, wait: step.wait, action: next))
            }
            alone.append(seen)
        }
        for step in 0..<50 {
            try vector.step(rows.rows.withLock { $0.map { Int32($0.action) } })
            #expect(rows.rows.withLock { $0 } == alone.map { $0[step] })
        }
    }

    @Test func anEndedEpisodeBeginsAnew() throws {
        for (autoreset, ends) in [(VectorConfiguration.Autoreset.nextStep, 0), (.sameStep, 1)] {
            let vector = try make(VectorConfiguration(count: 2, autoreset: autoreset, starts: 7..<8, end: .length(3)))
            let rows = Rows(2)
            vector.output = rows
            try vector.reset()
            for _ in 0..<4 { try vector.step(rows.rows.withLock { $0.map { Int32($0.action) } }) }
            for row in rows.rows.withLock({ $0 }) {
                // The step after the end places the first VM of the next episode, or resets.
                #expect((row.start, row.placed, row.ends) == (7, ends == 1 ? 1 : 0, ends))
            }
        }
    }

    @Test func wrongCallsAreRefused() throws {
        let vector = try make(VectorConfiguration(count: 2, autoreset: .disabled, starts: 0..<9, end: .length(1)))
        func refuses(_ code: SchedulingError.Code, _ call: () throws -> Void) {
            let error = #expect(throws: SchedulingError.self, performing: call)
            #expect(error?.code == code)
        }
        refuses(.badState) { try vector.reset() }
        refuses(.badState) { try vector.step([0, 0]) }
        vector.output = Rows(2)
        refuses(.unavailableAction) { try vector.step([0, 0]) }
        refuses(.invalidArgument) { try vector.reset(at: [1]) }
        refuses(.invalidArgument) { try vector.reset(at: [0, 1_000_000]) }
        try vector.reset()
        refuses(.invalidArgument) { try vector.step([0]) }
        refuses(.unavailableAction) { try vector.step([0, 1 << 20]) }
        try vector.step([0, 0])
        refuses(.unavailableAction) { try vector.step([0, 0]) }
    }
}
