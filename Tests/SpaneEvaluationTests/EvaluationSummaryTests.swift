import SpaneEvaluation
import SpaneScheduling
import Testing

/// The figures of a table, worked out by hand.
@Suite struct EvaluationSummaryTests {
    /// First Fit on one server with room for one VM on each node, but with room for a third if the nodes were one.
    ///
    /// Every VM runs for 10 s. The first twelve arrive 100 s apart and never wait. All others arrive together, so the
    /// j-th of them waits 10 * (j / 2) seconds, which nothing can better.
    private func evaluate(starts: [Int], servers: Int = 1) throws -> (Evaluation, EpisodePlan) {
        let trace = try Trace(
            (0..<40).map { VirtualMachine(id: $0, cpu: 1, mem: 1, arrival: Double(min($0, 12) * 100), lifetime: 10) }
        )
        let fleet = try Fleet(servers: servers, node: Resources(cpu: 1.5, mem: 90))
        let plan = try EpisodePlan(Scenario(trace, on: fleet), starts: starts, until: .length(10))
        let evaluation = try Evaluation(
            of: .heuristic(.firstFit),
            on: plan
        )
        return (evaluation, plan)
    }

    @Test func tenEpisodes() throws {
        let starts = [12, 0, 4, 5, 6, 8, 2, 7, 9, 10]
        let (evaluation, plan) = try evaluate(starts: starts)
        #expect(evaluation.totalWaits == [200, 0, 0, 10, 20, 60, 0, 40, 90, 120])
        #expect(plan.episodes.map(\.bound) == evaluation.totalWaits)
        let summary = EvaluationSummary(evaluation, on: plan)
        #expect(summary.mean == 54)
        // Without the 200 and one of the zeros.
        #expect(summary.trimmedMean == 42.5)
        #expect(summary.median == 30)
        #expect(summary.shareWithoutWaiting == 0.3)
        #expect(summary.meanWaitPerVM == 5.4)
        #expect(summary.aboveBound == 0)
        // Beside the bounds of twice the servers, whose trimmed mean is 12.5.
        let (_, easier) = try evaluate(starts: starts, servers: 2)
        #expect(easier.episodes.map(\.bound) == [80, 0, 0, 0, 0, 20, 0, 10, 30, 40])
        #expect(EvaluationSummary(evaluation, on: easier).aboveBound == 30)
        #expect(summary.decisionsPerSecond == 100 / evaluation.seconds)
    }

    @Test func nothing() throws {
        let (evaluation, plan) = try evaluate(starts: [])
        let summary = EvaluationSummary(evaluation, on: plan)
        let figures = [
            summary.trimmedMean, summary.mean, summary.median, summary.shareWithoutWaiting, summary.meanWaitPerVM,
            summary.aboveBound, summary.decisionsPerSecond,
        ]
        #expect(figures == [0, 0, 0, 0, 0, 0, 0])
    }
}
