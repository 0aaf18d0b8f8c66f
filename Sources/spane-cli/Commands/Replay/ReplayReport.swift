import SpaneEvaluation
import SpaneExperiments
import SpaneScheduling
import SpaneStorage

/// What policies make of a log, as a table and as JSON.
struct ReplayReport {
    let log: String
    /// The bytes at the end that are no whole event.
    let rest: Int
    let facts: LogFacts
    let options: ReplayOptions
    let policies: [String]
    let replays: [Replay]
    /// Whether the fewest servers were looked for.
    let hasNeed: Bool

    // MARK: Table

    var table: String {
        let servers = options.servers ?? facts.servers
        let blocks: [String?] = [
            """
            \(log): \(NumberText.grouped(facts.events)) events in \(NumberText.duration(facts.end - facts.begin)) on \
            \(NumberText.grouped(facts.servers)) servers\(servers == facts.servers ? "" : ", replayed on \(servers)")\
            \(options.moves.map { "; \($0.inWords)" } ?? "")\(options.hasQueue ? "; what fits nowhere waits" : "")
            """,
            rest == 0
                ? nil
                : "The last \(NumberText.grouped(rest)) bytes of the file are no whole event and were not read.",
            figures.text,
            shadow,
            """
            refused: never placed. wait: of those that got a place later than they asked for it\(options.hasQueue
                ? ", or wait at the end" : ""). alike: of the VMs that were placed when the log placed \
            them, those that went to the same NUMA nodes.
            """,
        ]
        return blocks.compactMap { $0 }.joined(separator: "\n\n")
    }

    private var figures: Table {
        var table = Table(
            header: [
                "policy", "VMs", "refused", "refused cores", "waited", "mean wait", "moves", "alike", "µs/decision",
            ]
                + (hasNeed ? ["servers needed"] : [])
        )
        table.add(row("as in the log", facts.figures, nil, isLog: true))
        for (policy, replay) in zip(policies, replays) {
            table.add(row(policy, replay.figures, replay.serversNeeded, isLog: false))
        }
        return table
    }

    private func row(_ name: String, _ figures: ReplayFigures, _ servers: Int?, isLog: Bool) -> [String] {
        [
            name, NumberText.grouped(figures.asked.vms), NumberText.grouped(figures.refused.vms),
            NumberText.percent(figures.refusedCores, decimals: 2), NumberText.grouped(figures.waited),
            figures.waited > 0 ? NumberText.duration(figures.wait / Double(figures.waited)) : "",
            NumberText.grouped(figures.moved.moves),
            isLog || figures.compared == 0
                ? "" : NumberText.percent(Double(figures.alike) / Double(figures.compared)),
            isLog || figures.decisions == 0
                ? "" : NumberText.grouped(figures.seconds / Double(figures.decisions) * 1e6, decimals: 1),
        ] + (hasNeed ? [servers.map { NumberText.grouped($0) } ?? (isLog ? "" : "more than all")] : [])
    }

    private var shadow: String? {
        let shadow = facts.shadow
        guard shadow.decisions > 0 else { return nil }
        let lines: [(ShadowOutcome, String)] = [
            (.same, "alike"), (.otherNodes, "on other nodes of the same server"), (.otherServer, "on another server"),
            (.onlyOwn, "the session had room for and the other one refused"),
            (.onlyOther, "the session had no room for and the other one placed"), (.neither, "neither had room for"),
        ]
        var table = Table(header: ["in shadow of another scheduler", "VMs", "share"])
        for (outcome, text) in lines {
            let count = shadow.count(outcome)
            table.add([text, NumberText.grouped(count), NumberText.percent(Double(count) / Double(shadow.decisions))])
        }
        return table.text
    }

    // MARK: JSON

    private struct Document: Encodable {
        struct Figures: Encodable {
            let policy: String?
            let vms: Int
            let cores: Double
            let refused_vms: Int
            let refused_cores: Double
            let waited_vms: Int
            let wait_seconds: Double
            let longest_wait_seconds: Double
            let moves: Int
            let moved_gb: Double
            let compared: Int
            let alike: Int
            let refused_resizes: Int
            let decisions: Int
            let seconds: Double
            // Absent where it was not looked for, and null where there is no such number.
            let servers_needed: Int??

            init(_ policy: String?, _ figures: ReplayFigures, _ servers: Int??) {
                self.policy = policy
                (vms, cores) = (figures.asked.vms, figures.asked.cores)
                (refused_vms, refused_cores) = (figures.refused.vms, figures.refused.cores)
                (waited_vms, wait_seconds) = (figures.waited, figures.wait)
                longest_wait_seconds = figures.longestWait
                (moves, moved_gb) = (figures.moved.moves, figures.moved.mem)
                (compared, alike) = (figures.compared, figures.alike)
                (refused_resizes, decisions) = (figures.refusedResizes, figures.decisions)
                seconds = figures.seconds
                servers_needed = servers
            }
        }

        struct Shadow: Encodable {
            let decisions: Int
            let same: Int
            let other_nodes: Int
            let other_server: Int
            let only_own: Int
            let only_other: Int
            let neither: Int

            init?(_ shadow: ShadowFigures) {
                guard shadow.decisions > 0 else { return nil }
                decisions = shadow.decisions
                (same, other_nodes) = (shadow.count(.same), shadow.count(.otherNodes))
                (other_server, only_own) = (shadow.count(.otherServer), shadow.count(.onlyOwn))
                (only_other, neither) = (shadow.count(.onlyOther), shadow.count(.neither))
            }
        }

        let events: Int
        let begin: Double
        let end: Double
        let servers: Int
        let replayed_servers: Int
        let queue: Bool
        let moves: MoveLimitsDocument?
        let unread_bytes: Int
        let log: Figures
        let shadow: Shadow?
        let policies: [Figures]
    }

    func json() throws -> String {
        try JSONText.pretty(
            Document(
                events: facts.events,
                begin: facts.begin,
                end: facts.end,
                servers: facts.servers,
                replayed_servers: options.servers ?? facts.servers,
                queue: options.hasQueue,
                moves: MoveLimitsDocument(options.moves),
                unread_bytes: rest,
                log: Document.Figures(nil, facts.figures, nil),
                shadow: Document.Shadow(facts.shadow),
                policies: zip(policies, replays).map {
                    Document.Figures($0, $1.figures, hasNeed ? .some($1.serversNeeded) : nil)
                }
            )
        )
    }
}
