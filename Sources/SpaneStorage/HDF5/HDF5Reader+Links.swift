internal import CHDF5

// The way to an object, which never leaves the file.

extension HDF5Reader {
    /// Whether something of this path is in the file.
    package func has(_ name: String) throws(StorageError) -> Bool { try find(name) != nil }

    /// The path of hard links alone that leads to `name`, or `nil` when there is no such link.
    ///
    /// - Throws: ``StorageError`` naming a link that leads to another file.
    func find(_ name: String) throws(StorageError) -> String? {
        var ahead = parts(of: name)[...]
        var found = ""
        var steps = 0
        while let part = ahead.popFirst() {
            try checkLinks(of: found)
            let next = "\(found)/\(part)"
            guard unsafe H5Lexists(file.id, next, chdf5_default()) > 0 else { return nil }
            var link = chdf5_link()
            guard unsafe chdf5_link_info(file.id, next, &link) >= 0 else {
                throw error(.format, "the link \(next) is damaged: \(HDF5.errorText)")
            }
            steps += 1
            guard steps <= HDF5Limits.steps else {
                throw error(.format, "/\(name) is more than \(HDF5Limits.steps) links away, soft ones included")
            }
            switch link.type {
            case H5L_TYPE_HARD:
                found = next
            case H5L_TYPE_SOFT:
                let target = try target(of: next, size: unsafe link.u.val_size)
                if target.hasPrefix("/") { found = "" }
                ahead = (parts(of: target) + ahead)[...]
            default:
                throw error(.format, "\(next) is a link to another file, which is not read")
            }
        }
        return found.isEmpty ? "/" : found
    }

    private func parts(of path: String) -> [Substring] { path.split(separator: "/").filter { $0 != "." } }

    private func target(of link: String, size: Int) throws(StorageError) -> String {
        guard size > 0, size <= 4096 else { throw error(.format, "the link \(link) leads to a path of \(size) bytes") }
        var bytes = [UInt8](repeating: 0, count: size)
        guard unsafe H5Lget_val(file.id, link, &bytes, size, chdf5_default()) >= 0 else {
            throw error(.format, "the link \(link) is damaged: \(HDF5.errorText)")
        }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Refuses a group that keeps its links where nothing has a checksum.
    private func checkLinks(of group: String) throws(StorageError) {
        guard !limits.isTrusted, !limits.soundGroups.contains(group) else { return }
        var info = H5G_info_t()
        let name = group.isEmpty ? "/" : group
        guard unsafe H5Gget_info_by_name(file.id, name, &info, chdf5_default()) >= 0 else {
            throw error(.format, "\(name) is no group, or is damaged: \(HDF5.errorText)")
        }
        switch info.storage_type {
        case H5G_STORAGE_TYPE_COMPACT: break
        case H5G_STORAGE_TYPE_DENSE:
            throw error(.format, "group \(name) keeps its links in a heap, which has no checksums; \(Self.conversion)")
        default:
            throw error(
                .format,
                "group \(name) keeps its links as older formats of HDF5 do, without checksums; \(Self.conversion)"
            )
        }
        guard info.nlinks <= HDF5Limits.links else {
            throw error(.format, "group \(name) has \(info.nlinks) links; at most \(HDF5Limits.links) are read")
        }
        limits.soundGroups.insert(group)
    }

    /// The names of the links in a group, in the order of their names.
    package func names(in group: String) throws(StorageError) -> [String] {
        guard let found = try find(group),
            let handle = unsafe HDF5Handle(H5Gopen2(file.id, found, chdf5_default()), H5Gclose)
        else { throw error(.format, "group /\(group) is missing") }
        try checkLinks(of: found == "/" ? "" : found)
        var info = H5G_info_t()
        guard unsafe H5Gget_info(handle.id, &info) >= 0 else {
            throw error(.format, "group /\(group) cannot be listed: \(HDF5.errorText)")
        }
        // Links may lead in circles.
        guard limits.take(links: Int(info.nlinks)) else {
            throw error(.format, "has more than \(HDF5Limits.links) links")
        }
        guard let names = unsafe Self.names({ list in unsafe chdf5_list_links(handle.id, list) }) else {
            throw error(.format, "group /\(group) cannot be listed: \(HDF5.errorText)")
        }
        return names
    }

    /// The names that a function of the shim lists into a buffer, each with a NUL behind it; `nil` where it fails.
    static func names(_ list: (UnsafeMutablePointer<chdf5_names>) -> herr_t) -> [String]? {
        var names = unsafe chdf5_names()
        defer { unsafe free(names.text) }
        guard unsafe list(&names) >= 0 else { return nil }
        let text = unsafe UnsafeBufferPointer(start: names.text, count: names.size)
        return unsafe text.split(separator: 0).map {
            unsafe String(decoding: $0.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
