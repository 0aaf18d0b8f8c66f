import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// When logs begin, and what becomes of their files where they do not.
@Suite struct ClusterLogClockTests {
    private let folder = TemporaryFolder()

    private let request = Request(cpu: 1, mem: 1)

    private func place(_ id: UInt64, on cluster: inout Cluster) throws {
        try cluster.place(id, request, at: Placement(server: 0, nodes: NodeSet(rawValue: 1)))
    }

    private func cluster() throws -> Cluster { try Cluster(Fleet(servers: 1)) }

    private func times(_ path: String) throws -> [Double] {
        var times: [Double] = []
        try LogReader(path).forEach { time, _ in times.append(time) }
        return times
    }

    /// A simulation begins at any time, in any year of the system.
    @Test func theCallersTimeIsThatOfTheBeginning() throws {
        let path = folder.file("simulated.log")
        for run in 0..<2 {
            var cluster = try cluster()
            let log = try ClusterLog.start(path, of: &cluster)
            try log.setTime(Double(run) * 100)
            try place(1, on: &cluster)
            try log.setTime(Double(run) * 100 + 50.25)
            try place(2, on: &cluster)
            try log.stop(&cluster)
        }
        #expect(try times(path) == [0, 0, 50.25, 100, 100, 150.25])
    }

    @Test func aClockThatIsGivenLaterGoesOn() throws {
        let path = folder.file("late.log")
        var cluster = try cluster()
        let log = try ClusterLog.start(path, of: &cluster, .buffered)
        try place(1, on: &cluster)
        try log.setTime(-5)
        try place(2, on: &cluster)
        try log.setTime(15)
        try place(3, on: &cluster)
        try log.stop(&cluster)
        let times = try times(path)
        #expect(times.count == 4)
        #expect(times[0] > 1e9 && times[1] >= times[0] && times[1] < times[0] + 100)
        #expect(abs(times[2] - times[1]) < 1e-5)
        #expect(abs(times[3] - times[2] - 20) < 1e-5)
    }

    /// One that the system's clock has begun goes on by the caller's, however early that is.
    @Test func anotherClockAfterAnEndGoesOn() throws {
        let path = folder.file("both.log")
        var first = try cluster()
        let log = try ClusterLog.start(path, of: &first)
        try place(1, on: &first)
        try log.stop(&first)
        var second = try cluster()
        let other = try ClusterLog.start(path, of: &second)
        try other.setTime(0)
        try place(2, on: &second)
        try other.setTime(7)
        try place(3, on: &second)
        try other.stop(&second)
        let times = try times(path)
        #expect(times == times.sorted())
        #expect(abs(times[4] - times[3] - 7) < 1e-5)
    }

    @Test(arguments: [-0x1p42, 0x1p42]) func theLargestTimesAreKept(_ time: Double) throws {
        let path = folder.file("far.log")
        var cluster = try cluster()
        let log = try ClusterLog.start(path, of: &cluster)
        try log.setTime(time)
        try place(1, on: &cluster)
        try log.setTime(-time)
        try place(2, on: &cluster)
        for wrong in [time * 1.001, .infinity, .nan] {
            #expect(throws: SchedulingError.self) { try log.setTime(wrong) }
        }
        try log.stop(&cluster)
        #expect(try times(path) == [time, time, -time])
    }

    /// Of a log that is not started, nothing is left, and an earlier one stays what it was.
    @Test func nothingIsLeftOfWhatWasCancelled() throws {
        var cluster = try cluster()
        let path = folder.file("new.log")
        let never = Progress { _ in false }
        #expect(throws: SchedulingError.self) { _ = try ClusterLog.start(path, of: &cluster, .written, never) }
        #expect(try folder.names().isEmpty)
        #expect(cluster.observer == nil)
        let log = try ClusterLog.start(path, of: &cluster)
        try log.stop(&cluster)
        let torn = try folder.read("new.log") + [200, 1, 2]
        try folder.write(torn, to: "new.log")
        // At each moment at which it can be cancelled.
        for turns in 0..<4 {
            var left = turns
            let progress = Progress { _ in
                left -= 1
                return left >= 0
            }
            do {
                let log = try ClusterLog.start(path, of: &cluster, .written, progress)
                #expect(log.status.cut == 3)
                try log.stop(&cluster)
                return
            } catch {
                #expect(try folder.read("new.log") == torn)
            }
        }
        Issue.record("it was never started")
    }
}
