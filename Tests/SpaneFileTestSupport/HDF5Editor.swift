internal import CHDF5
package import SpaneStorage

/// Changes a file that the library wrote into one that it would never write.
package struct HDF5Editor {
    private let file: hid_t

    /// Opens the file, changes it and closes it.
    package static func edit(_ path: String, _ change: (HDF5Editor) -> Void) throws(StorageError) {
        try HDF5.perform { () throws(StorageError) in
            let readAndWrite: UInt32 = 1
            let access = must(H5Pcreate(chdf5_file_access_class()))
            must(H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110))
            let editor = HDF5Editor(file: must(unsafe H5Fopen(path, readAndWrite, access)))
            change(editor)
            must(H5Fclose(editor.file))
            must(H5Pclose(access))
        }
    }

    /// Makes a file with nothing in it, in the format of HDF5 1.10 or the oldest one.
    package static func make(_ path: String, inOldestFormat: Bool = false) throws(StorageError) {
        try HDF5.perform { () throws(StorageError) in
            let truncate: UInt32 = 2
            let access = must(H5Pcreate(chdf5_file_access_class()))
            must(H5Pset_libver_bounds(access, inOldestFormat ? H5F_LIBVER_EARLIEST : H5F_LIBVER_V110, H5F_LIBVER_V110))
            must(H5Fclose(must(unsafe H5Fcreate(path, truncate, chdf5_default(), access))))
            must(H5Pclose(access))
        }
    }

    // MARK: Links

    package func remove(_ name: String) { must(unsafe H5Ldelete(file, name, chdf5_default())) }

    /// Gives an object another name, and makes its old one a soft link.
    package func move(_ name: String, to other: String) {
        must(unsafe H5Lmove(file, name, file, other, chdf5_default(), chdf5_default()))
        must(unsafe H5Lcreate_soft("/" + other, file, name, chdf5_default(), chdf5_default()))
    }

    package func group(_ name: String) {
        replace(name)
        must(H5Gclose(must(unsafe H5Gcreate2(file, name, chdf5_default(), chdf5_default(), chdf5_default()))))
    }

    private func replace(_ name: String) {
        if unsafe H5Lexists(file, name, chdf5_default()) > 0 { remove(name) }
    }

    // MARK: Datasets

    package func dataset(_ name: String, _ values: [Double], dimensions: [Int]? = nil) {
        unsafe values.withUnsafeBytes {
            unsafe write(name, chdf5_file_double(), dimensions ?? [values.count], $0.baseAddress)
        }
    }

    package func dataset(_ name: String, _ values: [Int64]) {
        unsafe values.withUnsafeBytes { unsafe write(name, chdf5_file_int64(), [values.count], $0.baseAddress) }
    }

    /// Numbers without a sign.
    package func dataset(_ name: String, unsigned values: [UInt64]) {
        unsafe values.withUnsafeBytes { unsafe write(name, chdf5_native_uint64(), [values.count], $0.baseAddress) }
    }

    /// Numbers of 128 bits.
    package func dataset(_ name: String, wide values: [Int128]) {
        let type = must(H5Tcopy(chdf5_file_int64()))
        must(H5Tset_size(type, MemoryLayout<Int128>.size))
        must(H5Tset_precision(type, 8 * MemoryLayout<Int128>.size))
        unsafe values.withUnsafeBytes { unsafe write(name, type, [values.count], $0.baseAddress) }
        must(H5Tclose(type))
    }

    private func write(_ name: String, _ type: hid_t, _ dimensions: [Int], _ values: UnsafeRawPointer?) {
        let dataset = create(name, type, dimensions, chunk: nil)
        must(unsafe H5Dwrite(dataset, type, chdf5_all(), chdf5_all(), chdf5_default(), values))
        must(H5Dclose(dataset))
    }

    /// Strings of so many bytes.
    package func dataset(_ name: String, _ values: [String], width: Int = 8) {
        let type = must(chdf5_string_type(width))
        let bytes = values.flatMap { (Array($0.utf8) + [UInt8](repeating: 0, count: width)).prefix(width) }
        unsafe bytes.withUnsafeBytes { unsafe write(name, type, [values.count], $0.baseAddress) }
        must(H5Tclose(type))
    }

    /// A dataset of doubles that says how large it is and holds nothing.
    package func emptyClaim(_ name: String, dimensions: [Int], chunk: Int?) {
        must(H5Dclose(create(name, chdf5_file_double(), dimensions, chunk: chunk)))
    }

    private func create(_ name: String, _ type: hid_t, _ dimensions: [Int], chunk: Int?) -> hid_t {
        replace(name)
        let extents = dimensions.map { hsize_t($0) }
        let space = must(unsafe H5Screate_simple(Int32(extents.count), extents, nil))
        let layout = must(H5Pcreate(chdf5_dataset_create_class()))
        if let chunk {
            let chunks = [hsize_t](repeating: hsize_t(chunk), count: extents.count)
            must(unsafe H5Pset_chunk(layout, Int32(chunks.count), chunks))
            must(H5Pset_deflate(layout, 9))
        }
        let dataset = must(unsafe H5Dcreate2(file, name, type, space, chdf5_default(), layout, chdf5_default()))
        must(H5Pclose(layout))
        must(H5Sclose(space))
        return dataset
    }

    // MARK: Attributes of the file

    package func removeAttribute(_ name: String) { must(unsafe H5Adelete(file, name)) }

    package func attribute(_ name: String, _ text: String) {
        let type = must(chdf5_string_type(max(1, text.utf8.count)))
        let bytes = text.isEmpty ? [0] : Array(text.utf8)
        unsafe bytes.withUnsafeBytes { unsafe attribute(name, type, $0.baseAddress) }
        must(H5Tclose(type))
    }

    /// A string of variable length, as other tools write them.
    package func attribute(_ name: String, variable text: String) {
        let type = must(chdf5_string_type(0))
        unsafe text.withCString { pointer in
            unsafe withUnsafeBytes(of: pointer) { unsafe attribute(name, type, $0.baseAddress) }
        }
        must(H5Tclose(type))
    }

    package func attribute(_ name: String, _ value: Int64) {
        unsafe withUnsafeBytes(of: value) { unsafe attribute(name, chdf5_file_int64(), $0.baseAddress) }
    }

    package func attribute(_ name: String, unsigned value: UInt64) {
        unsafe withUnsafeBytes(of: value) { unsafe attribute(name, chdf5_native_uint64(), $0.baseAddress) }
    }

    package func attribute(_ name: String, _ value: Double) {
        unsafe withUnsafeBytes(of: value) { unsafe attribute(name, chdf5_file_double(), $0.baseAddress) }
    }

    /// Several numbers where one is expected.
    package func attribute(_ name: String, _ values: [Int64]) {
        let extents = [hsize_t(values.count)]
        let space = must(unsafe H5Screate_simple(1, extents, nil))
        unsafe values.withUnsafeBytes { unsafe attribute(name, chdf5_file_int64(), $0.baseAddress, space: space) }
        must(H5Sclose(space))
    }

    private func attribute(_ name: String, _ type: hid_t, _ value: UnsafeRawPointer?, space: hid_t? = nil) {
        if unsafe H5Aexists(file, name) > 0 { removeAttribute(name) }
        let scalar = must(H5Screate(H5S_SCALAR))
        let attribute = must(unsafe H5Acreate2(file, name, type, space ?? scalar, chdf5_default(), chdf5_default()))
        must(unsafe H5Awrite(attribute, type, value))
        must(H5Aclose(attribute))
        must(H5Sclose(scalar))
    }
}

@discardableResult
private func must<Status: SignedInteger>(_ status: Status) -> Status {
    precondition(status >= 0, "HDF5 refused to make a file for a test")
    return status
}
