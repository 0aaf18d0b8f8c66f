import Glibc

/// How much all oracles together check, and where they begin, so that several runs see different fleets.
enum OracleEffort {
    private static let all = number("SPANE_ORACLE_STEPS") ?? 1_000_000

    /// The seed of the first fleet: `SPANE_ORACLE_SEED`, 1 unless it says otherwise.
    static let seed = number("SPANE_ORACLE_SEED") ?? 1

    /// A part of the steps: `SPANE_ORACLE_STEPS`, a million unless it says otherwise.
    static func steps(share: Double) -> Int { Int(share * Double(all)) }

    private static func number(_ name: String) -> Int? {
        guard let text = unsafe getenv(name) else { return nil }
        return unsafe Int(String(cString: text))
    }
}
