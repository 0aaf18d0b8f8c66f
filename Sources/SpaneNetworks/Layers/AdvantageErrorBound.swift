internal import CSpaneKernels
internal import SpaneScheduling

/// How far an advantage can move when what all servers share moves and the server stays.
struct AdvantageErrorBound: Sendable {
    // For each unit of the first hidden layer: how much an advantage moves at most when the unit moves by 1.
    private let gains: [Double]
    // The rounding error of an advantage is at most `leastError`, and `errors` for each 1 of magnitude of a unit.
    private let leastError: Double
    private let errors: [Double]

    init(_ layers: SpaneLayers) {
        let nodes = layers.advantage.nodes
        let hidden = layers.architecture.advantage.width
        let gainsOfOutputs = (0..<NUMATopology.nodesPerServer).map { output in
            // A ReLU never makes a difference larger.
            nodes.reversed().reduce((0..<NUMATopology.nodesPerServer).map { $0 == output ? 1.0 : 0 }) { gains, node in
                node.layer.inputGains(gains)
            }
        }
        gains = (0..<hidden).map { unit in gainsOfOutputs.map { $0[unit] }.max() ?? 0 }
        func error(_ hidden: [Double]) -> Double {
            var magnitudes = hidden
            var errors = hidden.map { $0 * Linear.roundingUnit }
            for node in nodes {
                errors = node.layer.outputErrors(magnitudes, errors)
                magnitudes = node.layer.outputBounds(magnitudes)
            }
            return errors.max() ?? 0
        }
        // The error grows linearly with each magnitude, and a maximum of sums is at most the sum of maxima.
        let none = Array(repeating: 0.0, count: hidden)
        let least = error(none)
        leastError = least
        errors = (0..<hidden).map { unit in
            var one = none
            one[unit] = 0x1p20
            return error(one) * 0x1p-20
        }
    }

    /// The largest of the rounding errors that the parts of some servers of a block can bring.
    ///
    /// - Parameters:
    ///   - parts: of the block, as the kernels have them.
    ///   - servers: a bit for each server of the block.
    func largestError(of parts: UnsafePointer<Float>, servers: UInt8) -> Double {
        unsafe errors.withUnsafeBufferPointer { unsafe kernel_largest_error($0.baseAddress, $0.count, parts, servers) }
    }

    /// How much greater the computed advantage of a server can be with the shared part `now` than with `before`.
    ///
    /// - Parameter largestError: at least ``largestError(of:servers:)`` of the server.
    @inline(__always)
    func bound(from before: UnsafePointer<Float>, to now: UnsafePointer<Float>, _ largestError: Double) -> Double {
        var errorBound = 0.0
        var error = leastError + largestError
        for unit in gains.indices {
            let (old, new) = unsafe (Double(before[unit]), Double(now[unit]))
            errorBound += gains[unit] * (new - old).magnitude
            error += errors[unit] * max(old.magnitude, new.magnitude)
        }
        // Both advantages have their error; the factor covers the rounding here.
        return (errorBound + 2 * error) * 0x1.00001p0
    }
}

extension Linear {
    /// More than the relative error of one operation, so that products of errors are covered.
    fileprivate static var roundingUnit: Double { 0x1.01p-24 }

    /// How much a value moves at most when an input moves by 1, if it moves by `gains` when the outputs do.
    fileprivate func inputGains(_ gains: [Double]) -> [Double] {
        (0..<inputs).map { input in
            (0..<outputs).reduce(0) { $0 + Double(weight(input: input, output: $1).magnitude) * gains[$1] }
        }
    }

    /// The largest rounding error of each output for inputs of these magnitudes with these errors.
    ///
    /// In a head with one hidden layer the kernels sum the shared part and the rest of an input one after the other.
    fileprivate func outputErrors(_ magnitudes: [Double], _ errors: [Double]) -> [Double] {
        let roundings = Double(2 * inputs + 2) * Self.roundingUnit
        let sums = outputBounds(magnitudes.map { 2 * $0 })
        return (0..<outputs).map { output in
            (0..<inputs).reduce(roundings * sums[output]) {
                $0 + Double(weight(input: $1, output: output).magnitude) * errors[$1]
            }
        }
    }
}
