internal import CHDF5
internal import SpaneBuffers
internal import SpaneSystem

/// A dataset of one dimension that is read piece by piece, so that it never is in memory as a whole.
struct HDF5Column: ~Copyable {
    private let name: String
    private let opened: HDF5Reader.Opened
    // Doubles, or integers as they are stored.
    private let piece: FlatBuffer<UInt64>
    private let storage: HDF5Reader.IntegerStorage
    // Of the values in `piece`.
    private var first = 0

    var count: Int { opened.count }

    /// Opens a column.
    ///
    /// - Parameters:
    ///   - isInteger: whether ``integer(_:in:)`` will be asked, rather than ``number(_:)``.
    ///   - memory: the bytes that each value leads to.
    init(
        _ name: String,
        of file: borrowing HDF5Reader,
        isInteger: Bool = false,
        memory: Int = MemoryLayout<Double>.size,
        _ check: HDF5Reader.DimensionCheck
    ) throws(StorageError) {
        let storage: HDF5Reader.IntegerStorage = isInteger ? try file.integerStorage(of: name) : .fractional
        let opened = try file.open(name, memory: memory, check)
        let size = min(opened.count, Pieces.size(chunk: opened.chunk))
        // Also the chunk that is being read.
        let bytes = 2 * size * MemoryLayout<UInt64>.stride + Memory.hdf5
        try Memory.require(bytes: bytes, for: "dataset /\(name)", path: file.path)
        self.init(name: name, opened: opened, storage: storage, size: size)
    }

    private init(name: String, opened: consuming HDF5Reader.Opened, storage: HDF5Reader.IntegerStorage, size: Int) {
        self.name = name
        self.opened = opened
        self.storage = storage
        piece = FlatBuffer(repeating: 0, count: size)
    }

    /// The values of a piece.
    var pieceSize: Int { piece.count }

    /// Reads values, at most ``pieceSize``.
    mutating func read(from first: Int, count: Int, of file: borrowing HDF5Reader) throws(StorageError) {
        precondition(count <= piece.count, "a piece has \(piece.count) values")
        let type =
            switch storage {
            case .signed: chdf5_native_int64()
            case .unsigned: chdf5_native_uint64()
            case .fractional: chdf5_native_double()
            }
        let status = unsafe chdf5_read_piece(opened.dataset.id, type, hsize_t(first), hsize_t(count), piece.base)
        guard status >= 0 else {
            throw file.error(.format, "dataset /\(name) cannot be read (damaged?): \(HDF5.errorText)")
        }
        self.first = first
    }

    /// The number at an index of the piece.
    @inline(__always)
    func number(_ index: Int) -> Double { Double(bitPattern: piece[index]) }

    /// The integer at an index of the piece.
    @inline(__always)
    func integer(_ index: Int, in file: borrowing HDF5Reader) throws(StorageError) -> Int64 {
        let bits = piece[index]
        switch storage {
        case .signed: return Int64(bitPattern: bits)
        case .unsigned: return try file.exact(Int64(exactly: bits), of: bits, at: first + index, name)
        case .fractional:
            return try file.exact(Int64(exactly: number(index)), of: number(index), at: first + index, name)
        }
    }
}
