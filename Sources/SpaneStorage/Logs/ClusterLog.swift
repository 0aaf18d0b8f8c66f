internal import SpaneSystem
public import SpaneScheduling

/// Writes everything that happens to a cluster to the end of a file: the state at the beginning, each change, each question.
///
/// What was written whole is read again, whatever happens to the process or, where it is synced, to the machine; the remains of an
/// event that was not are cut off when the log goes on. A log that cannot be written ends, and the cluster goes on without it.
/// `docs/replay.md` shows what logs are for, and `docs/file-formats.md` what is in them.
public final class ClusterLog: Sendable {
    /// What an event has to survive.
    public enum Durability: Int, Sendable, CaseIterable {
        /// Nothing: events are written when there are 64 KB of them.
        case buffered
        /// The end of the process, however sudden.
        case written
        /// The end of the machine: each event waits for the disk.
        case synced
    }

    /// What became of a log.
    public struct Status: Sendable {
        /// The events since it was opened that are or will be in it.
        public var events = 0
        /// The bytes of its file, with what has not been written yet.
        public var bytes = 0
        /// The bytes that were cut off when it was opened: the remains of an event.
        public internal(set) var cut = 0
        /// Why it ended, if it did.
        public var failure: StorageError?
    }

    private let file: LogFile

    /// Opens a log and writes the state of the cluster, which it follows from then on. A log that is there goes on.
    ///
    /// - Throws: `badState` when the cluster has a log; ``StorageError`` when the file is no log, is written by somebody else, or
    ///   cannot be written.
    /// - Complexity: O(servers + VMs), and reading the log that is there.
    public static func start(
        _ path: String,
        of cluster: inout Cluster,
        _ durability: Durability = .written
    ) throws -> ClusterLog {
        try start(path, of: &cluster, durability, .none)
    }

    package static func start(
        _ path: String,
        of cluster: inout Cluster,
        _ durability: Durability,
        _ progress: Progress
    ) throws -> ClusterLog {
        guard cluster.observer == nil else {
            throw SchedulingError(.badState, "the cluster has a log already; stop it first")
        }
        guard cluster.trialDepth == 0 else {
            throw SchedulingError(.badState, "a trial is open; a log can be started when all trials have ended")
        }
        let image = try ClusterFile.image(of: cluster, progress: progress.part(0, 0.5))
        let file = try LogFile(path, durability, progress.part(0.5, 1))
        do {
            // Nothing is in the file before the last moment at which it can be cancelled.
            try progress.finish()
            try file.begin(image)
        } catch {
            file.withdraw()
            throw error
        }
        cluster.observer = file
        return ClusterLog(file)
    }

    private init(_ file: LogFile) { self.file = file }

    /// Ends the log of a cluster.
    ///
    /// - Throws: `badState` while a trial is open, whose end belongs to the log; ``StorageError`` when what was left could not be
    ///   written, or when the log had ended before.
    public func stop(_ cluster: inout Cluster) throws {
        guard cluster.trialDepth == 0 else {
            throw SchedulingError(.badState, "a trial is open; a log can be stopped when all trials have ended")
        }
        cluster.observer = nil
        try file.close()
    }

    /// Waits until everything so far is safe on the disk.
    ///
    /// - Throws: ``StorageError`` when the log has ended.
    public func sync() throws(StorageError) { try file.sync() }

    /// Takes the time of events from the caller from now on, in seconds, and no longer from the clock of the system.
    ///
    /// - Throws: `invalidArgument` when it is not finite or outside ±2⁴².
    public func setTime(_ seconds: Double) throws(SchedulingError) {
        guard abs(seconds) <= LogClock.largestTime else {
            throw SchedulingError(
                .invalidArgument,
                "seconds is \(seconds); it must be in \(-LogClock.largestTime) ... \(LogClock.largestTime)"
            )
        }
        file.setTime(seconds)
    }

    /// What became of it.
    public var status: Status { file.status }
}

/// The file of a log that is being written.
private final class LogFile: ClusterObserver, @unchecked Sendable {
    private let path: String
    private let durability: ClusterLog.Durability
    private let mutex = SystemMutex()
    // All below inside the mutex: sessions of several threads ask at once.
    private var descriptor: Int32
    // Whether there was no such file before; it goes again where nothing comes of the log.
    private var isNew = false
    private var event = EventWriter()
    private var pending = EventWriter()
    private var pendingEvents = 0
    private var written = 0
    private var record = ClusterLog.Status()
    private var callersTime: Double?
    // Of the last event, in microseconds.
    private var last = 0
    // A process that is forked from this one has the file open too, but no part in it.
    private let process = getpid()

    /// How much is gathered where nothing has to survive.
    private static let pieceSize = 64 << 10

    init(_ path: String, _ durability: ClusterLog.Durability, _ progress: Progress) throws(StorageError) {
        (self.path, self.durability) = (path, durability)
        // Opening a pipe would wait for its reader.
        var status = stat()
        if unsafe path.withPath({ unsafe stat($0, &status) }) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw StorageError(.io, path: path, "cannot be a log: it is not a regular file")
        }
        let flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOCTTY
        descriptor = unsafe path.withPath { unsafe open($0, flags | O_CREAT | O_EXCL, 0o666) }
        let isNew = descriptor >= 0
        if descriptor < 0, errno == EEXIST {
            descriptor = unsafe path.withPath { unsafe open($0, flags) }
        }
        guard descriptor >= 0 else { throw StorageError("cannot be written", path: path, errno: errno) }
        do throws(StorageError) {
            // Where the file system has no locks, the user sees to it.
            if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
                throw StorageError(.io, path: path, "is a log that another cluster or process is writing")
            }
            self.isNew = isNew
            try recover(progress)
        } catch {
            withdraw()
            throw error
        }
    }

    deinit { if descriptor >= 0 { _ = try? close() } }

    /// Finds what was not written whole.
    private func recover(_ progress: Progress) throws(StorageError) {
        let size = try File.size(path)
        written = size == 0 ? 0 : try LogReader(path).wholeSize(progress)
        record.cut = size - written
    }

    /// Cuts off what was not written whole, and writes the state of the cluster.
    func begin(_ image: [UInt8]) throws(StorageError) {
        mutex.lock()
        defer { mutex.unlock() }
        if record.cut > 0, ftruncate(descriptor, off_t(written)) != 0 {
            throw StorageError("cannot be written", path: path, errno: errno)
        }
        if written == 0 { pending.append(LogFrame.signature) }
        let time = now
        last = LogClock.microseconds(time)
        event.removeAll()
        event.put(0)
        event.put(byte: EventKind.start.rawValue)
        event.put(time)
        event.append(image)
        add()
        flush()
        if let failure = record.failure { throw failure }
        // The next events are smaller by far.
        event = EventWriter(capacity: 256)
        pending = EventWriter(capacity: durability == .buffered ? Self.pieceSize + 256 : 256)
    }

    /// Closes a log that has not begun; a file that was made for it goes.
    func withdraw() {
        if isNew { _ = unsafe path.withPath { unsafe unlink($0) } }
        SpaneSystem.close(descriptor)
        descriptor = -1
    }

    func note(_ event: ClusterEvent) {
        mutex.lock()
        defer { mutex.unlock() }
        guard record.failure == nil else { return }
        self.event.removeAll()
        self.event.put(event, after: delay())
        add()
        if durability != .buffered || pending.bytes.count >= Self.pieceSize { flush() }
    }

    func setTime(_ seconds: Double) {
        mutex.lock()
        defer { mutex.unlock() }
        let isFirst = callersTime == nil
        callersTime = seconds
        guard isFirst, record.failure == nil else { return }
        event.removeAll()
        event.put(delay())
        event.put(byte: EventKind.clock.rawValue)
        add()
        if durability != .buffered { flush() }
    }

    var status: ClusterLog.Status {
        mutex.lock()
        defer { mutex.unlock() }
        var status = record
        status.bytes = written + pending.bytes.count
        return status
    }

    func sync() throws(StorageError) {
        mutex.lock()
        defer { mutex.unlock() }
        flush()
        if record.failure == nil, fdatasync(descriptor) != 0 { fail(errno) }
        if let failure = record.failure { throw failure }
    }

    func close() throws(StorageError) {
        mutex.lock()
        defer { mutex.unlock() }
        if getpid() == process {
            flush()
            // A process that was forked from this one holds the lock too.
            flock(descriptor, LOCK_UN)
        } else {
            pending.removeAll()
        }
        if descriptor >= 0, SpaneSystem.close(descriptor) != 0, record.failure == nil { fail(errno) }
        descriptor = -1
        if let failure = record.failure { throw failure }
    }

    // MARK: Inside the mutex

    private var now: Double {
        if let callersTime { return callersTime }
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Since the last event, in microseconds.
    private func delay() -> Int {
        let time = LogClock.microseconds(now)
        defer { last = time }
        return time &- last
    }

    private func add() {
        LogFrame.put(event.bytes, into: &pending)
        pendingEvents += 1
        record.events += 1
    }

    private func flush() {
        guard record.failure == nil, !pending.bytes.isEmpty else { return }
        guard getpid() == process else {
            let why = "the log ends here: it belongs to the process from which this one was forked"
            return end(StorageError(.io, path: path, why))
        }
        let number = Output.write(pending.bytes, to: descriptor)
        guard number == 0 else { return fail(number) }
        written += pending.bytes.count
        pending.removeAll()
        pendingEvents = 0
        if durability == .synced, fdatasync(descriptor) != 0 { fail(errno) }
    }

    private func fail(_ number: Int32) {
        end(StorageError("the log ends here: it cannot be written", path: path, errno: number))
        // The remains of an event.
        ftruncate(descriptor, off_t(written))
    }

    /// Ends the log: what follows an event that is missing would mean something else.
    private func end(_ failure: StorageError) {
        record.failure = failure
        record.events -= pendingEvents
        pendingEvents = 0
        pending.removeAll()
    }
}
