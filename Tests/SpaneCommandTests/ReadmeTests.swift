import Foundation
import Testing

/// The Swift example of README.md, which is built with the package, is the one that stands there, and it runs.
@Suite struct ReadmeTests {
    private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    @Test func theExampleIsTheOneThatIsBuilt() throws {
        let readme = try String(contentsOfFile: Self.root + "/README.md", encoding: .utf8)
        let built = try String(contentsOfFile: Self.root + "/examples/swift/main.swift", encoding: .utf8)
        let blocks = readme.components(separatedBy: "\n```swift\n").dropFirst()
            .map { $0.components(separatedBy: "```")[0] }
        #expect(blocks == [built])
    }

    @Test func theExampleRuns() throws {
        let result = try Command().run(script: "cd '\(Self.root)' && exec \"$(dirname \"$1\")/SwiftExample\"")
        #expect(result.status == 0, "\(result.errors)")
        let wait = try #require(Double(result.output.dropLast()), "it says \"\(result.output)\"")
        #expect(wait > 0 && wait < .infinity && result.output.last == "\n")
    }
}
