/// A naive reverse-mode differentiation of vectors in double precision, against which the trained networks are checked.
///
/// Every operation notes what it does to gradients; ``differentiate(_:)`` runs the notes backwards.
package final class Tape {
    /// A vector that was computed.
    package struct Node {
        fileprivate let index: Int
    }

    private let parameters: [Double]
    private let isRecording: Bool
    private var values: [[Double]] = []
    private var gradients: [[Double]] = []
    private var notes: [() -> Void] = []
    /// The gradient of the parameters so far.
    package private(set) var parameterGradient: [Double]

    package init(_ parameters: [Double], isRecording: Bool = true) {
        self.parameters = parameters
        self.isRecording = isRecording
        parameterGradient = isRecording ? Array(repeating: 0, count: parameters.count) : []
    }

    /// Forgets the vectors but not the gradient of the parameters.
    package func removeAll() {
        values.removeAll(keepingCapacity: true)
        gradients.removeAll(keepingCapacity: true)
        notes.removeAll(keepingCapacity: true)
    }

    package subscript(node: Node) -> [Double] { values[node.index] }

    package func constant(_ vector: [Double]) -> Node { add(vector) }

    /// Wx + b with parameters from `weights` and `bias` on.
    package func linear(_ input: Node, weights: Int, bias: Int, outputs: Int) -> Node {
        let x = self[input]
        let y = (0..<outputs).map { output in
            var sum = parameters[bias + output]
            for index in x.indices { sum += parameters[weights + output * x.count + index] * x[index] }
            return sum
        }
        return add(y) { [self] slopes in
            for (output, slope) in slopes.enumerated() where slope != 0 {
                parameterGradient[bias + output] += slope
                for index in x.indices {
                    parameterGradient[weights + output * x.count + index] += slope * x[index]
                    gradients[input.index][index] += slope * parameters[weights + output * x.count + index]
                }
            }
        }
    }

    package func relu(_ input: Node) -> Node {
        let x = self[input]
        return add(x.map { max($0, 0) }) { [self] slopes in
            for index in x.indices where x[index] > 0 { gradients[input.index][index] += slopes[index] }
        }
    }

    package func concatenate(_ inputs: [Node]) -> Node {
        add(inputs.flatMap { self[$0] }) { [self] slopes in
            var start = 0
            for input in inputs {
                for index in self[input].indices { gradients[input.index][index] += slopes[start + index] }
                start += self[input].count
            }
        }
    }

    /// The sum of vectors, each times a factor.
    package func combine(_ terms: [(Node, Double)]) -> Node {
        var sum = Array(repeating: 0.0, count: self[terms[0].0].count)
        for (node, factor) in terms { for index in sum.indices { sum[index] += factor * self[node][index] } }
        return add(sum) { [self] slopes in
            for (node, factor) in terms {
                for index in slopes.indices { gradients[node.index][index] += factor * slopes[index] }
            }
        }
    }

    /// A vector with the value of a one-element vector added to each component.
    package func shift(_ input: Node, by scalar: Node, times factor: Double) -> Node {
        add(self[input].map { $0 + factor * self[scalar][0] }) { [self] slopes in
            for index in slopes.indices {
                gradients[input.index][index] += slopes[index]
                gradients[scalar.index][0] += factor * slopes[index]
            }
        }
    }

    package func mean(of components: Node) -> Node {
        let x = self[components]
        return add([x.reduce(0, +) / Double(x.count)]) { [self] slopes in
            for index in x.indices { gradients[components.index][index] += slopes[0] / Double(x.count) }
        }
    }

    /// Component by component, the first vector that has the largest one.
    package func maximum(_ inputs: [Node]) -> Node {
        let holders = self[inputs[0]].indices.map { component in
            inputs.dropFirst().reduce(inputs[0]) { self[$1][component] > self[$0][component] ? $1 : $0 }
        }
        return add(holders.enumerated().map { self[$1][$0] }) { [self] slopes in
            for (component, holder) in holders.enumerated() {
                gradients[holder.index][component] += slopes[component]
            }
        }
    }

    /// Component by component, the unbiased standard deviation; 0 for one vector.
    package func deviation(_ inputs: [Node]) -> Node {
        let count = Double(inputs.count)
        let means = self[inputs[0]].indices.map { component in
            inputs.reduce(0) { $0 + self[$1][component] } / count
        }
        let deviations = means.indices.map { component in
            let squares = inputs.reduce(0) { sum, input in
                let apart = self[input][component] - means[component]
                return sum + apart * apart
            }
            return count > 1 ? (squares / (count - 1)).squareRoot() : 0
        }
        return add(deviations) { [self] slopes in
            for component in means.indices where deviations[component] > 0 {
                for input in inputs {
                    let apart = self[input][component] - means[component]
                    gradients[input.index][component] +=
                        slopes[component] * apart / (deviations[component] * (count - 1))
                }
            }
        }
    }

    /// Adds to the gradient of the parameters that of one component, times `slope`.
    package func differentiate(_ node: Node, component: Int, slope: Double) {
        gradients[node.index][component] += slope
        for note in notes.reversed() { note() }
    }

    private func add(_ value: [Double], note: (([Double]) -> Void)? = nil) -> Node {
        let node = Node(index: values.count)
        values.append(value)
        guard isRecording else { return node }
        gradients.append(Array(repeating: 0, count: value.count))
        if let note { notes.append { [self] in note(gradients[node.index]) } }
        return node
    }
}
