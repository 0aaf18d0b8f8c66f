import ArgumentParser
import SpaneStorage

/// What a VM asks for as it is named on the command line: 32c,128GB,2 for 32 cores and 128 GB over 2 NUMA nodes.
struct RequestArgument: ExpressibleByArgument {
    let text: String
    let cpu: Double
    let mem: Double
    /// 0 for what the cluster's rule says.
    let span: Int

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 || parts.count == 3, let cpu = Self.number(parts[0], "c"),
            let mem = Self.number(parts[1], "GB"), let span = parts.count == 2 ? 0 : Int(parts[2])
        else { return nil }
        (text, self.cpu, self.mem, self.span) = (argument, cpu, mem, span)
    }

    private static func number(_ text: String, _ unit: String) -> Double? {
        PlainNumber.parse(text.hasSuffix(unit) ? String(text.dropLast(unit.count)) : text)
    }
}
