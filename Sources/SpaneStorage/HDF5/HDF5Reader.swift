internal import CHDF5
internal import SpaneSystem

/// Reads datasets and attributes of one HDF5 file; made and used inside ``HDF5/perform(_:)``.
///
/// A file may be hostile: it may lead elsewhere, claim what it does not hold, or have more links than anyone would
/// follow. Whatever it says is checked before HDF5 acts on it.
package struct HDF5Reader: ~Copyable {
    let path: String
    let file: HDF5Handle
    let fileSize: Int
    let limits: HDF5Limits

    /// Opens a file that must exist and be HDF5.
    ///
    /// - Parameter isTrusted: whether it may be in a format of HDF5 that has no checksums.
    package init(path: String, isTrusted: Bool = false) throws(StorageError) {
        let size = min(try File.size(path), HDF5Limits.sizeOnDisk(path))
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
        limits = HDF5Limits(fileSize: size, isTrusted: isTrusted)
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
        limits = HDF5Limits(fileSize: size)
    }

    package func error(_ code: StorageError.Code, _ detail: String) -> StorageError {
        StorageError(code, path: path, detail)
    }

    /// What a link leads to.
    package enum Kind {
        case group, floats, doubles, integers
    }

    /// What the link with this path leads to; a dataset by the type of its values.
    package func kind(of name: String) throws(StorageError) -> Kind {
        guard let found = try find(name),
            let object = unsafe HDF5Handle(H5Oopen(file.id, found, chdf5_default()), H5Oclose)
        else {
            throw error(.format, "/\(name) is missing or damaged: \(HDF5.errorText)")
        }
        switch H5Iget_type(object.id) {
        case H5I_GROUP:
            return .group
        case H5I_DATASET:
            try checkIsOwn(object, name)
            let type = try numericType(of: object, name)
            if H5Tget_class(type.id) == H5T_INTEGER { return .integers }
            return H5Tget_size(type.id) == MemoryLayout<Float>.size ? .floats : .doubles
        default:
            break
        }
        throw error(.format, "/\(name) is neither a group nor a dataset of numbers")
    }

    /// What to do with a sound file that has a structure without checksums.
    static let conversion = "if the file is sound, convert it with python3 -m spane.convert.rewrite OLD NEW"
}

/// How much of a file may be read, and what is known of it already.
final class HDF5Limits {
    /// The most links and attributes of one object, and the most links that are listed in all.
    static let links = 4096
    static let attributes = 1000
    /// The most links on the way to an object, soft ones included.
    static let steps = 16

    /// Whether the file may keep its links as formats of HDF5 without checksums do.
    let isTrusted: Bool
    /// The bytes that datasets may still take in memory.
    private(set) var bytes: Int
    /// The links that may still be listed.
    private(set) var linksLeft = links
    /// Groups whose links are where they can be read.
    var soundGroups: Set<String> = []
    /// Objects whose attributes are.
    var soundObjects: Set<String> = []

    init(fileSize: Int, isTrusted: Bool = false) {
        self.isTrusted = isTrusted
        let (unpacked, overflow) = fileSize.multipliedReportingOverflow(by: StorageClaim.deflateRatio)
        bytes = min(Memory.ofMachine / 2, overflow ? .max : unpacked + 1 << 26)
    }

    /// More than the content of a file can have, going by the room that it takes on the disk.
    ///
    /// A file of a few bytes may have any size that it likes, with nothing but holes in it. File systems that compress do
    /// not do so 64 times.
    static func sizeOnDisk(_ path: String) -> Int {
        var status = stat()
        guard unsafe path.withPath({ unsafe stat($0, &status) }) == 0 else { return 0 }
        let (size, overflow) = Int(status.st_blocks).multipliedReportingOverflow(by: 512 * 64)
        return overflow ? .max : size + 1 << 20
    }

    /// Takes a part of what datasets may have, if there is as much.
    func take(bytes count: Int) -> Bool {
        guard count <= bytes else { return false }
        bytes -= count
        return true
    }

    func take(links count: Int) -> Bool {
        guard count <= linksLeft else { return false }
        linksLeft -= count
        return true
    }
}
