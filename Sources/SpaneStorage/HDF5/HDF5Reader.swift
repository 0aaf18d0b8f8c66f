internal import CHDF5
internal import SpaneHost

/// Reads datasets and attributes of one HDF5 file; made and used inside ``HDF5/perform(_:)``.
package struct HDF5Reader: ~Copyable {
    let path: String
    private let file: HDF5Handle
    private let fileSize: Int

    /// Opens a file that must exist and be HDF5.
    ///
    /// - Parameter isTrusted: whether it may be in a format of HDF5 that has no checksums.
    package init(path: String, isTrusted: Bool = false) throws(StorageError) {
        let size = try File.size(path)
        try Memory.require(bytes: Memory.hdf5, for: "the library of HDF5", path: path)
        let start = try File.read(path, limit: Superblock.beginning)
        guard start.starts(with: Superblock.signature) else {
            throw StorageError(.format, path: path, "is not an HDF5 file, or its first bytes are damaged")
        }
        if !isTrusted { try Superblock.check(start, path: path) }
        let file = try HDF5.openToRead(path)
        self.path = path
        self.file = file
        fileSize = size
    }

    /// Opens the content of a file, which is copied; messages call it `name`.
    package init(memory bytes: UnsafeRawBufferPointer, name: String) throws(StorageError) {
        let size = bytes.count
        // A copy of the content.
        try Memory.require(bytes: Memory.hdf5 + size, for: "its content", path: name)
        try Superblock.check(unsafe Array(bytes.prefix(Superblock.beginning)), path: name)
        guard size > 0, let file = unsafe HDF5Handle(chdf5_open_image(bytes.baseAddress, size), H5Fclose) else {
            throw StorageError(
                .format,
                path: name,
                "is not the content of an HDF5 file, or is damaged: \(HDF5.errorText)"
            )
        }
        path = name
        self.file = file
        fileSize = size
    }

    package func error(_ code: StorageError.Code, _ detail: String) -> StorageError {
        StorageError(code, path: path, detail)
    }

    // MARK: Structure

    /// Whether a link with this path is in the file.
    package func has(_ name: String) -> Bool { unsafe H5Lexists(file.id, name, chdf5_default()) > 0 }

    /// The names of the datasets in a group, in the order of their names.
    package func names(in group: String) throws(StorageError) -> [String] {
        guard has(group), let handle = unsafe HDF5Handle(H5Gopen2(file.id, group, chdf5_default()), H5Gclose) else {
            throw error(.format, "group /\(group) is missing")
        }
        var info = H5G_info_t()
        guard unsafe H5Gget_info(handle.id, &info) >= 0, info.nlinks <= 100_000 else {
            throw error(.format, "group /\(group) cannot be listed: \(HDF5.errorText)")
        }
        guard info.storage_type != H5G_STORAGE_TYPE_DENSE else {
            throw error(.format, "group /\(group) keeps its links \(Self.heap)")
        }
        var names: [String] = []
        for index in 0..<info.nlinks {
            let name = unsafe Self.name { text, size in
                unsafe H5Lget_name_by_idx(
                    handle.id,
                    ".",
                    H5_INDEX_NAME,
                    H5_ITER_INC,
                    index,
                    text,
                    size,
                    chdf5_default()
                )
            }
            guard let name else { throw error(.format, "group /\(group) has a link with an unreadable name") }
            names.append(name)
        }
        return names
    }

    /// A name that an HDF5 function writes and whose length it returns; `nil` where there is none or it is too long.
    private static func name(_ read: (UnsafeMutablePointer<CChar>?, Int) -> Int) -> String? {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
            let length = unsafe read(buffer.baseAddress, buffer.count)
            guard length > 0, length < buffer.count, let base = buffer.baseAddress else { return nil }
            return unsafe String(cString: base)
        }
    }

    /// What a link leads to.
    package enum Kind {
        case group, floats, doubles, integers
    }

    /// What the link with this path leads to; a dataset by the type of its values.
    package func kind(of name: String) throws(StorageError) -> Kind {
        guard has(name), let object = unsafe HDF5Handle(H5Oopen(file.id, name, chdf5_default()), H5Oclose) else {
            throw error(.format, "/\(name) is missing or damaged: \(HDF5.errorText)")
        }
        switch H5Iget_type(object.id) {
        case H5I_GROUP:
            return .group
        case H5I_DATASET:
            try checkNumeric(object, name)
            guard let type = HDF5Handle(H5Dget_type(object.id), H5Tclose) else { break }
            if H5Tget_class(type.id) == H5T_INTEGER { return .integers }
            return H5Tget_size(type.id) == MemoryLayout<Float>.size ? .floats : .doubles
        default:
            break
        }
        throw error(.format, "/\(name) is neither a group nor a dataset of numbers")
    }

    // MARK: Datasets

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

    package func integers(
        _ name: String,
        check: DimensionCheck = { _ in }
    ) throws(StorageError) -> Numbers<Int64> {
        try read(name, as: chdf5_native_int64(), zero: 0, check)
    }

    /// Identifiers of 64 bits, written as unsigned numbers or, by their bits, as signed ones: HDF5 would turn those that the
    /// other kind does not have into its nearest number.
    package func identifiers(_ name: String) throws(StorageError) -> Numbers<UInt64> {
        try read(name, as: isUnsigned(name) ? chdf5_native_uint64() : chdf5_native_int64(), zero: 0) { _ in }
    }

    private func isUnsigned(_ name: String) -> Bool {
        guard has(name), let dataset = unsafe HDF5Handle(H5Dopen2(file.id, name, chdf5_default()), H5Dclose),
            let type = HDF5Handle(H5Dget_type(dataset.id), H5Tclose)
        else { return false }
        return H5Tget_class(type.id) == H5T_INTEGER && H5Tget_sign(type.id) == H5T_SGN_NONE
    }

    private func read<Element: BitwiseCopyable>(
        _ name: String,
        as type: hid_t,
        zero: Element,
        _ check: DimensionCheck
    ) throws(StorageError) -> Numbers<Element> {
        guard has(name) else { throw error(.format, "dataset /\(name) is missing") }
        guard let dataset = unsafe HDF5Handle(H5Dopen2(file.id, name, chdf5_default()), H5Dclose) else {
            throw error(.format, "/\(name) is not a dataset, or is damaged: \(HDF5.errorText)")
        }
        try checkNumeric(dataset, name)
        let dimensions = try dimensions(of: dataset, name)
        try check(dimensions)
        let count = try self.count(dimensions, of: dataset, name)
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

    /// The number of values, refused when the file cannot hold as many.
    private func count(
        _ dimensions: [Int],
        of dataset: borrowing HDF5Handle,
        _ name: String
    ) throws(StorageError) -> Int {
        // Deflate shrinks at most about 1032 times, so a larger claim than that cannot be in the file.
        let stored = min(Int(clamping: H5Dget_storage_size(dataset.id)), fileSize)
        let (limit, isUnlimited) = stored.multipliedReportingOverflow(by: 1040)
        var count = 1
        for dimension in dimensions {
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard !overflow, isUnlimited || product <= limit else {
                throw error(.format, "dataset /\(name) claims \(dimensions) values, more than the file can hold")
            }
            count = product
        }
        return count
    }

    private func checkNumeric(_ dataset: borrowing HDF5Handle, _ name: String) throws(StorageError) {
        guard let type = HDF5Handle(H5Dget_type(dataset.id), H5Tclose) else {
            throw error(.format, "dataset /\(name) has no readable type: \(HDF5.errorText)")
        }
        let kind = H5Tget_class(type.id)
        guard kind == H5T_INTEGER || kind == H5T_FLOAT else {
            throw error(.format, "dataset /\(name) does not hold numbers")
        }
    }

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

    // MARK: Attributes

    /// The attribute of `object` ("/" for the file), or `nil` when there is none.
    package func string(_ attribute: String, of object: String = "/") throws(StorageError) -> String? {
        guard let handle = try open(attribute, object) else { return nil }
        guard let type = HDF5Handle(H5Aget_type(handle.id), H5Tclose), H5Tget_class(type.id) == H5T_STRING else {
            throw error(.format, "attribute \(attribute) of \(object) is not a string")
        }
        let size = H5Aget_storage_size(handle.id)
        guard try isScalar(handle), size <= 1 << 24 else {
            throw error(.format, "attribute \(attribute) of \(object) is not a single string of reasonable size")
        }
        let text =
            H5Tis_variable_str(type.id) > 0
            ? variableString(handle, type) : fixedString(handle, type)
        guard let text else {
            throw error(.format, "attribute \(attribute) of \(object) cannot be read: \(HDF5.errorText)")
        }
        return text
    }

    package func integer(_ attribute: String, of object: String = "/") throws(StorageError) -> Int64? {
        try number(attribute, object, kinds: [H5T_INTEGER], chdf5_native_int64(), zero: 0)
    }

    package func double(_ attribute: String, of object: String = "/") throws(StorageError) -> Double? {
        try number(attribute, object, kinds: [H5T_INTEGER, H5T_FLOAT], chdf5_native_double(), zero: 0)
    }

    /// The names of the attributes of `object`.
    func attributes(of object: String) throws(StorageError) -> [String] {
        guard let handle = unsafe HDF5Handle(H5Oopen(file.id, object, chdf5_default()), H5Oclose) else {
            throw error(.format, "\(object) is missing")
        }
        try checkHasNoHeap(handle, object)
        var names: [String] = []
        for index in 0..<hsize_t(max(0, H5Aget_num_attrs(handle.id))) {
            let name = unsafe Self.name { text, size in
                unsafe H5Aget_name_by_idx(
                    handle.id,
                    ".",
                    H5_INDEX_NAME,
                    H5_ITER_INC,
                    index,
                    text,
                    size,
                    chdf5_default()
                )
            }
            guard let name else { throw error(.format, "\(object) has an attribute with an unreadable name") }
            names.append(name)
        }
        return names
    }

    /// Refuses a file whose own attributes are in a heap.
    func checkHasNoHeap() throws(StorageError) {
        guard let root = unsafe HDF5Handle(H5Oopen(file.id, "/", chdf5_default()), H5Oclose) else {
            throw error(.format, "/ cannot be opened (damaged?): \(HDF5.errorText)")
        }
        try checkHasNoHeap(root, "/")
    }

    private static let heap =
        "in a heap, which has no checksums; if the file is sound, convert it with python3 -m spane.convert.rewrite OLD NEW"

    /// Refuses attributes in a heap, in which HDF5 1.10 is lost when it is damaged.
    private func checkHasNoHeap(_ object: borrowing HDF5Handle, _ name: String) throws(StorageError) {
        guard chdf5_has_attribute_heap(object.id) == 0 else {
            throw error(.format, "\(name) keeps its attributes \(Self.heap)")
        }
    }

    private func open(_ attribute: String, _ object: String) throws(StorageError) -> HDF5Handle? {
        guard object == "/" || has(object) else { return nil }
        guard unsafe H5Aexists_by_name(file.id, object, attribute, chdf5_default()) > 0 else { return nil }
        let id = unsafe H5Aopen_by_name(file.id, object, attribute, chdf5_default(), chdf5_default())
        guard let handle = HDF5Handle(id, H5Aclose) else {
            throw error(.format, "attribute \(attribute) of \(object) cannot be opened: \(HDF5.errorText)")
        }
        return handle
    }

    private func isScalar(_ attribute: borrowing HDF5Handle) throws(StorageError) -> Bool {
        guard let space = HDF5Handle(H5Aget_space(attribute.id), H5Sclose) else { return false }
        return H5Sget_simple_extent_npoints(space.id) == 1
    }

    private func number<Element: BitwiseCopyable>(
        _ attribute: String,
        _ object: String,
        kinds: [H5T_class_t],
        _ type: hid_t,
        zero: Element
    ) throws(StorageError) -> Element? {
        guard let handle = try open(attribute, object) else { return nil }
        guard let stored = HDF5Handle(H5Aget_type(handle.id), H5Tclose), kinds.contains(H5Tget_class(stored.id)),
            try isScalar(handle)
        else { throw error(.format, "attribute \(attribute) of \(object) is not a single number of the right kind") }
        var value = zero
        guard unsafe H5Aread(handle.id, type, &value) >= 0 else {
            throw error(.format, "attribute \(attribute) of \(object) cannot be read: \(HDF5.errorText)")
        }
        return value
    }

    private func variableString(_ attribute: borrowing HDF5Handle, _ type: borrowing HDF5Handle) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe H5Aread(attribute.id, type.id, &text) >= 0 else { return nil }
        guard let text = unsafe text else { return "" }
        defer { unsafe _ = H5free_memory(text) }
        return unsafe String(cString: text)
    }

    private func fixedString(_ attribute: borrowing HDF5Handle, _ type: borrowing HDF5Handle) -> String? {
        var bytes = [UInt8](repeating: 0, count: H5Tget_size(type.id))
        let status = unsafe bytes.withUnsafeMutableBytes { unsafe H5Aread(attribute.id, type.id, $0.baseAddress) }
        guard status >= 0 else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
