internal import CHDF5
package import SpaneScheduling
internal import SpaneSystem

// Datasets of numbers.

extension HDF5Reader {
    /// A dataset of numbers and its dimensions.
    package struct Numbers<Element> {
        package var dimensions: [Int]
        package var values: [Element]
    }

    /// Refuses the dimensions of a dataset before its values are read.
    package typealias DimensionCheck = ([Int]) throws(StorageError) -> Void

    package func doubles(
        _ name: String,
        progress: Progress = .none,
        check: DimensionCheck = { _ in }
    ) throws(StorageError) -> Numbers<Double> {
        try read(name, as: chdf5_native_double(), zero: 0, progress: progress, check)
    }

    package func floats(
        _ name: String,
        check: DimensionCheck = { _ in }
    ) throws(StorageError) -> Numbers<Float> {
        try read(name, as: chdf5_native_float(), zero: 0, check)
    }

    /// Integers, however they are stored: HDF5 itself would turn what 64 bits with a sign do not hold into the nearest number
    /// that they do.
    ///
    /// - Parameter memory: the bytes that each value leads to.
    /// - Throws: ``StorageError`` naming the first value that is not such an integer.
    package func integers(
        _ name: String,
        memory: Int = 0,
        progress: Progress = .none,
        check: DimensionCheck = { _ in }
    ) throws(StorageError) -> Numbers<Int64> {
        switch try integerStorage(of: name) {
        case .signed:
            return try read(name, as: chdf5_native_int64(), zero: 0, memory: memory, progress: progress, check)
        case .unsigned:
            let type = chdf5_native_uint64()
            let stored = try read(name, as: type, zero: 0 as UInt64, memory: memory, progress: progress, check)
            return try exact(stored, name) { Int64(exactly: $0) }
        case .fractional:
            let type = chdf5_native_double()
            let stored = try read(name, as: type, zero: 0.0, memory: memory, progress: progress, check)
            return try exact(stored, name) { Int64(exactly: $0) }
        }
    }

    /// Identifiers of 64 bits, written as unsigned numbers or, by their bits, as signed ones.
    package func identifiers(
        _ name: String,
        _ progress: Progress = .none
    ) throws(StorageError) -> Numbers<UInt64> {
        if try integerStorage(of: name) == .unsigned {
            return try read(name, as: chdf5_native_uint64(), zero: 0, progress: progress) { _ in }
        }
        let signed = try integers(name, progress: progress)
        return Numbers(dimensions: signed.dimensions, values: signed.values.map { UInt64(bitPattern: $0) })
    }

    /// How a dataset or an attribute keeps integers.
    enum IntegerStorage {
        case signed, unsigned, fractional

        /// `nil` for numbers of more than 64 bits.
        init?(_ type: hid_t) {
            guard H5Tget_size(type) <= MemoryLayout<Int64>.size else { return nil }
            let isInteger = H5Tget_class(type) == H5T_INTEGER
            self = !isInteger ? .fractional : H5Tget_sign(type) == H5T_SGN_NONE ? .unsigned : .signed
        }
    }

    func integerStorage(of name: String) throws(StorageError) -> IntegerStorage {
        guard let found = try find(name),
            let dataset = unsafe HDF5Handle(H5Dopen2(file.id, found, chdf5_default()), H5Dclose)
        else { return .signed }
        let type = try numericType(of: dataset, name)
        guard let storage = IntegerStorage(type.id) else {
            let bits = 8 * H5Tget_size(type.id)
            throw error(.format, "dataset /\(name) has numbers of \(bits) bits; integers have up to 64")
        }
        return storage
    }

    private func exact<Value>(
        _ stored: Numbers<Value>,
        _ name: String,
        _ convert: (Value) -> Int64?
    ) throws(StorageError) -> Numbers<Int64> {
        var values: [Int64] = []
        values.reserveCapacity(stored.values.count)
        for (index, value) in stored.values.enumerated() {
            values.append(try exact(convert(value), of: value, at: index, name))
        }
        return Numbers(dimensions: stored.dimensions, values: values)
    }

    /// The integer that a value was converted to, or an error where it was none.
    func exact<Value>(_ integer: Int64?, of value: Value, at index: Int, _ name: String) throws(StorageError) -> Int64 {
        if let integer { return integer }
        throw error(
            .format,
            "dataset /\(name) has the value \(value) at index \(index); it must be an integer in "
                + "\(Int64.min) ... \(Int64.max)"
        )
    }

    /// A dataset of numbers whose values are to be read.
    struct Opened: ~Copyable {
        let dataset: HDF5Handle
        let dimensions: [Int]
        let count: Int

        /// The values of a chunk; 0 without chunks.
        var chunk: Int { Int(clamping: chdf5_chunk(dataset.id)) }
    }

    /// - Parameter memory: the bytes that each value leads to.
    func open(_ name: String, memory: Int, _ check: DimensionCheck) throws(StorageError) -> Opened {
        guard let found = try find(name) else { throw error(.format, "dataset /\(name) is missing") }
        guard let dataset = unsafe HDF5Handle(H5Dopen2(file.id, found, chdf5_default()), H5Dclose) else {
            throw error(.format, "/\(name) is not a dataset, or is damaged: \(HDF5.errorText)")
        }
        try checkIsOwn(dataset, name)
        let stored = try numericType(of: dataset, name)
        let dimensions = try dimensions(of: dataset, name)
        try check(dimensions)
        let size = H5Tget_size(stored.id)
        let count = try checkedCount(dimensions, of: dataset, name, size: size, memory: memory)
        return Opened(dataset: dataset, dimensions: dimensions, count: count)
    }

    private func read<Element: BitwiseCopyable>(
        _ name: String,
        as type: hid_t,
        zero: Element,
        memory: Int = 0,
        progress: Progress = .none,
        _ check: DimensionCheck
    ) throws(StorageError) -> Numbers<Element> {
        let opened = try open(name, memory: max(memory, MemoryLayout<Element>.size), check)
        let (dimensions, count) = (opened.dimensions, opened.count)
        // Also the chunk that is being read, which may be all of it.
        try Memory.require(
            bytes: 2 * count * MemoryLayout<Element>.stride + Memory.hdf5,
            for: "dataset /\(name)",
            path: path
        )
        var values = [Element](repeating: zero, count: count)
        // Columns in pieces that take some ten milliseconds. Those of whole chunks, so that none is unpacked twice.
        let chunk = dimensions.count == 1 ? opened.chunk : count
        let size = Pieces.size(chunk: chunk)
        for (first, length) in Pieces(count: count, size: size).ranges {
            let status = unsafe values.withUnsafeMutableBufferPointer { buffer in
                guard length < count, let start = buffer.baseAddress else {
                    return unsafe H5Dread(
                        opened.dataset.id,
                        type,
                        chdf5_all(),
                        chdf5_all(),
                        chdf5_default(),
                        buffer.baseAddress
                    )
                }
                return unsafe chdf5_read_piece(opened.dataset.id, type, hsize_t(first), hsize_t(length), start + first)
            }
            guard status >= 0 else {
                throw error(.format, "dataset /\(name) cannot be read (damaged?): \(HDF5.errorText)")
            }
            try progress.check(first + length, of: count, path: path)
        }
        return Numbers(dimensions: dimensions, values: values)
    }

    /// Texts of one length each, filled with zeros, as many as `count` and of at most `longest` bytes.
    package func texts(_ name: String, count: Int, longest: Int) throws(StorageError) -> [String] {
        guard let found = try find(name) else { throw error(.format, "dataset /\(name) is missing") }
        guard let dataset = unsafe HDF5Handle(H5Dopen2(file.id, found, chdf5_default()), H5Dclose) else {
            throw error(.format, "/\(name) is not a dataset, or is damaged: \(HDF5.errorText)")
        }
        try checkIsOwn(dataset, name)
        guard let type = HDF5Handle(H5Dget_type(dataset.id), H5Tclose), H5Tget_class(type.id) == H5T_STRING,
            H5Tis_variable_str(type.id) == 0, H5Tget_size(type.id) >= 1
        else { throw error(.format, "dataset /\(name) does not hold texts of one length") }
        let width = H5Tget_size(type.id)
        guard width <= longest else {
            throw error(.format, "dataset /\(name) has texts of \(width) bytes; at most \(longest) are read")
        }
        let dimensions = try dimensions(of: dataset, name)
        guard dimensions == [count] else {
            throw error(
                .shapeMismatch,
                "dataset /\(name) has shape \(dimensions); the rest of the file wants [\(count)]"
            )
        }
        _ = try checkedCount(dimensions, of: dataset, name, size: width, memory: width)
        try Memory.require(bytes: 2 * count * width + Memory.hdf5, for: "dataset /\(name)", path: path)
        var bytes = [UInt8](repeating: 0, count: count * width)
        let status = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            unsafe H5Dread(dataset.id, type.id, chdf5_all(), chdf5_all(), chdf5_default(), buffer.baseAddress)
        }
        guard count == 0 || status >= 0 else {
            throw error(.format, "dataset /\(name) cannot be read (damaged?): \(HDF5.errorText)")
        }
        var texts: [String] = []
        for first in stride(from: 0, to: count * width, by: width) {
            let text = bytes[first..<first + width]
            guard let text = String(validating: text.prefix { $0 != 0 }, as: UTF8.self) else {
                throw error(.format, "dataset /\(name) has a text at index \(first / width) that is not UTF-8")
            }
            texts.append(text)
        }
        return texts
    }

    /// The type of the values, which must be numbers.
    func numericType(of dataset: borrowing HDF5Handle, _ name: String) throws(StorageError) -> HDF5Handle {
        guard let type = HDF5Handle(H5Dget_type(dataset.id), H5Tclose) else {
            throw error(.format, "dataset /\(name) has no readable type: \(HDF5.errorText)")
        }
        let kind = H5Tget_class(type.id)
        guard kind == H5T_INTEGER || kind == H5T_FLOAT, H5Tget_size(type.id) <= Self.largestNumber else {
            throw error(.format, "dataset /\(name) does not hold numbers")
        }
        return type
    }

    /// The bytes of the largest number that is read; a type may claim any size.
    static let largestNumber = 16

    private func dimensions(of dataset: borrowing HDF5Handle, _ name: String) throws(StorageError) -> [Int] {
        guard let space = HDF5Handle(H5Dget_space(dataset.id), H5Sclose) else {
            throw error(.format, "dataset /\(name) has no readable shape: \(HDF5.errorText)")
        }
        let rank = H5Sget_simple_extent_ndims(space.id)
        guard rank >= 0, rank <= 32 else { throw error(.format, "dataset /\(name) has no simple shape") }
        var extents = [hsize_t](repeating: 0, count: Int(rank))
        guard unsafe H5Sget_simple_extent_dims(space.id, &extents, nil) == rank else {
            throw error(.format, "dataset /\(name) has no readable shape: \(HDF5.errorText)")
        }
        var dimensions: [Int] = []
        for extent in extents {
            guard let dimension = Int(exactly: extent) else {
                throw error(.format, "dataset /\(name) claims a dimension of \(extent)")
            }
            dimensions.append(dimension)
        }
        return dimensions
    }
}
