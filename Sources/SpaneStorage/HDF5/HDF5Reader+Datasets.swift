internal import CHDF5
internal import SpaneHost

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
        check: DimensionCheck = { _ in }
    ) throws(StorageError) -> Numbers<Double> {
        try read(name, as: chdf5_native_double(), zero: 0, check)
    }

    package func floats(
        _ name: String,
        check: DimensionCheck = { _ in }
    ) throws(StorageError) -> Numbers<Float> {
        try read(name, as: chdf5_native_float(), zero: 0, check)
    }

    /// - Parameter memory: the bytes that each value leads to.
    package func integers(
        _ name: String,
        memory: Int = 0,
        check: DimensionCheck = { _ in }
    ) throws(StorageError) -> Numbers<Int64> {
        try read(name, as: chdf5_native_int64(), zero: 0, memory: memory, check)
    }

    /// Identifiers of 64 bits, written as unsigned numbers or, by their bits, as signed ones: HDF5 would turn those that the
    /// other kind does not have into its nearest number.
    package func identifiers(_ name: String) throws(StorageError) -> Numbers<UInt64> {
        try read(name, as: try isUnsigned(name) ? chdf5_native_uint64() : chdf5_native_int64(), zero: 0) { _ in }
    }

    private func isUnsigned(_ name: String) throws(StorageError) -> Bool {
        guard let found = try find(name),
            let dataset = unsafe HDF5Handle(H5Dopen2(file.id, found, chdf5_default()), H5Dclose),
            let type = HDF5Handle(H5Dget_type(dataset.id), H5Tclose)
        else { return false }
        return H5Tget_class(type.id) == H5T_INTEGER && H5Tget_sign(type.id) == H5T_SGN_NONE
    }

    private func read<Element: BitwiseCopyable>(
        _ name: String,
        as type: hid_t,
        zero: Element,
        memory: Int = 0,
        _ check: DimensionCheck
    ) throws(StorageError) -> Numbers<Element> {
        guard let found = try find(name) else { throw error(.format, "dataset /\(name) is missing") }
        guard let dataset = unsafe HDF5Handle(H5Dopen2(file.id, found, chdf5_default()), H5Dclose) else {
            throw error(.format, "/\(name) is not a dataset, or is damaged: \(HDF5.errorText)")
        }
        try checkIsOwn(dataset, name)
        let stored = try numericType(of: dataset, name)
        let dimensions = try dimensions(of: dataset, name)
        try check(dimensions)
        let count = try checkedCount(
            dimensions,
            of: dataset,
            name,
            size: H5Tget_size(stored.id),
            memory: max(memory, MemoryLayout<Element>.size)
        )
        // Also the chunk that is being read, which may be all of it.
        try Memory.require(
            bytes: 2 * count * MemoryLayout<Element>.stride + Memory.hdf5,
            for: "dataset /\(name)",
            path: path
        )
        var values = [Element](repeating: zero, count: count)
        let status = unsafe values.withUnsafeMutableBufferPointer { buffer in
            unsafe H5Dread(dataset.id, type, chdf5_all(), chdf5_all(), chdf5_default(), buffer.baseAddress)
        }
        guard count == 0 || status >= 0 else {
            throw error(.format, "dataset /\(name) cannot be read (damaged?): \(HDF5.errorText)")
        }
        return Numbers(dimensions: dimensions, values: values)
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
