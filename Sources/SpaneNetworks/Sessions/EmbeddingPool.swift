internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneScheduling

/// The embeddings of all servers and what the aggregators make of them, kept up to date server by server.
///
/// The pooled values depend on the embeddings alone, not on the history nor on the order of servers: sums are exact in
/// ``FixedPoint``, and a maximum is one of the values.
struct EmbeddingPool: ~Copyable {
    private let aggregators: [Aggregator]
    // Whether there is a mean alone, without padding, so that a kernel can write it.
    private let isMean: Bool
    private let width: Int
    // The width, padded for the kernels.
    private let stride: Int
    private let serverCount: Int
    // One element, so that the pool never changes as a value.
    private let present = FlatBuffer<Int>(repeating: 0, count: 1)
    private let grid: FixedPoint
    // [server][padded component], in steps of the grid; 0 where the server is not there.
    private let steps: FlatBuffer<Int64>
    // [server][padded component], where maxima are wanted; less than any number where the server is not there.
    private let embeddings: FlatBuffer<Float>
    private let sums: FlatBuffer<Int64>
    private let squares: FlatBuffer<Int128>
    private let maxima: FlatBuffer<Float>
    // Of one server of a block.
    private let row: FlatBuffer<Float>

    init(_ layers: SpaneLayers, serverCount: Int, input: Double) throws(NetworkError) {
        let (aggregators, width) = (layers.architecture.aggregators, layers.architecture.server.width)
        let stride = Linear.padded(width)
        self.aggregators = aggregators
        self.width = width
        self.stride = stride
        isMean = aggregators == [.mean] && width == stride
        self.serverCount = serverCount
        grid = try FixedPoint(
            bound: layers.bounds(input: input).embedding,
            name: "the server embedding"
        )
        sums = FlatBuffer(repeating: 0, count: stride)
        squares = FlatBuffer(repeating: 0, count: aggregators.contains(.std) ? width : 0)
        maxima = FlatBuffer(repeating: -.infinity, count: aggregators.contains(.max) ? width : 0)
        // Whole blocks, for the kernels.
        let values = PackedServers.blocks(serverCount) * PackedServers.lanes * stride
        steps = FlatBuffer(repeating: 0, count: values)
        embeddings = FlatBuffer(repeating: -.infinity, count: maxima.count > 0 ? values : 0)
        row = FlatBuffer(repeating: 0, count: stride)
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
        unsafe update(server: server, to: embedding)
    }

    /// Takes away the embedding of a server.
    ///
    /// - Complexity: O(width), and O(servers) for each maximum that the server held.
    func remove(server: Int) {
        present[0] -= 1
        let row = server * stride
        for component in 0..<width {
            exchangeSteps(row + component, component, 0)
            if maxima.count > 0 { exchangeValue(row + component, component, -.infinity) }
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
            return unsafe kernel_replace(steps.base + row, embedding, sums.base, stride, grid.scale)
        }
        for component in 0..<width {
            let new = unsafe embedding[component]
            exchangeSteps(row + component, component, grid.steps(new))
            if maxima.count > 0 { exchangeValue(row + component, component, new) }
        }
    }

    /// Puts another number of steps into a place.
    private func exchangeSteps(_ place: Int, _ component: Int, _ new: Int64) {
        let old = steps[place]
        steps[place] = new
        sums[component] += new - old
        if squares.count > 0 { squares[component] += Int128(new) * Int128(new) - Int128(old) * Int128(old) }
    }

    /// Puts another value into a place.
    private func exchangeValue(_ place: Int, _ component: Int, _ new: Float) {
        let old = embeddings[place]
        embeddings[place] = new
        if new >= maxima[component] {
            maxima[component] = new
        } else if old == maxima[component] {
            findMaximum(component)
        }
    }

    private func findMaximum(_ component: Int) {
        var most = -Float.infinity
        for server in 0..<serverCount { most = max(most, embeddings[server * stride + component]) }
        maxima[component] = most
    }

    /// Takes over the embeddings of a block of servers.
    ///
    /// - Parameters:
    ///   - block: `KERNEL_LANES` servers from this multiple on.
    ///   - embeddings: [component][lane].
    ///   - look: which of them are there; those that have not changed have the embedding that they had.
    func update(block: Int, to embeddings: UnsafePointer<Float>, _ look: kernel_look) {
        let first = block * PackedServers.lanes
        if hasSumsOnly {
            present[0] += look.is_present.nonzeroBitCount - look.was_present.nonzeroBitCount
            let rows = unsafe steps.base + first * stride
            return unsafe kernel_replace_block(
                rows,
                embeddings,
                look.is_present,
                sums.base,
                width,
                stride,
                grid.scale
            )
        }
        for lane in 0..<PackedServers.lanes where look.changed >> lane & 1 != 0 {
            for component in 0..<width {
                row[component] = unsafe embeddings[component * PackedServers.lanes + lane]
            }
            switch (look.was_present >> lane & 1 != 0, look.is_present >> lane & 1 != 0) {
            case (false, true): unsafe add(server: first + lane, row.base)
            case (true, true): unsafe update(server: first + lane, to: row.base)
            case (true, false): remove(server: first + lane)
            case (false, false): break
            }
        }
    }

    /// Writes the cluster embedding: aggregators.count * width values.
    func write(to output: UnsafeMutablePointer<Float>) {
        if isMean, presentCount > 0 {
            return unsafe kernel_means(sums.base, stride, Double(presentCount), grid.inverse, output)
        }
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
