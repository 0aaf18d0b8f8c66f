internal import CHDF5
package import SpaneScheduling
internal import SpaneSystem

/// Writes a new HDF5 file; made and used inside ``HDF5/perform(_:)``.
///
/// The file is made in memory and goes to the disk in one piece: HDF5 crashes the process at its end when a disk that
/// was full has left some of a file unwritten.
package struct HDF5Writer: ~Copyable {
    private let path: String
    private let file: hid_t

    /// Writes `path` with what `body` puts into it; an earlier file survives whatever goes wrong.
    package static func write(
        _ path: String,
        progress: Progress = .none,
        _ body: (borrowing HDF5Writer, Progress) throws(StorageError) -> Void
    ) throws(StorageError) {
        // Packing takes most of the time.
        let bytes = try image(named: path, progress: progress.part(0, 0.9), body)
        try File.write(bytes, to: path, progress: progress.part(0.9, 1))
    }

    /// Writes `path` at once, for content that is soon written.
    package static func write(
        _ path: String,
        _ body: (borrowing HDF5Writer) throws(StorageError) -> Void
    ) throws(StorageError) {
        try write(path) { (file, _) throws(StorageError) in try body(file) }
    }

    /// The bytes of a file with what `body` puts into it; messages call it `name`.
    package static func image(
        named name: String,
        _ body: (borrowing HDF5Writer) throws(StorageError) -> Void
    ) throws(StorageError) -> [UInt8] {
        try image(named: name) { (file, _) throws(StorageError) in try body(file) }
    }

    /// The same, telling `body` how to say how far it is.
    package static func image(
        named name: String,
        progress: Progress = .none,
        _ body: (borrowing HDF5Writer, Progress) throws(StorageError) -> Void
    ) throws(StorageError) -> [UInt8] {
        try Memory.require(bytes: Memory.hdf5, for: "the library of HDF5", path: name)
        return try HDF5.perform { () throws(StorageError) in
            let writer = try HDF5Writer(memory: name)
            defer { H5Fclose(writer.file) }
            try body(writer, HDF5.leaving(progress))
            guard H5Fflush(writer.file, H5F_SCOPE_GLOBAL) >= 0 else { throw writer.failure("the image") }
            let size = H5Fget_file_image(writer.file, nil, 0)
            guard size > 0 else { throw writer.failure("the image") }
            try Memory.require(bytes: size, for: "its content", path: name)
            var bytes = [UInt8](repeating: 0, count: size)
            guard unsafe H5Fget_file_image(writer.file, &bytes, size) == size else { throw writer.failure("the image") }
            Superblock.mendChecksum(of: &bytes)
            return bytes
        }
    }

    private init(memory name: String) throws(StorageError) {
        path = name
        file = chdf5_create_image()
        guard file >= 0 else { throw StorageError(.io, path: path, "cannot be created: \(HDF5.errorText)") }
    }

    private func failure(_ what: String) -> StorageError {
        StorageError(.io, path: path, "\(what) cannot be written: \(HDF5.errorText)")
    }

    /// An error about content that cannot be written in this format.
    func refusal(_ detail: String) -> StorageError { StorageError(.format, path: path, detail) }

    /// Makes a group.
    package func group(_ name: String) throws(StorageError) {
        guard let creation = HDF5Handle(H5Pcreate(chdf5_group_create_class()), H5Pclose),
            H5Pset_obj_track_times(creation.id, false) >= 0, chdf5_keep_compact(creation.id) >= 0,
            unsafe HDF5Handle(
                H5Gcreate2(file, name, chdf5_default(), creation.id, chdf5_default()),
                H5Gclose
            ) != nil
        else { throw failure("group /\(name)") }
    }

    // MARK: Datasets

    /// How the values of a dataset lie in the file.
    package enum Layout {
        /// In one piece.
        case contiguous
        /// In chunks with a checksum each. For one dimension.
        case checked
        /// In compressed chunks with a checksum each. For one dimension.
        case compressed
    }

    package func dataset(
        _ name: String,
        _ values: [Double],
        _ layout: Layout = .contiguous,
        progress: Progress = .none
    ) throws(StorageError) {
        let (memory, stored) = (chdf5_native_double(), chdf5_file_double())
        try write(name, values, [values.count], layout, memory: memory, stored: stored, progress: progress)
    }

    package func dataset(
        _ name: String,
        _ values: [Int64],
        _ layout: Layout = .contiguous,
        progress: Progress = .none
    ) throws(StorageError) {
        let (memory, stored) = (chdf5_native_int64(), chdf5_file_int64())
        try write(name, values, [values.count], layout, memory: memory, stored: stored, progress: progress)
    }

    /// Texts of one length in UTF-8, those that are shorter filled with zeros; in chunks with a checksum each.
    package func dataset(_ name: String, _ texts: [String]) throws(StorageError) {
        // HDF5 has no string of zero bytes.
        let width = texts.reduce(1) { max($0, $1.utf8.count) }
        var bytes = [UInt8](repeating: 0, count: texts.count * width)
        for (index, text) in texts.enumerated() {
            for (offset, byte) in text.utf8.enumerated() { bytes[index * width + offset] = byte }
        }
        guard let type = HDF5Handle(chdf5_string_type(width), H5Tclose) else { throw failure("dataset /\(name)") }
        try write(name, bytes, [texts.count], .compressed, memory: type.id, stored: type.id)
    }

    package func dataset(
        _ name: String,
        _ values: [Float],
        dimensions: [Int],
        _ layout: Layout = .contiguous
    ) throws(StorageError) {
        try write(name, values, dimensions, layout, memory: chdf5_native_float(), stored: chdf5_file_float())
    }

    private func write<Element: BitwiseCopyable>(
        _ name: String,
        _ values: [Element],
        _ dimensions: [Int],
        _ layout: Layout,
        memory: hid_t,
        stored: hid_t,
        progress: Progress = .none
    ) throws(StorageError) {
        // What the file in memory grows by, and a copy of it while it grows.
        var size: hsize_t = 0
        unsafe H5Fget_filesize(file, &size)
        try Memory.require(
            bytes: Int(size) + 2 * values.count * MemoryLayout<Element>.stride + Memory.hdf5,
            for: "dataset /\(name)",
            path: path
        )
        let extents = dimensions.map { hsize_t($0) }
        guard let space = unsafe HDF5Handle(H5Screate_simple(Int32(extents.count), extents, nil), H5Sclose),
            let creation = HDF5Handle(H5Pcreate(chdf5_dataset_create_class()), H5Pclose),
            H5Pset_obj_track_times(creation.id, false) >= 0
        else { throw failure("dataset /\(name)") }
        if layout != .contiguous, !values.isEmpty {
            let chunk = [hsize_t(min(dimensions[0], Self.chunk))]
            guard unsafe H5Pset_chunk(creation.id, 1, chunk) >= 0 else { throw failure("dataset /\(name)") }
            // Shuffled bytes deflate better; the checksum comes last so that it covers what is on disk.
            if layout == .compressed {
                guard H5Pset_shuffle(creation.id) >= 0, H5Pset_deflate(creation.id, 9) >= 0 else {
                    throw failure("dataset /\(name)")
                }
            }
            guard H5Pset_fletcher32(creation.id) >= 0 else { throw failure("dataset /\(name)") }
        }
        let id = unsafe H5Dcreate2(file, name, stored, space.id, chdf5_default(), creation.id, chdf5_default())
        guard let dataset = HDF5Handle(id, H5Dclose) else { throw failure("dataset /\(name)") }
        // Columns in pieces of a few chunks, which take some ten milliseconds to pack.
        let pieces =
            dimensions.count == 1 ? Pieces(count: dimensions[0], size: 4 * Self.chunk) : Pieces(count: 1, size: 1)
        let stride = values.count / max(1, pieces.count)
        for (first, count) in pieces.ranges {
            let status = unsafe values.withUnsafeBufferPointer { buffer in
                guard dimensions.count == 1, let start = buffer.baseAddress else {
                    return unsafe H5Dwrite(
                        dataset.id,
                        memory,
                        chdf5_all(),
                        chdf5_all(),
                        chdf5_default(),
                        buffer.baseAddress
                    )
                }
                return unsafe chdf5_write_piece(
                    dataset.id,
                    memory,
                    hsize_t(first),
                    hsize_t(count),
                    start + first * stride
                )
            }
            guard status >= 0 else { throw failure("dataset /\(name)") }
            try progress.check(first + count, of: pieces.count, path: path)
        }
    }

    /// The values of a chunk.
    private static let chunk = 16_384

    // MARK: Attributes

    package func attribute(_ name: String, _ text: String, of object: String = "/") throws(StorageError) {
        var bytes = Array(text.utf8)
        // HDF5 has no string of zero bytes.
        if bytes.isEmpty { bytes = [0] }
        guard let type = HDF5Handle(chdf5_string_type(bytes.count), H5Tclose) else {
            throw failure("attribute \(name) of \(object)")
        }
        let status = unsafe bytes.withUnsafeBytes { unsafe write(name, object, type.id, type.id, $0.baseAddress) }
        guard status else { throw failure("attribute \(name) of \(object)") }
    }

    package func attribute(_ name: String, _ value: Int64, of object: String = "/") throws(StorageError) {
        let status = unsafe withUnsafeBytes(of: value) {
            unsafe write(name, object, chdf5_file_int64(), chdf5_native_int64(), $0.baseAddress)
        }
        guard status else { throw failure("attribute \(name) of \(object)") }
    }

    package func attribute(_ name: String, _ value: Double, of object: String = "/") throws(StorageError) {
        let status = unsafe withUnsafeBytes(of: value) {
            unsafe write(name, object, chdf5_file_double(), chdf5_native_double(), $0.baseAddress)
        }
        guard status else { throw failure("attribute \(name) of \(object)") }
    }

    private func write(
        _ name: String,
        _ object: String,
        _ stored: hid_t,
        _ memory: hid_t,
        _ value: UnsafeRawPointer?
    ) -> Bool {
        guard let space = HDF5Handle(H5Screate(H5S_SCALAR), H5Sclose),
            let attribute = unsafe HDF5Handle(
                H5Acreate_by_name(
                    file,
                    object,
                    name,
                    stored,
                    space.id,
                    chdf5_default(),
                    chdf5_default(),
                    chdf5_default()
                ),
                H5Aclose
            )
        else { return false }
        return unsafe H5Awrite(attribute.id, memory, value) >= 0
    }
}
