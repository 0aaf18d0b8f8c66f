import Glibc
import SpaneNetworks
import SpaneScheduling
import SpaneStorage
import Testing

/// The reference data: real traces, published models and results, golden files. It is not part of the repository.
enum Reference {
    /// Where it is: `SPANE_REFERENCE`, taken from the root of the repository when relative.
    static let folder: String = {
        let path = variable("SPANE_REFERENCE") ?? "../shared/reference"
        guard !path.hasPrefix("/") else { return path }
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        return root + "/" + path
    }()

    /// Whether it is there.
    static let isPresent = exists(folder + "/golden/q_values.h5") && exists(folder + "/trace/Huawei-East-1-lt.csv")

    /// Whether the environment asks for a failure when it is missing.
    static let isRequired = variable("SPANE_REQUIRE_REFERENCE") == "1"

    /// What a skipped suite says.
    static let absence: Comment = "no reference data; set SPANE_REFERENCE to its folder"

    /// The five published models, by the names that all files use.
    static let modelNames = ["MLPAUG-NfJxi", "MLPDQN-WWQEX", "SPANE-44r8Q", "SPANE-FFb8o", "SPANE-ZHrai"]

    /// The heuristics, by the names of the golden files.
    static let heuristics: [(name: String, heuristic: Heuristic)] = [
        ("first_fit", .firstFit), ("best_fit", .bestFit), ("balance_fit", .balanceFit), ("move_to_front", .moveToFront),
    ]

    /// The real trace, read once.
    static let trace = Result { try TraceCSV.read(folder + "/trace/Huawei-East-1-lt.csv").trace }

    /// One number a line.
    static func numbers(_ path: String) throws -> [Double] {
        let bytes = try #require(read(folder + "/" + path), "\(path) cannot be read")
        return try bytes.split(separator: UInt8(ascii: "\n")).map { line in
            try #require(Double(String(decoding: line, as: UTF8.self)), "\(path) has a line that is not a number")
        }
    }

    /// One index a line.
    static func starts(_ path: String) throws -> [Int] { try numbers(path).map { Int($0) } }

    /// The lines of a file with commas behind its header, each as its first `count` fields, which are numbers.
    static func table(_ path: String, columns count: Int) throws -> [[Double]] {
        let bytes = try #require(read(folder + "/" + path), "\(path) cannot be read")
        return try bytes.split(separator: UInt8(ascii: "\n")).dropFirst().map { line in
            try line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).prefix(count).map { field in
                try #require(Double(String(decoding: field, as: UTF8.self)), "\(path) has a field that is not a number")
            }
        }
    }

    private static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    private static func exists(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }

    private static func read(_ path: String) -> [UInt8]? {
        guard let file = unsafe fopen(path, "rb") else { return nil }
        defer { unsafe _ = fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = unsafe getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return bytes
    }
}

/// Fails where the reference is demanded and missing; elsewhere its absence only skips.
@Suite struct ReferenceTests {
    @Test(.enabled(if: Reference.isRequired, "SPANE_REQUIRE_REFERENCE is not 1"))
    func theReferenceIsPresent() {
        #expect(Reference.isPresent, "SPANE_REQUIRE_REFERENCE is 1 and there is no reference in \(Reference.folder)")
    }
}
