/// What the inputs of a network are divided by: the capacity of one NUMA node.
public struct Normalisation: Equatable, Sendable {
    /// Cores, above zero.
    public let cpu: Float
    /// GB, above zero.
    public let mem: Float

    /// The capacity of a node in every published experiment.
    public static let published = Normalisation(uncheckedCPU: 40, mem: 90)

    /// Creates a normalisation.
    ///
    /// - Throws: ``NetworkError`` when a value is not finite and above zero.
    public init(cpu: Float, mem: Float) throws(NetworkError) {
        for (name, value) in [("cpu", cpu), ("mem", mem)] where !(value > 0 && value.isFinite) {
            throw NetworkError("normalisation \(name) is \(value); it must be finite and above 0")
        }
        self.init(uncheckedCPU: cpu, mem: mem)
    }

    private init(uncheckedCPU cpu: Float, mem: Float) {
        self.cpu = cpu
        self.mem = mem
    }
}
