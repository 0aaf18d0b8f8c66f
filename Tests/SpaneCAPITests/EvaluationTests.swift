import CSpaneHeader
import SpaneEvaluation
import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport
import SpaneWorkloads
import Testing

@Suite struct EvaluationTests {
    private let folder = TemporaryFolder()

    @Test(arguments: [1, 2, 4] as [Int32], [0, 60] as [Int64])
    func equalsTheSwiftEvaluation(threads: Int32, length: Int64) throws {
        let trace = try Trace(SyntheticWorkload(count: 4000, seed: 3).makeVirtualMachines())
        let handle = try makeTrace(trace)
        let model = try randomModel(5)
        let loaded = try load(model, in: folder)
        let starts = (0..<12).map { $0 * 250 }
        let fleet = try Fleet(servers: 4)
        let plan = try EpisodePlan(
            Scenario(trace, on: fleet),
            starts: starts,
            until: length == 0 ? .automatic : .length(Int(length))
        )
        let sources: [PolicySource] = [.heuristic(.bestFit), .model(model), .heuristic(.random(seed: 9))]
        let expected = try sources.flatMap {
            try Evaluation(of: $0, on: plan).totalWaits
        }
        var options = evaluationOptions
        options.servers = 4
        options.length = length
        options.threads = threads
        let listener = Listener()
        var waits = [Double](repeating: -1, count: 36)
        var lengths = [Int64](repeating: -1, count: 12)
        var bounds = [Double](repeating: -1, count: 12)
        try "best-fit".withCString { bestFit in
            try "random:9".withCString { random in
                let policies = [
                    spane_policy(bestFit), spane_policy(nil, loaded.pointer), spane_policy(random),
                ]
                let wide = starts.map { Int64($0) }
                try listener.hear {
                    try ok(
                        spane_evaluate(handle.pointer, &options, wide, 12, policies, 3, $0, &waits, &lengths, &bounds)
                    )
                }
                // The optional outputs are optional.
                var again = [Double](repeating: -1, count: 36)
                try ok(spane_evaluate(handle.pointer, &options, wide, 12, policies, 3, nil, &again, nil, nil))
                #expect(again == waits)
            }
        }
        #expect(waits == expected)
        #expect(lengths == plan.episodes.map { Int64($0.length) })
        #expect(bounds == plan.episodes.map(\.bound))
        if length == 0 { #expect(waits.contains { $0 > 0 }) }
        // Each episode once for its length, and once for each policy.
        #expect(listener.heard(all: 48))
    }

    /// More work than is done before a person would notice, so that it is cancelled on the way.
    @Test(arguments: [1, 2] as [Int32], [1, 3]) func canBeCancelled(threads: Int32, at call: Int) throws {
        let trace = try makeTrace(count: 60_000, seed: 3)
        var options = evaluationOptions
        options.threads = threads
        let listener = Listener()
        listener.cancelAt = call
        let starts = (0..<20_000).map { Int64($0) }
        var waits = [Double](repeating: -1, count: starts.count)
        "first-fit".withCString { name in
            var policy = spane_policy(name)
            listener.hear {
                expect(
                    spane_evaluate(trace.pointer, &options, starts, starts.count, &policy, 1, $0, &waits, nil, nil),
                    SPANE_CANCELLED,
                    "progress"
                )
            }
        }
        #expect(waits.allSatisfy { $0 == -1 })
        #expect(listener.calls.count == call)
        #expect((listener.calls.last?.done ?? .max) < 40_000)
    }

    /// One long episode is told of on the way, by way of the same number.
    @Test func anEpisodeCanBeCancelled() throws {
        let trace = try makeTrace(count: 60_000, seed: 3)
        var options = evaluationOptions
        options.servers = 500
        options.length = 50_000
        let listener = Listener()
        listener.cancelAt = 2
        var lengths: [Int64] = [-1]
        "best-fit".withCString { name in
            var policy = spane_policy(name)
            var wait = -1.0
            listener.hear {
                let status = spane_evaluate(trace.pointer, &options, [0], 1, &policy, 1, $0, &wait, &lengths, nil)
                expect(status, SPANE_CANCELLED, "progress")
            }
            #expect(wait == -1)
        }
        #expect(lengths == [-1])
        #expect((listener.calls.last?.done ?? .max) < 2)
    }

    @Test func readsStarts() throws {
        func read(_ text: String) throws -> [Int64] {
            var count = 0
            try ok(spane_starts_read(text, nil, 0, &count))
            var starts = [Int64](repeating: -1, count: count)
            if count > 1 { expect(spane_starts_read(text, &starts, count - 1, &count), SPANE_BUFFER_TOO_SMALL, "room") }
            #expect(starts.allSatisfy { $0 == -1 })
            try ok(spane_starts_read(text, &starts, count, &count))
            return starts
        }
        #expect(try read("10..<5000:20:7") == Starts.sample(10..<5000, count: 20, seed: 7).map { Int64($0) })
        let path = try folder.write("7\n\n3\n7\n", to: "starts.txt")
        #expect(try read(path) == [7, 3, 7])
        var count = -1
        expect(spane_starts_read("5..<5:1:1", nil, 0, &count), SPANE_INVALID_ARGUMENT, "5..<5")
        expect(spane_starts_read("0..<5:6:1", nil, 0, &count), SPANE_INVALID_ARGUMENT, "1 ... 5")
        expect(spane_starts_read("/nowhere/at/all", nil, 0, &count), SPANE_IO, "/nowhere/at/all")
        let wrong = try folder.write("1\nx\n", to: "wrong.txt")
        expect(spane_starts_read(wrong, nil, 0, &count), SPANE_FORMAT, "line 2")
        expect(spane_starts_read(nil, nil, 0, &count), SPANE_NULL_POINTER, "text")
        expect(spane_starts_read("0..<5:1:1", nil, 0, nil), SPANE_NULL_POINTER, "count")
        #expect(count == -1)
    }

    @Test func boundsAndLengthsNeedNoPolicies() throws {
        let trace = try makeTrace(count: 3000, seed: 3)
        var lengths = [Int64](repeating: -1, count: 2)
        try ok(spane_evaluate(trace.pointer, nil, [0, 10], 2, nil, 0, nil, nil, &lengths, nil))
        #expect(lengths.allSatisfy { $0 > 40 })
        try ok(spane_evaluate(trace.pointer, nil, nil, 0, nil, 0, nil, nil, nil, nil))
    }

    @Test func refusesWhatCannotBe() throws {
        let trace = try makeTrace(count: 3000, seed: 3)
        let bound = try load(try randomModel(2, servers: 3), in: folder)
        var waits = [Double](repeating: -1, count: 4)
        func refuse(
            _ status: spane_status,
            _ word: String,
            starts: [Int64] = [0],
            count: Int? = nil,
            heuristic: String? = "first-fit",
            model: OpaquePointer? = nil,
            policies: Int = 1,
            change: (inout spane_evaluation_options) -> Void = { _ in }
        ) {
            var options = evaluationOptions
            change(&options)
            func call(_ name: UnsafePointer<CChar>?) {
                var policy = spane_policy(name, model)
                expect(
                    spane_evaluate(
                        trace.pointer,
                        &options,
                        starts,
                        count ?? starts.count,
                        &policy,
                        policies,
                        nil,
                        &waits,
                        nil,
                        nil
                    ),
                    status,
                    word
                )
            }
            if let heuristic { heuristic.withCString { call($0) } } else { call(nil) }
        }
        refuse(SPANE_INVALID_ARGUMENT, "worst-fit", heuristic: "worst-fit")
        refuse(SPANE_INVALID_ARGUMENT, "all NULL", heuristic: nil)
        refuse(SPANE_INVALID_ARGUMENT, "both set", model: bound.pointer)
        refuse(SPANE_SHAPE_MISMATCH, "3 servers", heuristic: nil, model: bound.pointer)
        refuse(SPANE_INVALID_ARGUMENT, "spane_model", heuristic: nil, model: trace.pointer)
        for start in [-1, 2999, 2950, Int64.max, .min] { refuse(SPANE_INVALID_ARGUMENT, "", starts: [0, start]) }
        refuse(SPANE_INVALID_ARGUMENT, "count", count: -1)
        refuse(SPANE_INVALID_ARGUMENT, "policy_count", policies: -1)
        refuse(SPANE_INVALID_ARGUMENT, "length is -1") { $0.length = -1 }
        refuse(SPANE_INVALID_ARGUMENT, "length is \(Int64.max)") { $0.length = .max }
        refuse(SPANE_INVALID_ARGUMENT, "threads is 1025") { $0.threads = 1025 }
        refuse(SPANE_INVALID_ARGUMENT, "options->servers is 0; it must be in 1 ... 524288") { $0.servers = 0 }
        refuse(SPANE_INVALID_ARGUMENT, "no server is that large") { $0.node_mem = 0.5 }
        refuse(SPANE_INVALID_ARGUMENT, "reserved") { $0.reserved = 1 }
        refuse(SPANE_UNKNOWN_VERSION, "struct_size") { $0.struct_size = 0 }
        #expect(waits.allSatisfy { $0 == -1 })
    }

    @Test func trimsTheMean() throws {
        var generator = Xoshiro256StarStar(seed: 3)
        for (count, fraction) in [(1, 0.0), (1, 0.49), (10, 0.1), (19, 0.1), (1000, 0.25), (7, 0.49)] {
            let values = (0..<count).map { _ in generator.uniform() * 1e6 }
            var mean = -1.0
            try ok(spane_trimmed_mean(values, count, fraction, &mean))
            #expect(mean == Statistics.trimmedMean(values, fraction: fraction))
        }
        var mean = -1.0
        for fraction in [-0.1, 0.5, Double.nan, .infinity] {
            expect(spane_trimmed_mean([1, 2], 2, fraction, &mean), SPANE_INVALID_ARGUMENT, "fraction")
        }
        for count in [0, -1, Int.min] {
            expect(spane_trimmed_mean([1, 2], count, 0.1, &mean), SPANE_INVALID_ARGUMENT, "count")
        }
        expect(spane_trimmed_mean([1, .nan], 2, 0.1, &mean), SPANE_INVALID_ARGUMENT, "values[1]")
        #expect(mean == -1)
    }
}
