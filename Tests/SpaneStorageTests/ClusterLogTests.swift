import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// Logs of clusters: what is written is read, however they end.
@Suite struct ClusterLogTests {
    private let folder = TemporaryFolder()

    /// A change or question of some kind, which may be refused.
    private func change(_ cluster: inout Cluster, _ fleet: RandomFleet, _ generator: inout Xoshiro256StarStar) throws {
        let id = generator.next() % 40
        let server = Int(generator.next() % 8)
        let group = generator.next() % 4
        let ask = fleet.ask(&generator)
        let request = try cluster.state.checkedRequest(
            cpu: ask.cpu,
            mem: ask.mem,
            span: ask.span,
            extras: ask.extras,
            require: ask.require,
            forbid: ask.forbid,
            farthest: ask.farthest
        )
        let nodes = NodeSet(rawValue: UInt8(1 + generator.next() % 15))
        let placement = Placement(server: server, nodes: nodes)
        var first = FirstFit()
        switch generator.next() % 18 {
        case 0, 1, 2, 3:
            guard let found = first.placement(for: request, in: group, on: cluster) else {
                return cluster.tell(.refuse(id, request, group: group))
            }
            try? cluster.place(id, request, in: group, at: cluster.outside(found))
        case 4: try? cluster.record(id, request, in: group, at: placement)
        case 5: _ = cluster.release(id)
        case 6: try? cluster.move(id, to: placement)
        case 7: try? cluster.resize(id, to: request)
        case 8: try? cluster.rename(id, to: id + 1)
        case 9: try? cluster.cordon(server)
        case 10: try? cluster.uncordon(server)
        case 11: _ = try? cluster.failServer(server)
        case 12: try? cluster.setFree(Resources(cpu: 0.3, mem: 0.7), server: server, node: 0)
        case 13: _ = try? cluster.addServers([0], of: [RandomFleet.type(fleet.layout, &generator)])
        case 14: try? cluster.removeServer(server)
        case 15: try? cluster.resizeServer(server, to: RandomFleet.type(fleet.layout, &generator))
        case 16:
            if cluster.levels.isEmpty { try cluster.setLevels(["rack", "zone"]) }
            try? cluster.setDomain(Int(generator.next() % 3), of: server, level: Int(generator.next() % 2))
            let kind = GroupRule.Kind.allCases[Int(generator.next() % 3)]
            let rule = GroupRule(
                kind,
                level: Int(generator.next() % 3) - 1,
                count: 2,
                isHard: generator.next() % 2 == 0
            )
            try? cluster.setRules([rule], ofGroup: group)
        default:
            switch generator.next() % 3 {
            case 0: cluster.beginTrial()
            case 1: try? cluster.keepTrial()
            default: try? cluster.dropTrial()
            }
        }
    }

    private func endTrials(_ cluster: inout Cluster) throws { while cluster.trialDepth > 0 { try cluster.keepTrial() } }

    private func isSame(_ left: borrowing Cluster, _ right: borrowing Cluster) throws -> Bool {
        try ClusterFile.image(of: left) == ClusterFile.image(of: right)
    }

    @Test(arguments: ClusterLog.Durability.allCases) func readsWhatWasWritten(_ durability: ClusterLog.Durability)
        throws
    {
        var generator = Xoshiro256StarStar(seed: 31)
        for round in 0..<(durability == .written ? 20 : 5) {
            let path = folder.file("\(durability)-\(round).log")
            let fleet = try RandomFleet(nodes: 1 + round % 4, servers: 6, &generator)
            var cluster = try Cluster(fleet.configuration)
            let log = try ClusterLog.start(path, of: &cluster, durability)
            for step in 0..<(durability == .synced ? 20 : 200) {
                try log.setTime(Double(step) * 0.25 - 3)
                try change(&cluster, fleet, &generator)
            }
            try endTrials(&cluster)
            let status = log.status
            try log.stop(&cluster)
            #expect(try folder.read("\(durability)-\(round).log").count == status.bytes)
            var again = Cluster()
            var latest = -Double.infinity
            let end = try LogReader(path).forEach { time, event in
                try again.perform(event)
                if case .start = event { return }
                #expect(time >= latest && time >= -3 && (time * 4).rounded() == time * 4)
                latest = time
            }
            #expect(end.events == status.events + 0)
            #expect(end.rest == 0)
            #expect(try isSame(again, cluster))
        }
    }

    /// A log with some events, and the bytes at which each of its events ends.
    private func sample() throws -> (bytes: [UInt8], ends: [Int]) {
        let path = folder.file("sample.log")
        var cluster = Cluster()
        _ = try cluster.addServers(Array(repeating: Resources(cpu: 40, mem: 90), count: 2))
        let log = try ClusterLog.start(path, of: &cluster)
        var ends = [log.status.bytes]
        for id in 1...6 as ClosedRange<UInt64> {
            let placement = Placement(server: Int(id % 2), nodes: NodeSet(rawValue: 1))
            try cluster.place(id, Request(cpu: 4, mem: 8.5), at: placement)
            ends.append(log.status.bytes)
        }
        try log.stop(&cluster)
        return (try folder.read("sample.log"), ends)
    }

    @Test func whateverIsCutOffIsLost() throws {
        let (bytes, ends) = try sample()
        let first = ends[0]
        for size in [first - 20, first - 1] + Array(first..<bytes.count) where size % 2 == 0 || size > bytes.count - 30
        {
            let path = try folder.write(Array(bytes.prefix(size)), to: "cut.log")
            let end = try LogReader(path).forEach { _, _ in }
            #expect(end.events == ends.count { $0 <= size })
            #expect(end.size + end.rest == size)
            // It goes on after the last whole event.
            var cluster = Cluster()
            let log = try ClusterLog.start(path, of: &cluster)
            #expect(log.status.cut == end.rest)
            try log.stop(&cluster)
            let after = try LogReader(path).forEach { _, _ in }
            #expect(after.events == end.events + 1)
            #expect(after.rest == 0)
        }
        for size in 0..<LogFrame.signature.count {
            let path = try folder.write(Array(bytes.prefix(size)), to: "cut.log")
            #expect(try LogReader(path).forEach { _, _ in }.events == 0)
        }
    }

    /// Whole events behind one that is damaged are not cut off, and not played without what is missing.
    @Test func damageInTheMiddleIsTold() throws {
        var (bytes, ends) = try sample()
        bytes[ends[1] + 6] ^= 0x10
        let path = try folder.write(bytes, to: "middle.log")
        let detail = "is damaged after \(ends[1]) bytes, and whole events follow; keep the file and start another log"
        var cluster = Cluster()
        expectError(.format, path, detail) { _ = try ClusterLog.start(path, of: &cluster) }
        expectError(.format, path, detail) { try LogReader(path).forEachEvent(.none) { _, _ in } }
        #expect(try folder.read("middle.log") == bytes)
    }

    @Test func aTrialKeepsItsLog() throws {
        var cluster = Cluster()
        let log = try ClusterLog.start(folder.file("trial.log"), of: &cluster)
        cluster.beginTrial()
        #expect(throws: SchedulingError.self) { try log.stop(&cluster) }
        try cluster.keepTrial()
        try log.stop(&cluster)
        #expect(try LogReader(folder.file("trial.log")).forEach { _, _ in }.events == 3)
    }

    @Test func damageIsTheEnd() throws {
        let (bytes, ends) = try sample()
        var generator = Xoshiro256StarStar(seed: 3)
        for position in stride(from: ends[0], to: bytes.count, by: 3) {
            var damaged = bytes
            damaged[position] ^= UInt8(1 + generator.next() % 255)
            let path = try folder.write(damaged, to: "damaged.log")
            let end = try LogReader(path).forEach { _, _ in }
            #expect(end.events == ends.count { $0 <= position })
            #expect(end.rest > 0)
        }
    }

    /// Events whose checksums are right and whose content is not.
    @Test func nonsenseIsNamed() throws {
        let (bytes, ends) = try sample()
        var generator = Xoshiro256StarStar(seed: 4)
        var refused = 0
        for round in 0..<300 {
            var event = EventWriter()
            event.put(round % 7)
            for _ in 0..<1 + generator.below(24) {
                event.put(byte: UInt8(truncatingIfNeeded: generator.next() >> UInt64(generator.below(9))))
            }
            var frame = EventWriter()
            LogFrame.put(event.bytes, into: &frame)
            let path = try folder.write(bytes + frame.bytes, to: "nonsense.log")
            do {
                var cluster = Cluster()
                try LogReader(path).forEach { _, event in try? cluster.perform(event) }
            } catch let error as StorageError {
                refused += 1
                #expect(error.code == .format)
                #expect("\(error)".contains("event \(ends.count)"))
            }
        }
        #expect(refused > 100)
    }

    @Test func refusesWhatIsNoLog() throws {
        var cluster = Cluster()
        let text = try folder.write("vmid,cpu,mem,at,lt\n", to: "trace.csv")
        expectError(.format, text, "is no log of a cluster") { _ = try ClusterLog.start(text, of: &cluster) }
        #expect(try folder.text("trace.csv") == "vmid,cpu,mem,at,lt\n")
        let future = try folder.write(Array("SPANELOG".utf8) + [0, 0, 0, 9], to: "future.log")
        expectError(.version, future, "is a log of version 9; this library knows 1") {
            try LogReader(future).forEach { _, _ in }
        }
        expectError(.io, folder.path, "cannot be a log: it is not a regular file") {
            _ = try ClusterLog.start(folder.path, of: &cluster)
        }
        let path = folder.file("one.log")
        let log = try ClusterLog.start(path, of: &cluster)
        #expect(throws: SchedulingError.self) { _ = try ClusterLog.start(folder.file("two.log"), of: &cluster) }
        var other = Cluster()
        expectError(.io, path, "is a log that another cluster or process is writing") {
            _ = try ClusterLog.start(path, of: &other)
        }
        #expect(throws: SchedulingError.self) { try log.setTime(.nan) }
        try log.stop(&cluster)
        let again = try ClusterLog.start(path, of: &other)
        try again.stop(&other)
        #expect(try LogReader(path).forEach { _, _ in }.events == 2)
    }
}
