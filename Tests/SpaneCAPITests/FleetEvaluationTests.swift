import CSpaneHeader
import SpaneEvaluation
import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport
import SpaneWorkloads
import Testing

/// What is refused without a queue, and the metrics of the fleet.
@Suite struct FleetEvaluationTests {
    private let folder = TemporaryFolder()
    private static let starts = [0, 250, 700, 1000]
    private static let losses = Int(SPANE_SIZE_CLASSES * SPANE_LOSS_VALUES)

    private func trace() throws -> Trace { try Trace(SyntheticWorkload(count: 4000, seed: 3).makeVirtualMachines()) }

    /// What the function gave, with one value more in each, which stays as it was.
    private struct Outputs {
        var waits = [Double](repeating: -1, count: 9)
        var losses = [Double](repeating: -1, count: 8 * FleetEvaluationTests.losses + 1)
        var metrics = [Double](repeating: -1, count: 8 * FleetMetric.all.count + 1)
    }

    private func evaluate(
        _ trace: Trace,
        _ model: Model,
        queue: Bool,
        samples: Int32,
        threads: Int32 = 1
    ) throws -> (outputs: Outputs, heard: Bool) {
        let (handle, loaded) = (try makeTrace(trace), try load(model, in: folder))
        var options = evaluationOptions
        options.servers = 3
        options.length = 600
        options.threads = threads
        var outputs = Outputs()
        let listener = Listener()
        try "best-fit".withCString { bestFit in
            let policies = [spane_policy(bestFit), spane_policy(nil, loaded.pointer)]
            let starts = Self.starts.map { Int64($0) }
            try listener.hear { progress in
                try outputs.losses.withUnsafeMutableBufferPointer { losses in
                    try ok(
                        spane_evaluate_fleet(
                            handle.pointer,
                            &options,
                            starts,
                            4,
                            policies,
                            2,
                            queue ? 1 : 0,
                            samples,
                            progress,
                            &outputs.waits,
                            queue ? nil : losses.baseAddress,
                            &outputs.metrics
                        )
                    )
                }
            }
        }
        return (outputs, listener.heard(all: queue ? 12 : 8))
    }

    @Test(arguments: [1, 3] as [Int32])
    func equalsTheSwiftEvaluationWithoutAQueue(threads: Int32) throws {
        let (trace, model) = (try trace(), try randomModel(5))
        let (outputs, heard) = try evaluate(trace, model, queue: false, samples: 5, threads: threads)
        #expect(heard)
        let plan = try EpisodePlan.withoutQueue(
            Scenario(trace, on: Fleet(servers: 3)),
            starts: Self.starts,
            length: 600
        )
        var (losses, metrics): ([Double], [Double]) = ([], [])
        for source in [PolicySource.heuristic(.bestFit), .model(model)] {
            let evaluation = try LossEvaluation(of: source, on: plan, sampling: FleetSampling(samples: 5))
            #expect(evaluation.all.refused.vms > 0)
            for episode in evaluation.episodes {
                for tally in [episode.all] + episode.bySize {
                    losses += [
                        Double(tally.asked.vms), Double(tally.refused.vms), tally.asked.cores, tally.refused.cores,
                        tally.asked.coreSeconds, tally.refused.coreSeconds,
                    ]
                }
                metrics += episode.figures.means.map { $0 ?? .nan }
            }
        }
        #expect(outputs.losses == losses + [-1])
        // No number equals none.
        #expect(outputs.metrics.map(\.description) == (metrics + [-1]).map(\.description))
        #expect(outputs.waits == Array(repeating: 0, count: 8) + [-1])
    }

    @Test func equalsTheSwiftEvaluationWithAQueue() throws {
        let (trace, model) = (try trace(), try randomModel(5))
        let (outputs, heard) = try evaluate(trace, model, queue: true, samples: 4)
        #expect(heard)
        let plan = try EpisodePlan(
            Scenario(trace, on: Fleet(servers: 3)),
            starts: Self.starts,
            until: .length(600)
        )
        let evaluations = try [PolicySource.heuristic(.bestFit), .model(model)].map {
            try Evaluation(of: $0, on: plan, sampling: FleetSampling(samples: 4))
        }
        #expect(outputs.waits == evaluations.flatMap(\.totalWaits) + [-1])
        var metrics: [Double] = []
        for figures in evaluations.flatMap(\.figures) { metrics += figures.means.map { $0 ?? .nan } }
        #expect(outputs.metrics.map(\.description) == (metrics + [-1]).map(\.description))
        // Without samples there are none.
        let none = try evaluate(trace, model, queue: true, samples: 0).outputs
        #expect(none.waits == outputs.waits)
        #expect(none.metrics.dropLast().count { !$0.isNaN } == 0)
    }

    @Test func refusesWhatCannotBe() throws {
        let handle = try makeTrace(trace())
        var losses = [Double](repeating: -1, count: Self.losses)
        func refuse(
            _ word: String,
            status: spane_status = SPANE_INVALID_ARGUMENT,
            start: Int64 = 0,
            length: Int64 = 100,
            queue: Int32 = 0,
            samples: Int32 = 0,
            heuristic: String = "first-fit"
        ) {
            var options = evaluationOptions
            options.length = length
            heuristic.withCString { name in
                var policy = spane_policy(name)
                expect(
                    spane_evaluate_fleet(
                        handle.pointer,
                        &options,
                        [start],
                        1,
                        &policy,
                        1,
                        queue,
                        samples,
                        nil,
                        nil,
                        &losses,
                        nil
                    ),
                    status,
                    word
                )
            }
        }
        refuse("queue is 2; it must be 0 or 1", queue: 2)
        refuse("queue is -1", queue: -1)
        refuse("samples is -1; it must not be negative", samples: -1)
        refuse("losses is not NULL; nothing is refused where queue is 1", queue: 1)
        refuse("options->length is 0; it must be at least 1 where queue is 0", length: 0)
        refuse("starts[0]: length is 100; from start 3950 this trace allows 1 ... 48", start: 3950)
        refuse("worst-fit", heuristic: "worst-fit")
        #expect(losses.allSatisfy { $0 == -1 })
    }

    @Test func canBeCancelled() throws {
        let handle = try makeTrace(count: 60_000, seed: 3)
        var options = evaluationOptions
        options.servers = 500
        options.length = 50_000
        let listener = Listener()
        listener.cancelAt = 2
        var losses = [Double](repeating: -1, count: Self.losses)
        "best-fit".withCString { name in
            var policy = spane_policy(name)
            listener.hear {
                let status = spane_evaluate_fleet(
                    handle.pointer,
                    &options,
                    [0],
                    1,
                    &policy,
                    1,
                    0,
                    0,
                    $0,
                    nil,
                    &losses,
                    nil
                )
                expect(status, SPANE_CANCELLED, "progress")
            }
        }
        #expect(losses.allSatisfy { $0 == -1 })
    }
}
