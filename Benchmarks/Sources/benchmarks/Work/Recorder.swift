internal import SpaneNetworks
internal import SpaneScheduling

/// Remembers what a model decides.
struct Recorder: Policy {
    private let session: any ScoringPolicy
    var actions: [Int32] = []

    init(_ session: any ScoringPolicy) { self.session = session }

    mutating func begin(start: Int, on cluster: borrowing ClusterState) {
        var session = session
        session.begin(start: start, on: cluster)
    }

    mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        var session = session
        let action = session.action(for: request, on: cluster)
        if let action { actions.append(action.rawValue) }
        return action?.placement(ofSpan: request.span)
    }
}
