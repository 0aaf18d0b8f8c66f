internal import CSpaneHeader
internal import SpaneEvaluation

extension ExternalPolicy {
    /// The policy that a callback of the caller's makes.
    ///
    /// - Parameters:
    ///   - name: what messages call it.
    ///   - isSingle: whether single decisions are asked for.
    convenience init(_ policy: spane_policy, _ name: String, isSingle: Bool) throws(Failure) {
        guard !isSingle else {
            throw Failure(
                SPANE_UNSUPPORTED,
                "\(name)->decide is set; such a policy takes part in spane_evaluate and spane_evaluate_fleet alone"
            )
        }
        guard unsafe policy.heuristic == nil, unsafe policy.model == nil, unsafe policy.mix == nil else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "\(name).decide is set; \(name).heuristic, \(name).model and \(name).mix must be NULL then"
            )
        }
        let (batch, most) = (unsafe policy.batch, ExternalPolicy.mostBatch)
        guard batch >= 0, batch <= most else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "\(name).batch is \(batch); it must be in 1 ... \(most), or 0 for what suits the servers"
            )
        }
        guard unsafe policy.flags & ~SPANE_OBSERVE_NORMALISED == 0 else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "\(name).flags is \(unsafe policy.flags); it must be 0 or SPANE_OBSERVE_NORMALISED"
            )
        }
        let callback = unsafe PolicyCallback(policy, name)
        self.init(
            name: name,
            batch: batch == 0 ? nil : Int(batch),
            isNormalised: unsafe policy.flags & SPANE_OBSERVE_NORMALISED != 0
        ) { try callback.decide($0) }
    }
}

extension spane_policy {
    /// Refuses what has no meaning without a callback.
    func checkIsNoCallback(_ fields: String) throws(Failure) {
        guard unsafe context == nil, unsafe batch == 0, unsafe flags == 0 else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "\(fields)decide is NULL; \(fields)context, \(fields)batch and \(fields)flags must be 0 then"
            )
        }
    }
}

/// What the caller has given to decide with; called in the thread that makes the call.
@safe
private final class PolicyCallback: @unchecked Sendable {
    private let name: String
    private let callback: spane_decide_callback?
    private let context: UnsafeMutableRawPointer?

    init(_ policy: spane_policy, _ name: String) {
        self.name = name
        unsafe callback = policy.decide
        unsafe context = policy.context
    }

    func decide(_ batch: borrowing DecisionBatch) throws {
        guard let callback = unsafe callback else { return }
        var decisions = unsafe spane_decisions(
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
        let answer = insideOfHost { unsafe callback(&decisions, context) }
        guard answer == 0 else {
            throw Failure(SPANE_CANCELLED, "\(name).decide has ended the call: it returned \(answer)")
        }
    }
}
