internal import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneScheduling

extension PolicySource {
    /// The policy behind an argument that must not be NULL, which makes single decisions.
    init(_ pointer: UnsafePointer<spane_policy>?) throws {
        self = try unsafe Self.source(of: required(pointer, "policy"), "policy->", size: "policy", isSingle: true)
    }

    /// A policy of a list whose elements have the size of the first, to play episodes.
    init(_ index: Int, of first: UnsafePointer<spane_policy>) throws {
        let policy = try unsafe elementOfArray(index, of: first, "policies")
        self = try unsafe Self.source(of: policy, "policies[\(index)].", size: "policies", isSingle: false)
    }

    /// - Parameters:
    ///   - fields: what messages put before the name of a field.
    ///   - isSingle: whether single decisions are asked for.
    private static func source(
        of pointer: UnsafePointer<spane_policy>,
        _ fields: String,
        size name: StaticString,
        isSingle: Bool
    ) throws -> PolicySource {
        let policy = unsafe try read(pointer, defaults: spane_policy(), name)
        guard unsafe policy.reserved == 0 else {
            throw Failure(SPANE_INVALID_ARGUMENT, "\(fields)reserved is \(unsafe policy.reserved); it must be 0")
        }
        if unsafe policy.decide != nil {
            let name = String(fields.dropLast(isSingle ? 2 : 1))
            return .external(try unsafe ExternalPolicy(policy, name, isSingle: isSingle))
        }
        try unsafe policy.checkIsNoCallback(fields)
        switch unsafe (policy.heuristic, policy.model) {
        case (nil, nil):
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "\(fields)heuristic, \(fields)model and \(fields)decide are all NULL; one of them must be set"
            )
        case (.some, .some):
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "\(fields)heuristic and \(fields)model are both set; one of them must be NULL"
            )
        case (let heuristic?, nil):
            let name = unsafe String(cString: heuristic)
            let trace = try unsafe policy.mix.map { try unsafe object($0, TraceHandle.self, "mix", fields).trace }
            let mix = trace.map { ExpectedFlavors(of: $0) }
            guard let heuristic = Heuristic(name: name, mix: mix) else {
                throw Failure(
                    SPANE_INVALID_ARGUMENT,
                    "\(fields)heuristic is \"\(name)\"; it must be \(Heuristic.names.joined(separator: ", "))"
                )
            }
            guard mix == nil || heuristic.usesMix else {
                throw Failure(
                    SPANE_INVALID_ARGUMENT,
                    "\(fields)mix is set and \(fields)heuristic is \"\(name)\"; a mix is for rules with \"capacity-lost\""
                )
            }
            return .heuristic(heuristic)
        case (nil, let model?):
            guard unsafe policy.mix == nil else {
                throw Failure(
                    SPANE_INVALID_ARGUMENT,
                    "\(fields)mix and \(fields)model are both set; a mix is for heuristics"
                )
            }
            return .model(try unsafe object(model, ModelHandle.self, "model", fields).model)
        }
    }

    private static func object<Object: HandleObject>(
        _ handle: OpaquePointer,
        _ type: Object.Type,
        _ name: StaticString,
        _ fields: String
    ) throws(Failure) -> Object {
        do {
            return try unsafe Handle.object(handle, type, name)
        } catch {
            throw Failure(error.status, "\(fields)\(error.message)")
        }
    }
}
