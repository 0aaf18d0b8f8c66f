import CSpaneHash
import SpaneScheduling
import SpaneStorage
import Testing

/// Known answers of FIPS 180-4 and of its examples.
@Suite struct SHA256Tests {
    private func hash(_ bytes: some Sequence<UInt8>) -> String {
        var hash = SHA256()
        for byte in bytes { hash.update(byte: byte) }
        return hash.hexadecimal()
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func texts(text: String, expected: String) { #expect(hash(text.utf8) == expected) }

    @Test func aMillionLetters() {
        let bytes = repeatElement(UInt8(ascii: "a"), count: 1_000_000)
        #expect(hash(bytes) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    /// Lengths at which the padding takes another block, or just does not.
    @Test(arguments: [
        (55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
        (56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
        (63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"),
        (64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
        (65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0"),
    ])
    func lengthsAroundABlock(count: Int, expected: String) {
        #expect(hash(repeatElement(UInt8(ascii: "a"), count: count)) == expected)
    }

    /// Where the processor has instructions for it, they give what the definition does.
    @Test func instructionsAgreeWithTheDefinition() {
        var generator = Xoshiro256StarStar(seed: 1)
        for blocks in [0, 1, 2, 7, 64] {
            let bytes = (0..<64 * blocks).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            var state = (0..<8).map { _ in UInt32(truncatingIfNeeded: generator.next()) }
            var portable = state
            unsafe hash_sha256(&state, bytes, blocks)
            unsafe hash_sha256_portable(&portable, bytes, blocks)
            #expect(state == portable)
        }
    }

    /// Words and bytes in turn, past the ends of whatever they are gathered in.
    @Test func wordsAmongBytes() {
        var generator = Xoshiro256StarStar(seed: 2)
        var bytes: [UInt8] = []
        var mixed = SHA256()
        for _ in 0..<3000 {
            for _ in 0..<generator.below(3) {
                bytes.append(UInt8(truncatingIfNeeded: generator.next()))
                mixed.update(byte: bytes[bytes.count - 1])
            }
            let word = generator.next()
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
            mixed.update(word: word)
        }
        #expect(mixed.hexadecimal() == hash(bytes))
    }

    @Test func wordsAreLittleEndian() {
        var words = SHA256()
        words.update(word: 0x0807_0605_0403_0201)
        #expect(words.hexadecimal() == hash(1...8))
    }
}
