package import SpaneScheduling

/// Small random traces that contend for small servers.
package struct RandomTrace {
    /// How amounts and times are drawn.
    package enum Style: CaseIterable, Sendable {
        /// Whole cores, GB and seconds; many arrivals and ends fall together.
        case whole
        /// Sizes such as 0.1, 1.75 and 1/3, whole seconds.
        case fractionalSizes
        /// Fractional sizes and arbitrary times.
        case fractional
        /// Bursts of VMs that arrive together, a third of them with a lifetime of zero.
        case bursts
    }

    /// One NUMA node of the servers that these traces are made for; every VM fits on it.
    package static let node = Resources(cpu: 8, mem: 24)

    /// Draws `count` VMs whose load is near what `servers` servers can carry.
    package static func vms(
        _ style: Style,
        count: Int,
        servers: Int,
        _ generator: inout Xoshiro256StarStar
    ) -> [VirtualMachine] {
        let isWhole = style == .whole || style == .bursts
        let cores: [Double] = isWhole ? [1, 2, 3, 4] : [0.1, 1.75, 1.0 / 3, 2, 0.7, 4]
        let memory: [Double] = isWhole ? [1, 2, 4, 10, 12, 20] : [0.1, 1.75, 1.0 / 3, 4, 7.3, 10.1, 16.7]
        var time = Double(generator.below(20))
        return (0..<count).map { index in
            switch style {
            case .whole, .fractionalSizes: time += Double(max(0, generator.below(5) - 2))
            case .fractional: time += 1.5 * generator.uniform()
            case .bursts: time += generator.below(8) == 0 ? Double(generator.below(12)) : 0
            }
            let mean = 7 * servers
            var lifetime = Double(generator.below(2 * mean + 1))
            if style == .fractional { lifetime = 2 * Double(mean) * generator.uniform() }
            if generator.below(style == .bursts ? 3 : 12) == 0 { lifetime = 0 }
            return VirtualMachine(
                id: Int64(index),
                cpu: cores[generator.below(cores.count)],
                mem: memory[generator.below(memory.count)],
                arrival: time,
                lifetime: lifetime
            )
        }
    }

    /// The first difference between two arrays, for messages.
    package static func difference<Element: Equatable>(_ left: [Element], _ right: [Element]) -> String? {
        if left.count != right.count { return "\(left.count) and \(right.count) values" }
        for index in left.indices where left[index] != right[index] {
            return "\(left[index]) and \(right[index]) at \(index)"
        }
        return nil
    }
}
