internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneScheduling

/// The embeddings of all servers and what the aggregators make of them, kept up to date server by server.
///
/// The pooled values depend on the embeddings alone, not on the history nor on the order of servers: sums are exact in
/// ``FixedPoint``, and a maximum is one of the values.
struct EmbeddingPool: ~Copyable {
    private let aggregators: [Aggregator]
    private let width: Int
    // The width, padded for the kernels.
    private let stride: Int
    private let serverCount: Int
    // One element, so that the pool never changes as a value.
    private let present = FlatBuffer<Int>(repeating: 0, count: 1)
    private let grid: FixedPoint
    // [server][padded component]
    private let embeddings: FlatBuffer<Float>
    private let sums: FlatBuffer<Int64>
    private let squares: FlatBuffer<Int128>
    private let maxima: FlatBuffer<Float>

    init(_ layers: SpaneLayers, serverCount: Int, input: Double) throws(NetworkError) {
        aggregators = layers.architecture.aggregators
        width = layers.architecture.server.width
        stride = Linear.padded(width)
        self.serverCount = serverCount
        grid = try FixedPoint(
            bound: layers.bounds(input: input).embedding,
            name: "the server embedding"
        )
        embeddings = FlatBuffer(repeating: -.infinity, count: serverCount * stride)
        sums = FlatBuffer(repeating: 0, count: stride)
        squares = FlatBuffer(repeating: 0, count: aggregators.contains(.std) ? width : 0)
        maxima = FlatBuffer(repeating: -.infinity, count: aggregators.contains(.max) ? width : 0)
    }

    /// The servers that have an embedding.
    var presentCount: Int { present[0] }

    /// Whether sums are all that the aggregators want, so that a kernel does everything.
    private var hasSumsOnly: Bool { squares.count == 0 && maxima.count == 0 }

    /// Sets the embedding of a server that has none.
    ///
    /// - Parameter embedding: the components, padded with zeros as the layers write them.
    func add(server: Int, _ embedding: UnsafePointer<Float>) {
        present[0] += 1
        let row = server * stride
        if hasSumsOnly {
            for component in 0..<stride { embeddings[row + component] = 0 }
            return unsafe kernel_replace(embeddings.base + row, embedding, sums.base, stride, grid.scale)
        }
        for component in 0..<width {
            let new = unsafe embedding[component]
            embeddings[row + component] = new
            let steps = grid.steps(new)
            sums[component] += steps
            if squares.count > 0 { squares[component] += Int128(steps) * Int128(steps) }
            if maxima.count > 0 { maxima[component] = max(maxima[component], new) }
        }
    }

    /// Takes away the embedding of a server.
    ///
    /// - Complexity: O(width), and O(servers) for each maximum that the server held.
    func remove(server: Int) {
        present[0] -= 1
        let row = server * stride
        for component in 0..<width {
            let old = embeddings[row + component]
            // No number is less, so an absent server never holds a maximum.
            embeddings[row + component] = -.infinity
            let steps = grid.steps(old)
            sums[component] -= steps
            if squares.count > 0 { squares[component] -= Int128(steps) * Int128(steps) }
            if maxima.count > 0, old == maxima[component] { findMaximum(component) }
        }
    }

    /// Replaces the embedding of a server that has one.
    ///
    /// - Parameter embedding: the components, padded with zeros as the layers write them.
    /// - Complexity: O(width), and O(servers) for each maximum that the server held and no longer holds.
    @inline(__always)
    func update(server: Int, to embedding: UnsafePointer<Float>) {
        let row = server * stride
        if hasSumsOnly {
            return unsafe kernel_replace(embeddings.base + row, embedding, sums.base, stride, grid.scale)
        }
        for component in 0..<width {
            let new = unsafe embedding[component]
            let old = embeddings[row + component]
            embeddings[row + component] = new
            let (newSteps, oldSteps) = (grid.steps(new), grid.steps(old))
            sums[component] += newSteps - oldSteps
            if squares.count > 0 {
                squares[component] += Int128(newSteps) * Int128(newSteps) - Int128(oldSteps) * Int128(oldSteps)
            }
            guard maxima.count > 0 else { continue }
            if new >= maxima[component] {
                maxima[component] = new
            } else if old == maxima[component] {
                findMaximum(component)
            }
        }
    }

    private func findMaximum(_ component: Int) {
        var most = -Float.infinity
        for server in 0..<serverCount { most = max(most, embeddings[server * stride + component]) }
        maxima[component] = most
    }

    /// Writes the cluster embedding: aggregators.count * width values.
    func write(to output: UnsafeMutablePointer<Float>) {
        for index in aggregators.indices {
            let aggregator = aggregators[index]
            for component in 0..<width {
                unsafe output[index * width + component] = value(aggregator, component)
            }
        }
    }

    private func value(_ aggregator: Aggregator, _ component: Int) -> Float {
        // Without any server there is nothing to decide.
        guard presentCount > 0 else { return 0 }
        switch aggregator {
        case .mean:
            return Float(Double(sums[component]) / Double(presentCount) * grid.inverse)
        case .max:
            return maxima[component]
        case .std:
            guard presentCount > 1 else { return 0 }
            let count = Int128(presentCount)
            let sum = Int128(sums[component])
            // n Σq² - (Σq)² is n (n - 1) times the unbiased variance, exactly.
            let scaled = Double(count * squares[component] - sum * sum)
            let variance = scaled / (Double(presentCount) * Double(presentCount - 1))
            return Float(variance.squareRoot() * grid.inverse)
        }
    }
}
