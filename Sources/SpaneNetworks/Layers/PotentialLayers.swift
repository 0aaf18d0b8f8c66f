internal import CSpaneKernels

/// The layers of a ``PotentialArchitecture`` packed for the kernels; shared by all sessions of a model.
final class PotentialLayers: PackedNetwork {
    let architecture: PotentialArchitecture
    let stack: LinearStack

    init(_ tensors: TensorTable, _ architecture: PotentialArchitecture) {
        self.architecture = architecture
        stack = LinearStack(
            tensors,
            names: LinearStack.names("potential", architecture.hidden),
            lastHasBias: false
        )
    }

    func makeSession(
        _ normalisation: Normalisation,
        _ shape: ClusterShape
    ) throws(NetworkError) -> any ScoringPolicy {
        PotentialSession(self, normalisation, shape)
    }
}

extension Activation {
    /// The activation as the kernels call it.
    var kernel: Int32 {
        switch self {
        case .relu: Int32(bitPattern: KERNEL_RELU.rawValue)
        case .softsign: Int32(bitPattern: KERNEL_SOFTSIGN.rawValue)
        case .tanh: Int32(bitPattern: KERNEL_TANH.rawValue)
        }
    }
}
