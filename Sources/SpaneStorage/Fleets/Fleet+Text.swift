package import SpaneScheduling

// Servers in words, for tables and files that people read.

extension Fleet {
    /// Cores and memory of each node where all servers have two equal ones of nothing else, as the paper's have.
    package var uniformNode: Resources? {
        guard layout == .published, let first = usedTypes.first, usedTypes.count == 1 else { return nil }
        let type = types[first]
        guard type.nodes.count == 2, type.nodes[0] == type.nodes[1], type.traits == 0, type.distances.isEmpty else {
            return nil
        }
        return firstNode
    }

    /// The GB above which a VM goes over both nodes, where that is all that the rule for spans says.
    package var onlySplitAbove: Double? {
        guard spanRule.splitFromCores == .infinity, spanRule.span == 2, splitAbove < .infinity else { return nil }
        return splitAbove
    }

    /// The servers: "5 servers of 2 x (40 cores, 90 GB)", or "12 servers: 4 x gen1 of 2 x (40 cores, 90 GB), ...".
    package var serversInWords: String {
        let counts = counts
        let used = usedTypes
        let total = "\(serverCount) server\(serverCount == 1 && uniformNode == nil ? "" : "s")"
        if used.count == 1 {
            let name = types[used[0]].name
            return "\(total)\(name.isEmpty ? "" : " \(name)") of \(types[used[0]].inWords(layout))"
        }
        // Where not all are named, those are of which there are most.
        let shown =
            used.count <= Self.mostInWords ? used : used.sorted { (-counts[$0], $0) < (-counts[$1], $1) }
        var parts = shown.prefix(Self.mostInWords).map { index in
            "\(counts[index]) x \(types[index].name.isEmpty ? "" : "\(types[index].name) of ")\(types[index].inWords(layout))"
        }
        let others = shown.dropFirst(Self.mostInWords)
        if !others.isEmpty {
            parts.append("\(others.reduce(0) { $0 + counts[$1] }) of \(others.count) further kinds")
        }
        return "\(total): \(parts.joined(separator: ", "))"
    }

    /// The rule for spans: "VMs above 64 GB or from 32 cores are spread over 2 NUMA nodes".
    package var ruleInWords: String {
        var bounds: [String] = []
        if spanRule.splitAbove < .infinity { bounds.append("above \(CSVText.number(spanRule.splitAbove)) GB") }
        if spanRule.splitFromCores < .infinity {
            bounds.append("from \(CSVText.number(spanRule.splitFromCores)) cores")
        }
        if bounds.isEmpty || spanRule.span == 1 { return "VMs are on one NUMA node unless they say otherwise" }
        return
            "VMs \(bounds.joined(separator: " or ")) are spread over \(spanRule.span) NUMA nodes unless they say otherwise"
    }

    /// What all servers have of each resource: cores, memory, and the further ones by name.
    package var capacity: (cpu: Double, mem: Double, extras: [String: Double]) {
        var sums = Array(repeating: 0.0, count: layout.nodeResources.count + layout.serverResources.count)
        for (type, count) in zip(types, counts) {
            for node in type.nodes {
                for (place, amount) in node.enumerated() { sums[place] += Double(count) * amount }
            }
            for (place, amount) in type.shared.enumerated() {
                sums[layout.nodeResources.count + place] += Double(count) * amount
            }
        }
        let extras = Dictionary(uniqueKeysWithValues: zip(layout.extraResources, sums.dropFirst(2)))
        return (sums[0], sums[1], extras)
    }

    /// The types that some server has.
    private var usedTypes: [Int] { counts.indices.filter { counts[$0] > 0 } }

    /// More kinds than these are counted only.
    private static let mostInWords = 6
}

extension ServerType {
    /// "2 x (40 cores, 90 GB) with 4000 disk"; unequal nodes stand side by side.
    fileprivate func inWords(_ layout: Layout) -> String {
        var runs: [(count: Int, node: [Double])] = []
        for node in nodes {
            if let last = runs.last, last.node == node {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((1, node))
            }
        }
        let texts = runs.map { "\($0.count) x (\(Self.amounts($0.node, layout)))" }
        let others = zip(layout.serverResources, shared).filter { $0.1 > 0 }.map { "\(CSVText.number($0.1)) \($0.0)" }
        return texts.joined(separator: " + ") + (others.isEmpty ? "" : " with \(others.joined(separator: " and "))")
    }

    private static func amounts(_ node: [Double], _ layout: Layout) -> String {
        (["\(CSVText.number(node[0])) cores", "\(CSVText.number(node[1])) GB"]
            + zip(layout.nodeResources, node).dropFirst(2).filter { $0.1 > 0 }.map { "\(CSVText.number($0.1)) \($0.0)" })
            .joined(separator: ", ")
    }
}

extension ContentHash {
    /// The hash of what the servers have and of the rule for spans, whatever their kinds are called.
    package static func of(_ fleet: Fleet) -> String {
        let types = fleet.types.map { type in
            ServerType(nodes: type.nodes, shared: type.shared, traits: type.traits, distances: type.distances)
        }
        var words = ByteWriter()
        words.put(fleet, types)
        return of(words.bytes)
    }
}
