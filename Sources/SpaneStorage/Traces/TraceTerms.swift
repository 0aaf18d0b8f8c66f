internal import SpaneScheduling

/// The columns of a trace in HDF5 that most traces do not have: over how many NUMA nodes each VM is spread, and what it asks
/// for beside cores and memory.
struct TraceTerms {
    /// The names of the resources, ascending.
    private(set) var resources: [String] = []
    private var spans: [Int64] = []
    private var amounts: [[Double]] = []

    private static let spanColumn = "span"
    private static let group = "resources"

    /// None of them.
    init() {}

    /// Reads what is there of `count` VMs.
    init(in file: borrowing HDF5Reader, count: Int, _ progress: Progress) throws(StorageError) {
        if try file.has(Self.spanColumn) {
            spans = try file.integers(Self.spanColumn, count: count, progress.part(0, 0.2))
            let allowed = 0...Int64(Layout.mostNodes)
            if let index = spans.firstIndex(where: { !allowed.contains($0) }) {
                throw file.error(
                    .format,
                    "dataset /\(Self.spanColumn) has the value \(spans[index]) for VM \(index); it must be in "
                        + "1 ... \(Layout.mostNodes), or 0 for the cluster's rule"
                )
            }
        }
        guard try file.has(Self.group) else { return }
        resources = try file.names(in: Self.group).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        guard resources.count <= Self.mostResources else {
            throw file.error(
                .format,
                "group /\(Self.group) has \(resources.count) datasets; at most \(Self.mostResources) are read"
            )
        }
        for (index, name) in resources.enumerated() {
            let progress = progress.part(0.2, 1).part(index, of: resources.count)
            if let detail = Self.refusal(of: name) { throw file.error(.format, "group /\(Self.group): \(detail)") }
            amounts.append(try TraceFile.column("\(Self.group)/\(name)", of: file, count: count, progress))
        }
    }

    /// The most resources that a trace names, as many as servers can have beside cores and memory.
    static let mostResources = Layout.mostResources - 2

    /// The bytes that a VM takes for its amounts while a trace is made.
    var bytesPerVM: Int { resources.isEmpty ? 0 : 32 + resources.count * MemoryLayout<Double>.stride }

    func span(of vm: Int) -> Int { spans.isEmpty ? 0 : Int(spans[vm]) }

    func extras(of vm: Int) -> [Double] { amounts.map { $0[vm] } }

    /// What is wrong with the name of a resource, if something is.
    static func refusal(of name: String) -> String? {
        let shown = VisibleText.of(name.utf8, atMost: 40)
        if name.isEmpty || name == "." { return "a resource is called \"\(shown)\"; its name must be some other text" }
        if name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 < 0x20 || $0 == 0x7F }) {
            return "a resource is called \"\(shown)\"; a name has no slashes and no control characters"
        }
        if name == "cpu" || name == "mem" {
            return "a resource is called \"\(name)\"; cores and memory have columns of their own"
        }
        return nil
    }

    // MARK: Writing

    static func put(_ trace: Trace, into file: borrowing HDF5Writer, _ progress: Progress) throws(StorageError) {
        if trace.hasSpans {
            let spans = trace.ofFlavors { Int64($0.span) }
            try file.dataset(spanColumn, spans, .compressed, progress: progress.part(0, 0.2))
            try file.attribute("unit", "1", of: spanColumn)
        }
        guard !trace.resources.isEmpty else { return }
        try file.group(group)
        for (index, place) in trace.resourceOrder.enumerated() {
            let progress = progress.part(0.2, 1).part(index, of: trace.resources.count)
            let name = trace.resources[place]
            if let detail = refusal(of: name) { throw file.refusal(detail) }
            try file.dataset("\(group)/\(name)", trace.amounts(of: place), .compressed, progress: progress)
        }
    }

    /// Adds each column that is there: its name in UTF-8, a byte of zero, and its values as 8-byte little-endian numbers.
    static func hash(_ trace: Trace, into hash: inout SHA256) {
        func update(name: String) {
            for byte in name.utf8 { hash.update(byte: byte) }
            hash.update(byte: 0)
        }
        if trace.hasSpans {
            update(name: spanColumn)
            for span in trace.ofFlavors(\.span) { hash.update(word: UInt64(truncatingIfNeeded: span)) }
        }
        for place in trace.resourceOrder {
            update(name: "\(group)/\(trace.resources[place])")
            for amount in trace.amounts(of: place) { hash.update(word: amount.bitPattern) }
        }
    }
}

extension Trace {
    /// Whether a VM says over how many NUMA nodes it is spread.
    var hasSpans: Bool { flavors.contains { $0.span > 0 } }

    /// Whether it has columns that most traces do not have.
    var hasTerms: Bool { hasSpans || !resources.isEmpty }

    /// The places of the resources by their names, ascending, so that the order in which they were named does not matter.
    fileprivate var resourceOrder: [Int] {
        resources.indices.sorted { resources[$0].utf8.lexicographicallyPrecedes(resources[$1].utf8) }
    }

    fileprivate func amounts(of place: Int) -> [Double] {
        ofFlavors { place < $0.extras.count ? $0.extras[place] : 0 }
    }

    /// The column of a value that VMs of one size share.
    func ofFlavors<Value>(_ value: (Flavor) -> Value) -> [Value] {
        let values = flavors.map(value)
        return rows.map { values[Int($0.flavor)] }
    }
}
