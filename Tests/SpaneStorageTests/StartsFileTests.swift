import SpaneStorage
import SpaneTestSupport
import Testing

/// Files with one episode start a line.
@Suite struct StartsFileTests {
    private let folder = TemporaryFolder()

    @Test(arguments: [
        "3\n0\n2147483647\n3\n", "3\n0\n2147483647\n3", "\u{FEFF}3\r\n0\r\n2147483647\r\n3\r\n",
        "\n 3\n\n0 \n2147483647\n3\n\n",
    ])
    func startsAreReadInOrder(text: String) throws {
        #expect(try StartsFile.read(folder.write(text, to: "starts.txt")) == [3, 0, 2_147_483_647, 3])
    }

    @Test(arguments: [
        ("", "has no starts"),
        ("\n\n", "has no starts"),
        ("1\nx\n", "line 2: column start is \"x\"; it must be an integer"),
        ("1\n\n2.5\n", "line 3: column start is \"2.5\"; it must be an integer"),
        ("1 2\n", "line 1: column start is \"1 2\"; it must be an integer"),
        ("1,2\n", "line 1: it has 2 columns; the header has 1"),
        ("1\n-1\n", "line 2: the start -1 is no index of a VM"),
        ("2147483648\n", "line 1: the start 2147483648 is no index of a VM"),
    ])
    func badLinesAreNamed(text: String, detail: String) throws {
        let path = try folder.write(text, to: "starts.txt")
        #expect(throws: StorageError(.format, path: path, detail)) { try StartsFile.read(path) }
    }

    @Test func aMissingFile() {
        let path = folder.file("starts.txt")
        #expect(throws: StorageError("cannot be read", path: path, errno: 2)) {
            try StartsFile.read(path)
        }
    }
}
