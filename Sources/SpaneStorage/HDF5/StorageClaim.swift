internal import CHDF5

/// What a dataset claims to hold, as far as it can be told without reading it.
struct StorageClaim {
    /// Deflate shrinks at most about 1032 times; checksums add a little to what is stored.
    static let deflateRatio = 1040
    /// The most chunks of a dataset.
    static let mostChunks = 1 << 18

    /// The bytes of all chunks, or of the one piece that the values lie in, before filters.
    var bytes: Int
    /// The bytes of one chunk; 0 for a dataset without.
    var chunkBytes = 0
    /// The chunks that the dimensions take, and those that are stored.
    var chunks = 0
    var storedChunks = 0
    /// The bytes that are stored.
    var stored: Int
    var isDeflated = false
}

// Where the values of a dataset are, checked before they are read.

extension HDF5Reader {
    /// Refuses a dataset whose values are not in this file, or are found by way of what has no checksums.
    func checkIsOwn(_ dataset: borrowing HDF5Handle, _ name: String) throws(StorageError) {
        guard let creation = HDF5Handle(H5Dget_create_plist(dataset.id), H5Pclose) else {
            throw error(.format, "dataset /\(name) is damaged: \(HDF5.errorText)")
        }
        guard H5Pget_external_count(creation.id) == 0 else {
            throw error(.format, "dataset /\(name) has its values in another file, which is not read")
        }
        switch H5Pget_layout(creation.id) {
        case H5D_COMPACT, H5D_CONTIGUOUS: return
        case H5D_CHUNKED: break
        case H5D_VIRTUAL:
            throw error(.format, "dataset /\(name) is a view of other datasets, which are not read")
        default:
            throw error(.format, "dataset /\(name) has an unknown layout")
        }
        var index = H5D_CHUNK_IDX_NTYPES
        guard unsafe H5Dget_chunk_index_type(dataset.id, &index) >= 0 else {
            throw error(.format, "dataset /\(name) is damaged: \(HDF5.errorText)")
        }
        guard
            limits.isTrusted
                || [H5D_CHUNK_IDX_SINGLE, H5D_CHUNK_IDX_NONE, H5D_CHUNK_IDX_FARRAY, H5D_CHUNK_IDX_EARRAY].contains(
                    index
                )
        else {
            throw error(
                .format,
                "dataset /\(name) finds its chunks by a tree, in which a file may lead a reader in circles; "
                    + Self.conversion
            )
        }
        try checkFilters(creation, name)
    }

    /// Refuses filters that HDF5 would load from elsewhere, or that unpack to more than deflate can.
    private func checkFilters(_ creation: borrowing HDF5Handle, _ name: String) throws(StorageError) {
        var seen: Set<H5Z_filter_t> = []
        for filter in filters(creation) {
            guard [H5Z_FILTER_DEFLATE, H5Z_FILTER_SHUFFLE, H5Z_FILTER_FLETCHER32].contains(filter) else {
                throw error(
                    .format,
                    "dataset /\(name) is packed with filter \(filter); deflate, shuffle and Fletcher32 are read"
                )
            }
            guard seen.insert(filter).inserted else {
                throw error(.format, "dataset /\(name) is packed with filter \(filter) more than once")
            }
        }
    }

    private func filters(_ creation: borrowing HDF5Handle) -> [H5Z_filter_t] {
        (0..<max(0, H5Pget_nfilters(creation.id))).map { index in
            H5Pget_filter2(creation.id, UInt32(index), nil, nil, nil, 0, nil, nil)
        }
    }

    /// The number of values, refused when the file does not hold as many or the memory cannot.
    func checkedCount(
        _ dimensions: [Int],
        of dataset: borrowing HDF5Handle,
        _ name: String,
        size: Int,
        memory: Int
    ) throws(StorageError) -> Int {
        let tooMuch = error(.format, "dataset /\(name) claims \(dimensions) values, more than the file can hold")
        guard let count = Self.product(dimensions), let bytes = Self.product([count, size]),
            let needed = Self.product([count, max(size, memory)])
        else { throw tooMuch }
        guard count > 0 else { return 0 }
        let claim = try claim(dimensions, bytes: bytes, of: dataset, name, size: size, tooMuch)
        let (room, isVast) = claim.stored.multipliedReportingOverflow(
            by: claim.isDeflated ? StorageClaim.deflateRatio : 1
        )
        guard isVast || claim.bytes <= room, claim.storedChunks >= claim.chunks else { throw tooMuch }
        guard claim.chunkBytes <= max(1 << 24, bytes) else {
            throw error(
                .format,
                "dataset /\(name) has chunks of \(claim.chunkBytes) bytes for \(bytes) bytes of values"
            )
        }
        guard limits.take(bytes: max(needed, claim.chunkBytes)) else {
            throw error(
                .format,
                "dataset /\(name) claims \(dimensions) values, which take \(needed) bytes; \(limits.bytes) may be read yet "
                    + "of a file of \(fileSize) bytes on this machine"
            )
        }
        return count
    }

    private func claim(
        _ dimensions: [Int],
        bytes: Int,
        of dataset: borrowing HDF5Handle,
        _ name: String,
        size: Int,
        _ tooMuch: StorageError
    ) throws(StorageError) -> StorageClaim {
        guard let creation = HDF5Handle(H5Dget_create_plist(dataset.id), H5Pclose) else { throw tooMuch }
        func stored() -> Int { min(Int(clamping: H5Dget_storage_size(dataset.id)), fileSize) }
        guard H5Pget_layout(creation.id) == H5D_CHUNKED else { return StorageClaim(bytes: bytes, stored: stored()) }
        var extents = [hsize_t](repeating: 0, count: dimensions.count)
        guard unsafe H5Pget_chunk(creation.id, Int32(extents.count), &extents) == dimensions.count,
            extents.allSatisfy({ $0 > 0 && $0 <= UInt32.max })
        else { throw error(.format, "dataset /\(name) has no readable chunks: \(HDF5.errorText)") }
        let chunk = extents.map { Int($0) }
        guard let chunks = Self.product(zip(dimensions, chunk).map { ($0 - 1) / $1 + 1 }), chunks <= fileSize / 2 else {
            throw tooMuch
        }
        // HDF5 makes a note of some hundred bytes of each.
        guard chunks <= StorageClaim.mostChunks else {
            throw error(.format, "dataset /\(name) has \(chunks) chunks; at most \(StorageClaim.mostChunks) are read")
        }
        guard let chunkBytes = Self.product(chunk + [size]), let all = Self.product([chunks, chunkBytes]),
            let space = HDF5Handle(H5Dget_space(dataset.id), H5Sclose)
        else { throw tooMuch }
        var found: hsize_t = 0
        guard unsafe H5Dget_num_chunks(dataset.id, space.id, &found) >= 0 else {
            throw error(.format, "dataset /\(name) cannot be read (damaged?): \(HDF5.errorText)")
        }
        return StorageClaim(
            bytes: all,
            chunkBytes: chunkBytes,
            chunks: chunks,
            storedChunks: Int(clamping: found),
            stored: stored(),
            isDeflated: filters(creation).contains(H5Z_FILTER_DEFLATE)
        )
    }

    /// The product of numbers from 0, or `nil` when it is too large.
    private static func product(_ factors: [Int]) -> Int? {
        var product = 1
        for factor in factors {
            let (next, overflow) = product.multipliedReportingOverflow(by: factor)
            guard !overflow else { return factors.contains(0) ? 0 : nil }
            product = next
        }
        return product
    }
}
