import CSpaneHeader
import SpaneEvaluation
import SpaneStorage
import SpaneSystem

/// A policy in a shared object.
enum PluginPolicy {
    private static let symbol = "spane_decide"

    /// Loads a shared object for as long as the command runs.
    static func load(_ file: String) throws -> ExternalPolicy {
        // A name without a slash would be looked for in the system's folders.
        let path = file.contains("/") ? file : "./" + file
        guard let library = unsafe path.withPath({ unsafe dlopen($0, RTLD_NOW | RTLD_LOCAL) }) else {
            throw StorageError(.format, path: file, "cannot be loaded: \(lastError)")
        }
        guard let address = unsafe dlsym(library, symbol) else {
            throw StorageError(.format, path: file, "has no function \(symbol); see spane_decide_callback in spane.h")
        }
        let function = unsafe Function(call: unsafeBitCast(address, to: spane_decide_callback.self))
        return ExternalPolicy(name: file) { decisions in
            var decisions = unsafe spane_decisions(decisions)
            let answer = unsafe function.call(&decisions, nil)
            guard answer == 0 else { throw StorageError(.cancelled, path: file, "\(symbol) returned \(answer)") }
        }
    }

    private static var lastError: String {
        guard let text = unsafe dlerror() else { return "unknown error" }
        return unsafe String(cString: text)
    }

    /// Called by one thread alone.
    @safe
    private struct Function: @unchecked Sendable {
        let call: spane_decide_callback
    }
}

extension spane_decisions {
    /// The decisions as C has them.
    init(_ batch: borrowing DecisionBatch) {
        unsafe self.init(
            struct_size: UInt32(MemoryLayout<spane_decisions>.size),
            count: Int32(truncatingIfNeeded: batch.count),
            servers: Int32(truncatingIfNeeded: batch.servers),
            reserved: 0,
            observation_size: Int64(batch.observationSize),
            mask_size: Int64(batch.maskSize),
            observation: batch.observations,
            mask: batch.masks,
            episode: batch.episodes,
            vm: batch.vms,
            is_first: batch.isFirst,
            action: batch.actions
        )
    }
}
