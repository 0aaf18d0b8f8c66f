import CSpaneHeader
import SpaneScheduling
import SpaneTestSupport
import Testing

/// Environments do through C what they do in Swift.
@Suite struct EnvironmentTests {
    @Test(arguments: RandomTrace.Style.allCases, [1, 2, 5])
    func followsTheSwiftEnvironment(style: RandomTrace.Style, servers: Int) throws {
        var generator = Xoshiro256StarStar(seed: 11, stream: UInt64(servers))
        let trace = try Trace(RandomTrace.vms(style, count: 300, servers: servers, &generator))
        let handle = try makeTrace(trace)
        let fleet = try Fleet(servers: servers, node: RandomTrace.node)
        for (kind, weight) in [(SPANE_REWARD_LOG_WAIT, 1.0), (SPANE_REWARD_BALANCE, 0.25)] {
            var options = smallOptions(servers: servers)
            options.reward = kind
            options.balance_weight = weight
            let env = try makeEnvironment(handle, options)
            var environment = try Environment(
                trace: trace,
                fleet: fleet,
                reward: kind == SPANE_REWARD_LOG_WAIT ? .logWait : .balance(weight: weight)
            )
            for end in [EpisodeEnd.length(40), .exceed(3), .exceed(1000), .automatic] {
                let start = generator.below(250)
                switch end {
                case .length(let count):
                    try ok(spane_env_reset(env.pointer, Int64(start), SPANE_END_LENGTH, Int64(count)))
                case .automatic:
                    try ok(spane_env_reset(env.pointer, Int64(start), SPANE_END_AUTO, 0))
                case .exceed(let count):
                    try ok(spane_env_reset(env.pointer, Int64(start), SPANE_END_EXCEED, Int64(count)))
                }
                try environment.reset(start: start, until: end)
                while !environment.isFinished {
                    try compare(env, environment, servers)
                    let action = try anyAction(environment.mask, &generator)
                    var result = spane_step_result()
                    try ok(spane_env_step(env.pointer, action, &result))
                    let step = try environment.step(Action(rawValue: action))
                    #expect(result.reward == step.reward && result.wait == step.wait)
                    #expect(result.clock == environment.clock)
                    let atEnd = environment.head == trace.count - 1
                    #expect(result.terminated == (environment.isFinished && !atEnd ? 1 : 0))
                    #expect(result.truncated == (environment.isFinished && atEnd ? 1 : 0))
                }
                try compare(env, environment, servers)
            }
        }
    }

    private func compare(_ env: Owned, _ environment: borrowing Environment, _ servers: Int) throws {
        let values = try observation(of: env, servers: servers)
        #expect(Array(values.dropLast(3)) == environment.cluster.observation)
        let request = environment.request
        #expect(Array(values.suffix(3)) == [Float(request.cpu), Float(request.mem), request.isSplit ? 1 : 0])
        #expect(try mask(of: env, servers: servers) == environment.mask)
        var asked = SpaneCAPITests.request(0, 0)
        try ok(spane_env_request(env.pointer, &asked))
        #expect(asked.cpu == request.cpu && asked.mem == request.mem && Int(asked.span) == request.span)
        let found = try info(of: env)
        #expect(found.clock == environment.clock && found.total_wait == environment.totalWait)
        #expect(found.head == environment.head && found.placed == environment.placedCount)
        #expect(found.running == environment.runningCount && found.servers == servers)
        #expect((found.finished == 1) == environment.isFinished)
        #expect(found.start == found.head - found.placed)
    }

    @Test func dividesByTheCapacities() throws {
        let trace = try makeTrace(
            [1, 12].enumerated().map {
                VirtualMachine(id: 0, cpu: 2, mem: Double($1), arrival: Double($0), lifetime: 5)
            } + [VirtualMachine(id: 2, cpu: 3, mem: 12, arrival: 2, lifetime: 1)]
        )
        var options = smallOptions(servers: 2)
        options.flags = SPANE_OBSERVE_NORMALISED
        let env = try makeEnvironment(trace, options)
        try ok(spane_env_reset(env.pointer, 0, SPANE_END_EXCEED, 1))
        try ok(spane_env_step(env.pointer, 1, nil))
        #expect(
            try observation(of: env, servers: 2) == [1, 1, 0.75, Float(23.0 / 24), 1, 1, 1, 1, 0.25, 0.5, 1]
        )
    }

    @Test func automaticLengthIsThatOfFirstFitAndForty() throws {
        let trace = try makeTrace(count: 3000, seed: 5)
        let env = try makeEnvironment(trace, environmentOptions)
        for start in [Int64(0), 700, 1500] {
            try ok(spane_env_reset(env.pointer, start, SPANE_END_EXCEED, 1))
            while try info(of: env).finished == 0 {
                let action = try mask(of: env, servers: 5).firstIndex(of: 1)
                try ok(spane_env_step(env.pointer, Int32(try #require(action)), nil))
            }
            let placed = try info(of: env).placed
            try ok(spane_env_reset(env.pointer, start, SPANE_END_AUTO, 0))
            let found = try info(of: env)
            #expect(found.length == placed + 40 && found.placed == 0 && found.start == start && found.finished == 0)
        }
        // The trace ends first: the episode is cut short, and says so.
        try ok(spane_env_reset(env.pointer, 2998, SPANE_END_AUTO, 0))
        #expect(try info(of: env).length == 0)
        var result = spane_step_result()
        try ok(spane_env_step(env.pointer, 0, &result))
        #expect(result.truncated == 1 && result.terminated == 0)
        #expect(try info(of: env).truncated == 1)
    }

    @Test func refusesWhatCannotBe() throws {
        let trace = try makeTrace(count: 100, seed: 5)
        let env = try makeEnvironment(trace, environmentOptions)
        var values = [Float](repeating: 7, count: 23)
        var bytes = [UInt8](repeating: 7, count: 10)
        var request = spane_request()
        expect(spane_env_observe(env.pointer, &values, 23), SPANE_BAD_STATE, "reset")
        expect(spane_env_mask(env.pointer, &bytes, 10), SPANE_BAD_STATE, "reset")
        expect(spane_env_request(env.pointer, &request), SPANE_BAD_STATE, "reset")
        expect(spane_env_step(env.pointer, 0, nil), SPANE_BAD_STATE, "reset")
        #expect(try info(of: env).start == -1)
        try ok(spane_env_reset(env.pointer, 3, SPANE_END_LENGTH, 20))
        let before = try savedState(of: env)
        for start in [-1, 79, 99, Int64.max, Int64.min] {
            expect(spane_env_reset(env.pointer, start, SPANE_END_LENGTH, 20), SPANE_INVALID_ARGUMENT, "start")
        }
        for start in [-1, 99, Int64.max, Int64.min] {
            expect(spane_env_reset(env.pointer, start, SPANE_END_AUTO, 0), SPANE_INVALID_ARGUMENT, "start")
        }
        for number in [0, -1, 99, Int64.max, Int64.min] {
            expect(spane_env_reset(env.pointer, 0, SPANE_END_LENGTH, number), SPANE_INVALID_ARGUMENT, "length")
        }
        expect(spane_env_reset(env.pointer, 0, SPANE_END_EXCEED, 0), SPANE_INVALID_ARGUMENT, "exceed")
        expect(spane_env_reset(env.pointer, 0, SPANE_END_AUTO, 1), SPANE_INVALID_ARGUMENT, "end_count")
        expect(spane_env_reset(env.pointer, 0, 3, 1), SPANE_INVALID_ARGUMENT, "end_kind")
        for action in [-1, 10, Int32.max, Int32.min] {
            expect(spane_env_step(env.pointer, action, nil), SPANE_INFEASIBLE_ACTION, "\(action)", "0 ... 9")
        }
        expect(spane_env_observe(env.pointer, &values, 22), SPANE_BUFFER_TOO_SMALL, "22", "23")
        expect(spane_env_mask(env.pointer, &bytes, 9), SPANE_BUFFER_TOO_SMALL, "9", "10")
        #expect(values.allSatisfy { $0 == 7 } && bytes.allSatisfy { $0 == 7 })
        var info = spane_env_info()
        expect(spane_env_describe(env.pointer, &info), SPANE_UNKNOWN_VERSION)
        #expect(try savedState(of: env) == before)
    }

    @Test func refusesAFullPlace() throws {
        let vms = (0..<4).map { VirtualMachine(id: $0, cpu: 8, mem: 1, arrival: 0, lifetime: 10) }
        let env = try makeEnvironment(try makeTrace(vms), smallOptions(servers: 1))
        try ok(spane_env_reset(env.pointer, 0, SPANE_END_EXCEED, 100))
        try ok(spane_env_step(env.pointer, 1, nil))
        let before = try savedState(of: env)
        expect(spane_env_step(env.pointer, 1, nil), SPANE_INFEASIBLE_ACTION, "node 1 of server 0", "8.0 cores")
        #expect(try savedState(of: env) == before)
        var result = spane_step_result()
        try ok(spane_env_step(env.pointer, 0, &result))
        #expect(result.clock == 10 && result.wait == 0)
    }

    @Test func refusesImpossibleOptions() throws {
        let trace = try makeTrace(count: 100, seed: 5)
        func refuse(_ word: String, _ change: (inout spane_env_options) -> Void) {
            var options = environmentOptions
            change(&options)
            var env: OpaquePointer?
            expect(spane_env_new(trace.pointer, &options, &env), SPANE_INVALID_ARGUMENT, word)
            #expect(env == nil)
        }
        for count in [0, -1, 524_289, Int32.max, Int32.min] {
            refuse("options->servers is \(count); it must be in 1 ... 524288") { $0.servers = count }
        }
        refuse("reward") { $0.reward = 2 }
        refuse("flags") { $0.flags = 2 }
        for value in [0, -1, .nan, .infinity, 0x1p33] {
            refuse("node_cpu") { $0.node_cpu = value }
            refuse("node_mem") { $0.node_mem = value }
        }
        for value in [-1, Double.nan] { refuse("split_above") { $0.split_above = value } }
        for value in [Double.infinity, .nan] {
            for reward in [SPANE_REWARD_BALANCE, SPANE_REWARD_LOG_WAIT] {
                refuse("balance_weight is \(value); it must be finite") {
                    $0.reward = reward
                    $0.balance_weight = value
                }
            }
        }
        refuse("no server is that large") { $0.node_cpu = 0.5 }
    }

    @Test func keepsItsTraceAlive() throws {
        var trace: OpaquePointer?
        try ok(spane_trace_generate(100, 3, nil, &trace))
        var env: OpaquePointer?
        try ok(spane_env_new(trace, nil, &env))
        spane_trace_free(trace)
        try ok(spane_env_reset(env, 0, SPANE_END_LENGTH, 50))
        var copy: OpaquePointer?
        try ok(spane_env_clone(env, &copy))
        spane_env_free(env)
        try ok(spane_env_step(copy, 0, nil))
        spane_env_free(copy)
        spane_env_free(nil)
        spane_trace_free(nil)
    }
}
