internal import SpaneNetworks
internal import SpaneScheduling

/// All figures, group by group.
struct Benchmark {
    let options: Options
    let trace: Trace
    let model: Model

    /// Servers of the published experiments.
    private static let publishedServers = 5

    init(_ options: Options, trace: Trace) throws {
        self.options = options
        self.trace = trace
        var generator = Xoshiro256StarStar(seed: 1)
        model = try Model(architecture: .spane(.published()), generator: &generator)
    }

    func run() throws -> [Figure] {
        var figures: [Figure] = []
        if options.wants("steps") { figures += try steps() }
        if options.wants("decisions") { figures += try decisions() }
        if options.wants("forward") { figures += try forwards() }
        if options.wants("episodes") { figures += try episodes() }
        if options.wants("fleets") { figures += try fleets() }
        if options.wants("plans") { figures += try plans() }
        if options.wants("training") { figures += try trainings() }
        if options.wants("threads") { figures += try threads() }
        if options.wants("load") { figures += try loads() }
        return figures
    }

    private func steps() throws -> [Figure] {
        let episodes = try Episodes(options.scaled(1000), of: trace, servers: Self.publishedServers)
        let contest = StepContest(trace, servers: Self.publishedServers, episodes: episodes)
        try contest.check()
        let medians = try Medians(contest, repetitions: options.repetitions)
        return [Figure("First Fit steps, 5 servers", count: episodes.vmCount, medians)]
    }

    private func decisions() throws -> [Figure] {
        try [(servers: 5, count: 100_000), (50, 30_000), (1000, 5000)].map { size in
            let contest = try DecisionContest(servers: size.servers, count: options.scaled(size.count), model: model)
            try contest.check()
            let medians = try Medians(contest, repetitions: options.repetitions)
            return Figure("SPANE decisions and steps, \(size.servers) servers", count: contest.count, medians)
        }
    }

    private func forwards() throws -> [Figure] {
        try [true, false].flatMap { isFresh in
            try [(servers: 5, count: 100_000), (50, 20_000), (1000, 1000)].map { size in
                let contest = try ForwardContest(
                    servers: size.servers,
                    count: options.scaled(size.count),
                    isFresh: isFresh,
                    model: model
                )
                try contest.check()
                let medians = try Medians(contest, repetitions: options.repetitions)
                let state = isFresh ? "every server changed" : "no server changed"
                var figure = Figure(
                    "SPANE forward, \(size.servers) servers, \(state)",
                    nanosecondsOfOneIn: contest.count,
                    medians
                )
                let count = contest.count * Self.multiplyAdds(servers: size.servers)
                if isFresh { figure.limit = Limits.ofArithmetic(count, seconds: medians.library) }
                return figure
            }
        }
    }

    /// Of one forward pass of the published network: what each server takes, and what all share.
    private static func multiplyAdds(servers: Int) -> Int {
        let (inputs, width, advantage, actions) = (4, 8, 16, 2)
        let ofServer = inputs * width + width * width + width * advantage + advantage * actions
        return servers * ofServer + (width + 3) * width + width + (width + 3) * advantage
    }

    private func episodes() throws -> [Figure] {
        let episodes = try Episodes(options.scaled(1000), of: trace, servers: Self.publishedServers)
        let contest = EpisodeContest(trace, servers: Self.publishedServers, episodes: episodes, model: model)
        try contest.check()
        let medians = try Medians(contest, repetitions: options.repetitions)
        let name = "SPANE, \(episodes.count) episodes of about \(episodes.vmCount / episodes.count) VMs, 5 servers"
        return [Figure(name, .seconds, library: medians.library, peer: medians.peer)]
    }

    private func plans() throws -> [Figure] {
        try [(servers: 20, count: 2000), (3000, 200), (100_000, 10)].flatMap { size in
            try [0, MoveLimits.defaultBudget].map { budget in
                let contest = try PlanContest(servers: size.servers, budget: budget, count: options.scaled(size.count))
                let medians = try Medians(contest, repetitions: min(options.repetitions, 5))
                let search = budget == 0 ? "greedy" : "budget \(budget)"
                let name = "plan room, \(size.servers) servers, \(search), beside looking whether it fits"
                return Figure(name, nanosecondsOfOneIn: contest.count, medians)
            }
        }
    }

    private func trainings() throws -> [Figure] {
        let servers = Self.publishedServers
        let published = try TrainingContest.published(trace, servers: servers, steps: options.scaled(5000))
        let potential = try TrainingContest.potential(trace, servers: servers, steps: options.scaled(10))
        // Long enough to be steady.
        let repetitions = min(options.repetitions, 3)
        return [
            Figure(
                "train the published DQN, \(published.steps) episodes",
                .seconds,
                library: try Medians(published, repetitions: repetitions).library,
                peer: nil
            ),
            Figure(
                "train a potential, \(potential.steps) generations of 3200 episodes",
                .seconds,
                library: try Medians(potential, repetitions: repetitions).library,
                peer: nil
            ),
        ]
    }

    private func threads() throws -> [Figure] {
        let servers = Self.publishedServers
        let contests = [
            (
                "evaluate a SPANE network, 1000 episodes",
                try ThreadContest.evaluation(trace, servers: servers, episodes: options.scaled(1000), model: model)
            ),
            (
                "search, 200 trials of 20 episodes",
                try ThreadContest.search(trace, servers: servers, trials: options.scaled(200))
            ),
            (
                "evolution, 5 generations of 3200 episodes",
                try ThreadContest.evolution(trace, servers: servers, steps: options.scaled(5))
            ),
        ]
        return try contests.map { name, contest in
            let medians = try Medians(contest, repetitions: min(options.repetitions, 5))
            let name = "\(name), two threads beside one"
            return Figure(name, .seconds, library: medians.library, peer: medians.peer)
        }
    }

    private func loads() throws -> [Figure] {
        try [LoadContest.Format.hdf5, .csv].flatMap { format in
            let contest = try LoadContest(trace, format)
            let medians = try Medians(contest, repetitions: options.repetitions)
            let name = "load a trace of \(trace.count) VMs, \(format.rawValue)"
            let megabytes = Double(contest.byteCount) / 1e6
            var time = Figure(
                name,
                .milliseconds,
                library: medians.library * 1e3,
                peer: contest.hasPeer ? medians.peer * 1e3 : nil
            )
            // The file is read, and the trace is written.
            let bytes = contest.byteCount + trace.count * LoadContest.bytesOfVM
            time.limit = Limits.ofMemory(bytes, seconds: medians.library)
            return [
                time,
                Figure(
                    name,
                    .megabytesPerSecond,
                    library: megabytes / medians.library,
                    peer: contest.hasPeer ? megabytes / medians.peer : nil
                ),
            ]
        }
    }
}
