import CSpaneHeader

/// Who is told how far a call is, and when it is to be cancelled.
final class Listener {
    private(set) var calls: [(done: Int64, total: Int64)] = []
    /// The number of the call from which on it cancels.
    var cancelAt = Int.max
    /// What else it does in every call.
    var action: () -> Void = {}

    /// Makes a call that takes progress.
    func hear<Value>(_ call: (UnsafePointer<spane_progress>) throws -> Value) rethrows -> Value {
        var progress = spane_progress(
            callback: { done, total, user in
                guard let user else { return 1 }
                let listener = Unmanaged<Listener>.fromOpaque(user).takeUnretainedValue()
                listener.calls.append((done, total))
                listener.action()
                return listener.calls.count >= listener.cancelAt ? 1 : 0
            },
            user: Unmanaged.passUnretained(self).toOpaque()
        )
        return try call(&progress)
    }

    /// Whether what it was told makes sense of a call that has done `total`.
    func heard(all total: Int) -> Bool {
        zip(calls, calls.dropFirst()).allSatisfy { $0.done <= $1.done }
            && calls.allSatisfy { $0.total == Int64(total) && $0.done >= 0 } && calls.last?.done == Int64(total)
    }
}
