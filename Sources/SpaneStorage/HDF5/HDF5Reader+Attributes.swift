internal import CHDF5

// Attributes of the file and of its objects.

extension HDF5Reader {
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
        let isVariable = H5Tis_variable_str(type.id) > 0
        // HDF5 1.10 makes room for the length that the attribute claims and copies the length that the heap claims.
        guard !isVariable || limits.isTrusted else {
            throw error(
                .format,
                "attribute \(attribute) of \(object) is a string of variable length, which lies in a heap without "
                    + "checksums; \(Self.conversion)"
            )
        }
        let text = isVariable ? variableString(handle, type) : fixedString(handle, type)
        guard let text else {
            throw error(.format, "attribute \(attribute) of \(object) cannot be read: \(HDF5.errorText)")
        }
        return text
    }

    package func integer(_ attribute: String, of object: String = "/") throws(StorageError) -> Int64? {
        let (kinds, size) = ([H5T_INTEGER], MemoryLayout<Int64>.size)
        guard try isUnsigned(attribute, object) else {
            return try number(attribute, object, kinds: kinds, size: size, chdf5_native_int64(), zero: 0)
        }
        let stored = try number(attribute, object, kinds: kinds, size: size, chdf5_native_uint64(), zero: 0 as UInt64)
        guard let stored else { return nil }
        guard let value = Int64(exactly: stored) else {
            throw error(.format, "attribute \(attribute) of \(object) is \(stored); it must be at most \(Int64.max)")
        }
        return value
    }

    package func double(_ attribute: String, of object: String = "/") throws(StorageError) -> Double? {
        try number(attribute, object, kinds: [H5T_INTEGER, H5T_FLOAT], chdf5_native_double(), zero: 0)
    }

    /// The names of the attributes of `object`.
    func attributes(of object: String) throws(StorageError) -> [String] {
        guard let found = try find(object),
            let handle = unsafe HDF5Handle(H5Oopen(file.id, found, chdf5_default()), H5Oclose)
        else {
            throw error(.format, "\(object) is missing")
        }
        try checkAttributes(of: found)
        guard let names = unsafe Self.names({ list in unsafe chdf5_list_attributes(handle.id, list) }) else {
            throw error(.format, "the attributes of \(object) cannot be listed: \(HDF5.errorText)")
        }
        return names
    }

    /// Refuses an object with attributes in a heap, in which HDF5 1.10 is lost when it is damaged, or with too many.
    private func checkAttributes(of object: String) throws(StorageError) {
        guard !limits.soundObjects.contains(object) else { return }
        guard let handle = unsafe HDF5Handle(H5Oopen(file.id, object, chdf5_default()), H5Oclose) else {
            throw error(.format, "\(object) cannot be opened (damaged?): \(HDF5.errorText)")
        }
        // How HDF5 counts what describes a dataset goes through the index of its chunks.
        if H5Iget_type(handle.id) == H5I_DATASET { try checkIsOwn(handle, String(object.dropFirst())) }
        guard chdf5_has_attribute_heap(handle.id) == 0 else {
            throw error(.format, "\(object) keeps its attributes in a heap, which has no checksums; \(Self.conversion)")
        }
        let count = H5Aget_num_attrs(handle.id)
        guard count >= 0, count <= HDF5Limits.attributes else {
            throw error(.format, "\(object) has \(count) attributes; at most \(HDF5Limits.attributes) are read")
        }
        limits.soundObjects.insert(object)
    }

    private func open(_ attribute: String, _ object: String) throws(StorageError) -> HDF5Handle? {
        guard let found = try find(object) else { return nil }
        try checkAttributes(of: found)
        guard unsafe H5Aexists_by_name(file.id, found, attribute, chdf5_default()) > 0 else { return nil }
        let id = unsafe H5Aopen_by_name(file.id, found, attribute, chdf5_default(), chdf5_default())
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
        size: Int = largestNumber,
        _ type: hid_t,
        zero: Element
    ) throws(StorageError) -> Element? {
        guard let handle = try open(attribute, object) else { return nil }
        guard let stored = HDF5Handle(H5Aget_type(handle.id), H5Tclose), kinds.contains(H5Tget_class(stored.id)),
            H5Tget_size(stored.id) <= size, try isScalar(handle)
        else { throw error(.format, "attribute \(attribute) of \(object) is not a single number of the right kind") }
        var value = zero
        guard unsafe H5Aread(handle.id, type, &value) >= 0 else {
            throw error(.format, "attribute \(attribute) of \(object) cannot be read: \(HDF5.errorText)")
        }
        return value
    }

    private func isUnsigned(_ attribute: String, _ object: String) throws(StorageError) -> Bool {
        guard let handle = try open(attribute, object), let type = HDF5Handle(H5Aget_type(handle.id), H5Tclose)
        else { return false }
        return IntegerStorage(type.id) == .unsigned
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
