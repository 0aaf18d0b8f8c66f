import Glibc

/// How many steps all oracles together check: `SPANE_ORACLE_STEPS`, a million unless it says otherwise.
enum OracleEffort {
    private static let all: Int = {
        guard let text = unsafe getenv("SPANE_ORACLE_STEPS") else { return 1_000_000 }
        return unsafe Int(String(cString: text)) ?? 1_000_000
    }()

    /// A part of them.
    static func steps(share: Double) -> Int { Int(share * Double(all)) }
}
