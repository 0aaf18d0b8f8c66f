/// How two schedulers have decided about one VM.
package enum ShadowOutcome: Int, Sendable, CaseIterable {
    /// Both take the same nodes of the same server.
    case same
    /// The same server, but other nodes.
    case otherNodes
    /// Another server.
    case otherServer
    /// The own one has room where the other one refused.
    case onlyOwn
    /// The own one sees no room where the other one placed.
    case onlyOther
    /// Neither has room.
    case neither

    /// Compares the placements; `nil` for none.
    package init(own: Placement?, other: Placement?) {
        switch (own, other) {
        case (nil, nil): self = .neither
        case (.some, nil): self = .onlyOwn
        case (nil, .some): self = .onlyOther
        case (let own?, let other?):
            self = own == other ? .same : own.server == other.server ? .otherNodes : .otherServer
        }
    }
}
