/// What each node of a placement gives to a VM.
///
/// It is apart from the ``Request``, which refers to an object, so that hot loops copy plain numbers.
struct NodeShare: Equatable, BitwiseCopyable, Sendable {
    /// In steps of the ``Grid``.
    let cpu: Double
    let mem: Double
    /// How many nodes give as much.
    let span: Int
    /// Whether that is all the VM asks for: it has no ``RequestTerms``.
    let isPlain: Bool
}
