import ArgumentParser
import SpaneScheduling
import SpaneStorage

/// A trace that is to be placed on servers.
enum TraceOnServers {
    /// The trace of a file on these servers, of which `--fleet` tells unless `file` is `nil`; refuses a trace with a VM that is
    /// larger than a server.
    static func scenario(
        _ trace: Trace,
        _ path: String,
        on fleet: Fleet,
        of file: String?,
        _ moves: MoveLimits? = nil
    ) throws -> Scenario {
        do {
            return try Scenario(trace, on: fleet, moves: moves)
        } catch {
            if let file {
                throw ValidationError("\(path): \(error); \(file) has \(fleet.serversInWords).")
            }
            let node = fleet.firstNode
            throw ValidationError(
                "\(path): \(error); --node-cpu is \(CSVText.number(node.cpu)) and "
                    + "--node-mem is \(CSVText.number(node.mem))."
            )
        }
    }
}
