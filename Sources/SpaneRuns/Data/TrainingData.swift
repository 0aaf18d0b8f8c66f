internal import SpaneEvaluation
package import SpaneNetworks
package import SpaneScheduling
internal import SpaneSettings
package import SpaneStorage
package import SpaneTraining
internal import SpaneWorkloads

/// What a configuration reads: the training episodes, and the traces and starts of the validation.
package struct TrainingData: Sendable {
    /// One file, known by its content.
    package struct Input: Equatable, Sendable {
        /// The key that names it.
        package let key: String
        /// SHA-256 of the content.
        package let hash: String
    }

    /// Where training episodes come from.
    package let source: EpisodeSource
    /// The trace of the validation.
    package let validationTrace: Trace
    /// The first VM of each validation episode.
    package let validationStarts: [Int]
    /// The clusters of the validation.
    package let validationClusters: [Fleet]
    /// The moves that may make room; `nil` for none.
    package let moves: MoveLimits?
    /// What the inputs of a network are divided by: a node of equal servers, or the most that any node of the fleet has.
    package let normalisation: Normalisation
    /// What was read.
    package let inputs: [Input]
    /// The training traces.
    package let descriptions: [TraceDescription]

    /// Reads everything.
    ///
    /// - Throws: ``SettingsError`` naming the key, or ``StorageError`` naming the file that cannot be read.
    package init(_ configuration: RunConfiguration, file: String) throws {
        func refuse(_ detail: String) -> SettingsError { SettingsError(file, detail) }
        let data = configuration.data
        let validation = configuration.validation
        guard let firstTrace = data.traces.first else {
            throw refuse("data.traces names no trace; name at least one, or give --trace")
        }
        var loaded: [String: (trace: Trace, description: TraceDescription)] = [:]
        func load(_ path: String, _ key: String) throws -> (trace: Trace, description: TraceDescription) {
            if let known = loaded[path] { return known }
            guard !path.isEmpty else { throw refuse("\(key) is \"\"; it must name a file, or give --trace") }
            let content = try TraceInput.load(path)
            loaded[path] = content
            return content
        }

        var inputs: [Input] = []
        var fleets: [Input] = []
        var workloads: [EpisodeSource.Workload] = []
        var descriptions: [TraceDescription] = []
        for (index, settings) in data.traces.enumerated() {
            let key = "data.traces[\(index)]"
            let (trace, description) = try load(settings.file, "\(key).file")
            inputs.append(Input(key: "\(key).file", hash: TraceFile.contentHash(of: trace)))
            descriptions.append(description)
            guard let starts = settings.range, starts.upperBound <= trace.count else {
                throw refuse(
                    "\(key).starts is \"\(settings.starts)\"; \(settings.file) allows ranges in 0..<\(trace.count)"
                )
            }
            for variant in 0...data.mixes {
                workloads.append(
                    try EpisodeSource.Workload(
                        trace: variant == 0
                            ? trace
                            : Self.variant(
                                of: trace,
                                strength: data.mixStrength,
                                // A stream of its own for each variant of each trace.
                                seed: UInt64(configuration.run.seed),
                                stream: UInt64(index) << 32 | UInt64(variant)
                            ),
                        starts: starts,
                        weight: settings.weight
                    )
                )
            }
        }
        func clusters(_ counts: [Int], fleet: String, _ key: String) throws -> [Fleet] {
            guard fleet.isEmpty else {
                let content = try File.read(fleet)
                fleets.append(Input(key: key, hash: ContentHash.of(content)))
                return [try FleetInput.parse(content, fleet)]
            }
            return try counts.map {
                try Fleet(
                    servers: $0,
                    node: Resources(cpu: data.nodeCPU, mem: data.nodeMem),
                    splitAbove: data.splitAbove
                )
            }
        }
        moves = data.moveLimits
        let trained = try clusters(data.servers, fleet: data.fleet, "data.fleet")
        do {
            source = try EpisodeSource(workloads: workloads, clusters: trained, moves: data.moveLimits)
        } catch {
            throw refuse("[data]: \(error)")
        }
        let node = data.fleet.isEmpty ? Resources(cpu: data.nodeCPU, mem: data.nodeMem) : trained[0].largestNode
        normalisation = try Normalisation(cpu: Float(node.cpu), mem: Float(node.mem))

        validationTrace = try load(validation.trace.isEmpty ? firstTrace.file : validation.trace, "validation.trace")
            .trace
        inputs.append(Input(key: "validation.trace", hash: TraceFile.contentHash(of: validationTrace)))
        do {
            validationStarts = try Starts.parse(validation.starts) ?? StartsFile.read(validation.starts)
        } catch let error as SchedulingError {
            throw refuse("validation.starts: \(error)")
        }
        inputs.append(Input(key: "validation.starts", hash: Self.hash(validationStarts)))
        if validation.fleet.isEmpty, validation.servers.isEmpty || !data.fleet.isEmpty {
            validationClusters = trained
        } else {
            validationClusters = try clusters(validation.servers, fleet: validation.fleet, "validation.fleet")
        }
        self.inputs = inputs + fleets
        self.descriptions = descriptions
    }

    private static func variant(
        of trace: Trace,
        strength: Double,
        seed: UInt64,
        stream: UInt64
    ) throws(SchedulingError) -> Trace {
        var generator = Xoshiro256StarStar(seed: seed, stream: stream)
        let mix = try FlavorMix(for: trace, strength: strength, seed: generator.next())
        return try trace.resampled(mix, seed: generator.next())
    }

    private static func hash(_ starts: [Int]) -> String {
        SHA256.hexadecimal(of: starts.map { "\($0)\n" }.joined())
    }
}
